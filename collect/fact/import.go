package fact

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// Import is the reconciliation line of one file or query:
// Read = Used + the sum of Rejected.
type Import struct {
	Source   string // name in config.toml
	Kind     string // "deployments", "changes", "survey" …
	File     string
	Read     int
	Used     int // counted: at least one number can use the row
	Rejected []Rejected
	Notes    []string // guesses made: encoding, delimiter, date order
	// Answers counts the answers of a survey by question, in the order of the wave's file.
	Answers []AnswerCount `json:",omitempty"`
	// Removed is the number of credentials that were removed from addresses and texts.
	Removed int `json:",omitzero"`
	// First and Last are the dates of the first and last record in use.
	First, Last time.Time
	// Whole is what the file gives about the list that it was taken from; nil if nothing.
	Whole *Whole `json:",omitzero"`
}

// Whole describes the list that a page of an API was taken from.
type Whole struct {
	Total int  // rows of the whole list; 0 if unknown
	More  bool // the file ends before the list does
}

// Rejected counts the rows of one class that are not counted, by reason.
type Rejected struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
	Line   int    `json:"line"` // first line with it, 1-based; 0 if it has no lines
	Class  Class  `json:"class"`
}

// Class is why a row is not counted.
type Class string

// Classes of rows that are not counted. Each row has exactly one.
const (
	// Update means that another row has a newer state of the same thing.
	Update Class = "update"
	// Repeat means that the same row occurs in another place.
	Repeat Class = "repeat"
	// OtherEnvironment means that a deployment is not to production.
	OtherEnvironment Class = "environment"
	// ByRule means that a documented rule leaves such rows out, as it would from perfect data.
	ByRule Class = "rule"
	// NotUnderstood means that a value was given and its meaning is not known.
	NotUnderstood Class = "not understood"
	// Nobody means that the row names a feature, service, team or measure that the content does
	// not have, and that therefore no number can use it.
	Nobody Class = "nobody"
	// Refused means that the row is not usable: a cell is missing or has no value of its type.
	Refused Class = "rejected"
)

// Classes lists the classes in the order of a reconciliation line.
func Classes() []Class {
	return []Class{Update, Repeat, OtherEnvironment, ByRule, NotUnderstood, Nobody, Refused}
}

// IsExpected reports whether rows of the class would also be left out of perfect data, so that
// the source is still complete.
func (c Class) IsExpected() bool {
	switch c {
	case Update, Repeat, OtherEnvironment, ByRule:
		return true
	case NotUnderstood, Nobody, Refused:
	}
	return false
}

// Verdict is why a fact is not counted. The class "" means that it is counted.
type Verdict struct {
	Class  Class
	Reason string // in words, without a name
	Kind   string // kind of the unknown name: "feature", "team", "service"; "" without one
	Name   string // the unknown name as the row has it; it may be any text
}

// UnmarshalJSON reads the form of this version, and the form before classes.
func (r *Rejected) UnmarshalJSON(data []byte) error {
	type now Rejected
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if raw, ok := keys[name]; !ok || string(raw) == "null" {
				return false
			}
		}
		return len(keys) == len(names)
	}
	switch {
	case has("reason", "count", "line", "class"):
		return strict.Decode((*now)(r))
	case has("Reason", "Count", "Line", "ByRule"), has("Reason", "Count", "Line"):
		var former struct {
			Reason      string
			Count, Line int
			ByRule      bool
		}
		if err := strict.Decode(&former); err != nil {
			return err
		}
		*r = Rejected{former.Reason, former.Count, former.Line, Refused}
		if former.ByRule {
			r.Class = ByRule
		}
		return nil
	}
	return errors.New("the keys of a rejected row are not those that ip3dp writes")
}
