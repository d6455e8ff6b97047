package github

import (
	"encoding/json"
	"time"
)

// mark is the state of a list on the forge when it was last read. A cursor carries it to the
// next night: while the forge shows the same, nothing has moved.
type mark struct {
	// Seen is the head, or the newest entries with their counts.
	Seen string `json:"seen,omitempty"`
	// Head is the SHA of the default branch's head.
	Head string `json:"head,omitempty"`
	// Total is the forge's count.
	Total int `json:"total,omitempty"`
	// At is the commit time of the head.
	At time.Time `json:"at,omitzero"`
	// Runs has the attempts of workflow runs that were run again, by number.
	Runs map[string]int `json:"runs,omitempty"`
	// Open has the GraphQL ids of unfinished deployments, by their number.
	Open map[string]string `json:"open,omitempty"`
}

func (m mark) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // times outside the years that JSON can hold: the next run reads all again
	}
	return string(b)
}

// markOf decodes a mark. A broken one matches nothing.
func markOf(s string) mark {
	var m mark
	if json.Unmarshal([]byte(s), &m) != nil {
		return mark{}
	}
	return m
}
