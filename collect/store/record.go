package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	words "github.com/ip3dp/ip3dp/collect/text"
)

// The records are the facts in the form of a row. They have the fields of their facts: the
// compiler checks this, because one is converted to the other. Field names are part of the
// file's format.

type repository struct {
	Name          string            `json:"name,omitzero"`
	DefaultBranch string            `json:"branch,omitzero"`
	URL           string            `json:"url,omitzero"`
	Archived      bool              `json:"archived,omitzero"`
	Former        []string          `json:"former,omitzero"`
	Gone          time.Time         `json:"gone,omitzero"`
	Shallow       bool              `json:"shallow,omitzero"`
	Pipelines     map[string]string `json:"pipelines,omitzero"`
}

type team struct {
	Source       string   `json:"source,omitzero"`
	ID           string   `json:"id,omitzero"`
	Name         string   `json:"name,omitzero"`
	Members      []string `json:"members,omitzero"`
	Repositories []string `json:"repositories,omitzero"`
}

type commit struct {
	Repository string    `json:"repository,omitzero"`
	SHA        string    `json:"sha,omitzero"`
	Parents    []string  `json:"parents,omitzero"`
	Author     string    `json:"author,omitzero"`
	AuthorTime time.Time `json:"authored,omitzero"`
	CommitTime time.Time `json:"committed,omitzero"`
	Subject    uint64    `json:"subject,omitzero"`
	PickedFrom string    `json:"picked,omitzero"`
	Reverts    string    `json:"reverts,omitzero"`
	Paths      []string  `json:"paths,omitzero"`
}

type change struct {
	Source         string    `json:"source,omitzero"`
	Repository     string    `json:"repository,omitzero"`
	ID             string    `json:"id,omitzero"`
	URL            string    `json:"url,omitzero"`
	Title          string    `json:"title,omitzero"`
	Author         string    `json:"author,omitzero"`
	Authors        []string  `json:"authors,omitzero"`
	CoAuthors      []string  `json:"co_authors,omitzero"`
	Labels         []string  `json:"labels,omitzero"`
	Branch         string    `json:"branch,omitzero"`
	HeadBranch     string    `json:"head_branch,omitzero"`
	HeadRepository string    `json:"head_repository,omitzero"`
	Draft          bool      `json:"draft,omitzero"`
	Tracker        string    `json:"tracker,omitzero"`
	FirstCommit    time.Time `json:"first_commit,omitzero"`
	Opened         time.Time `json:"opened,omitzero"`
	Ready          time.Time `json:"ready,omitzero"`
	FirstReview    time.Time `json:"first_review,omitzero"`
	Merged         time.Time `json:"merged,omitzero"`
	Closed         time.Time `json:"closed,omitzero"`
	Updated        time.Time `json:"updated,omitzero"`
	Sequence       int       `json:"sequence,omitzero"`
	MergeCommit    string    `json:"merge_commit,omitzero"`
	Head           string    `json:"head,omitzero"`
	Commits        []string  `json:"commits,omitzero"`
	Reverts        string    `json:"reverts,omitzero"`
	Paths          []string  `json:"paths,omitzero"`
}

type deployment struct {
	Source      string        `json:"source,omitzero"`
	Repository  string        `json:"repository,omitzero"`
	Service     string        `json:"service,omitzero"`
	ID          string        `json:"id,omitzero"`
	URL         string        `json:"url,omitzero"`
	Environment string        `json:"environment,omitzero"`
	Tier        string        `json:"tier,omitzero"`
	Commit      string        `json:"commit,omitzero"`
	Ref         string        `json:"ref,omitzero"`
	Creator     string        `json:"creator,omitzero"`
	Created     time.Time     `json:"created,omitzero"`
	Updated     time.Time     `json:"updated,omitzero"`
	Sequence    int           `json:"sequence,omitzero"`
	Statuses    []fact.Status `json:"statuses,omitzero"`
	Changes     []string      `json:"changes,omitzero"`
	Commits     []string      `json:"commits,omitzero"`
	Release     bool          `json:"release,omitzero"`
	Unmapped    bool          `json:"unmapped,omitzero"`
}

type incident struct {
	Source     string          `json:"source,omitzero"`
	ID         string          `json:"id,omitzero"`
	URL        string          `json:"url,omitzero"`
	Title      string          `json:"title,omitzero"`
	Repository string          `json:"repository,omitzero"`
	Service    string          `json:"service,omitzero"`
	Severity   string          `json:"severity,omitzero"`
	Labels     []string        `json:"labels,omitzero"`
	Opened     time.Time       `json:"opened,omitzero"`
	Resolved   time.Time       `json:"resolved,omitzero"`
	Reopened   []time.Time     `json:"reopened,omitzero"`
	Updated    time.Time       `json:"updated,omitzero"`
	Sequence   int             `json:"sequence,omitzero"`
	Deployment string          `json:"deployment,omitzero"`
	Commit     string          `json:"commit,omitzero"`
	Change     string          `json:"change,omitzero"`
	Mentions   []words.Mention `json:"mentions,omitzero"`
}

// factKind converts one kind of facts to rows and back.
type factKind[T any] struct {
	id   int
	name collect.Kind
	// pack returns the record of a fact: in UTC, without the columns of its row and the name of
	// its source.
	pack func(f T, id string, owned bool) any
	// unpack reads a record and adds what pack left out.
	unpack func(body []byte, source, repository, id string) (T, error)
}

var commits = factKind[fact.Commit]{
	1, collect.Commits,
	func(f fact.Commit, id string, owned bool) any {
		f.SHA, f.Repository = omitKey(f.SHA, id), omitIf(owned, f.Repository)
		f.AuthorTime, f.CommitTime = toUTC(f.AuthorTime), toUTC(f.CommitTime)
		return commit(f)
	},
	func(body []byte, _, repository, id string) (fact.Commit, error) {
		var r commit
		err := json.Unmarshal(body, &r)
		r.SHA = cmp.Or(r.SHA, id)
		r.Repository = cmp.Or(r.Repository, repository)
		return fact.Commit(r), err
	},
}

var changes = factKind[fact.Change]{
	2, collect.Changes,
	func(f fact.Change, id string, owned bool) any {
		f.Source, f.ID, f.Repository = "", omitKey(f.ID, id), omitIf(owned, f.Repository)
		for _, t := range []*time.Time{
			&f.FirstCommit, &f.Opened, &f.Ready, &f.FirstReview, &f.Merged, &f.Closed,
			&f.Updated,
		} {
			*t = toUTC(*t)
		}
		return change(f)
	},
	func(body []byte, source, repository, id string) (fact.Change, error) {
		var r change
		err := json.Unmarshal(body, &r)
		r.Source = source
		r.ID = cmp.Or(r.ID, id)
		r.Repository = cmp.Or(r.Repository, repository)
		return fact.Change(r), err
	},
}

var deployments = factKind[fact.Deployment]{
	3, collect.Deployments,
	func(f fact.Deployment, id string, owned bool) any {
		f.Source, f.ID, f.Repository = "", omitKey(f.ID, id), omitIf(owned, f.Repository)
		f.Created, f.Updated = toUTC(f.Created), toUTC(f.Updated)
		f.Statuses = slices.Clone(f.Statuses)
		for i := range f.Statuses {
			f.Statuses[i].At = toUTC(f.Statuses[i].At)
		}
		return deployment(f)
	},
	func(body []byte, source, repository, id string) (fact.Deployment, error) {
		var r deployment
		err := json.Unmarshal(body, &r)
		r.Source = source
		r.ID = cmp.Or(r.ID, id)
		r.Repository = cmp.Or(r.Repository, repository)
		return fact.Deployment(r), err
	},
}

var incidents = factKind[fact.Incident]{
	4, collect.Incidents,
	func(f fact.Incident, id string, owned bool) any {
		f.Source, f.ID, f.Repository = "", omitKey(f.ID, id), omitIf(owned, f.Repository)
		f.Opened, f.Resolved, f.Updated = toUTC(f.Opened), toUTC(f.Resolved), toUTC(f.Updated)
		f.Reopened = slices.Clone(f.Reopened)
		for i := range f.Reopened {
			f.Reopened[i] = toUTC(f.Reopened[i])
		}
		return incident(f)
	},
	func(body []byte, source, repository, id string) (fact.Incident, error) {
		var r incident
		err := json.Unmarshal(body, &r)
		r.Source = source
		r.ID = cmp.Or(r.ID, id)
		r.Repository = cmp.Or(r.Repository, repository)
		return fact.Incident(r), err
	},
}

// kindID returns the number of a kind of facts in its rows, or 0 for another kind.
func kindID(k collect.Kind) int {
	switch k {
	case commits.name:
		return commits.id
	case changes.name:
		return changes.id
	case deployments.name:
		return deployments.id
	case incidents.name:
		return incidents.id
	}
	return 0
}

// toUTC converts a time to UTC. Dates of commits come from their authors' machines and may be
// wrong. A time in the first or last hours of RFC 3339 keeps its zone if UTC would be outside
// of the range, so that no commit can stop a collection.
func toUTC(t time.Time) time.Time {
	u := t.UTC()
	if u.Year() < 0 || u.Year() > 9999 {
		return t
	}
	return u
}

func omitKey(s, key string) string {
	return omitIf(s == key, s)
}

func omitIf(condition bool, s string) string {
	if condition {
		return ""
	}
	return s
}

// encoder encodes records as JSON, in one buffer that it reuses.
type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
}

func newEncoder() *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.buffer)
	e.json.SetEscapeHTML(false) // records are never part of a page
	return e
}

// encode returns the JSON of a record, valid until the next call.
func (e *encoder) encode(record any) ([]byte, error) {
	e.buffer.Reset()
	err := e.json.Encode(record)
	return bytes.TrimSuffix(e.buffer.Bytes(), []byte("\n")), err
}

// checksum returns the CRC-32 of a row's content. SQLite checks only the structure of its file.
func checksum(kind int, repository, at int64, open bool, key string, body []byte) int64 {
	var room [128]byte
	b := binary.BigEndian.AppendUint64(room[:0], uint64(repository)) // bits, not a quantity
	b = binary.BigEndian.AppendUint64(b, uint64(at))                 // bits, not a quantity
	b = append(b, byte(kind))
	if open {
		b = append(b, 1)
	}
	b = append(append(b, key...), 0)
	return int64(crc32.Update(crc32.ChecksumIEEE(b), crc32.IEEETable, body))
}
