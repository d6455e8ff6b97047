package github

import (
	"encoding/json"
	"time"
)

// mark is the note that a cursor carries to the next night: what the forge showed
// of a list when it was last read. While it shows the same, nothing has moved.
type mark struct {
	// Seen is the head, or the newest entries with their counts.
	Seen string `json:"seen,omitempty"`
	// Head is the SHA of the default branch's head.
	Head string `json:"head,omitempty"`
	// Total is how many the forge counted.
	Total int `json:"total,omitempty"`
	// At is the commit time of the head.
	At time.Time `json:"at,omitzero"`
	// Runs are the attempts seen of workflow runs that were run again, by number.
	Runs map[string]int `json:"runs,omitempty"`
	// Open are the GraphQL ids of unfinished deployments, by their number.
	Open map[string]string `json:"open,omitempty"`
}

func (m mark) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // times outside the years that JSON can hold: the next run reads all again
	}
	return string(b)
}

// markOf reads a mark. One that cannot be read matches nothing.
func markOf(s string) mark {
	var m mark
	if json.Unmarshal([]byte(s), &m) != nil {
		return mark{}
	}
	return m
}
