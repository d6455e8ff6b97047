package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	// MaxJSON is the largest size of a diff as JSON, in bytes.
	MaxJSON = 4 << 20
	// mostChanges is the largest number of changes in a diff.
	mostChanges = 20_000
)

// Read decodes a diff from JSON. Anybody may have written it: its size, version and shape are
// checked, and its changes are sorted, but its texts remain untrusted.
func Read(data []byte) (Diff, error) {
	if len(data) > MaxJSON {
		return Diff{}, fmt.Errorf("the diff is larger than %d MiB", MaxJSON>>20)
	}
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Diff{}, fmt.Errorf("the diff is no JSON of ours: %w", err)
	}
	if head.Version != Version {
		return Diff{}, fmt.Errorf("the diff has version %d, this program reads %d", head.Version, Version)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var d Diff
	if err := decoder.Decode(&d); err != nil {
		return Diff{}, fmt.Errorf("the diff is no JSON of ours: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Diff{}, errors.New("the diff goes on after its end")
	}
	if len(d.Changes) > mostChanges {
		return Diff{}, fmt.Errorf("the diff has more than %d changes", mostChanges)
	}
	for i := range d.Changes {
		if !d.Changes[i].isComplete() {
			return Diff{}, fmt.Errorf("change %d of the diff is not whole", i+1)
		}
	}
	slices.SortStableFunc(d.Changes, compareSeverity)
	return d, nil
}

// isComplete reports whether the change has the part of its kind and no other part.
func (c *Change) isComplete() bool {
	parts := map[Kind]bool{
		Broken: c.Finding != nil, Gated: c.Gate != nil, Verdicts: c.Verdict != nil, Predicted: c.Prediction != nil,
		Refused: c.Refusal != nil, Overridden: c.Override != nil && (c.Override.Before != nil || c.Override.After != nil),
		Conditions: len(c.Criteria) > 0 && !slices.ContainsFunc(c.Criteria, func(j Judgeable) bool {
			return j.Before == nil && j.After == nil
		}),
		Progressed: c.Status != nil, Evidenced: c.Evidence != nil, Ranked: c.Rank != nil, Decided: c.Decision != nil, Aimed: c.Goal != nil &&
			(c.Goal.Before != nil || c.Goal.After != nil), Limited: c.Setting != nil, Dated: len(c.Dates) > 0, Listed: c.Item != nil,
		Nightly: c.What != "",
	}
	own := c.Kind
	switch c.Kind {
	case Found, Mended:
		own = Broken
	case Displaced:
		own = Ranked
	}
	if !parts[own] || c.Input != nil && (c.Kind != Nightly || !c.Input.isComplete()) {
		return false
	}
	for kind, there := range parts {
		if there && kind != own {
			return false
		}
	}
	return true
}
