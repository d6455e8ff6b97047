// Package merge decides which rows of several files, tables and sources are the
// same fact, and joins them.
//
// A row is identified by its source, not by its file: by kind, repository,
// system and id. The system is what issued the ids; tables of one system share
// them. Rows of two systems are one only if they are about the same repository
// and opened within a minute of each other, or one of them has no opening, or
// both have the same merge commit. Rows without an id count as often as in the
// file that has most of them.
//
// The newest row wins, and fields that it leaves blank come from the others; see
// newest.go. A clone and a forge that describe the same repository are settled
// first; see settle.go. The result depends on the rows, not on the order of files
// or tables, and nothing that was gathered is written to: serve uses it again.
package merge

import (
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Origin is what kind of source facts come from.
type Origin int

// Origins.
const (
	Export Origin = iota // a file
	Clone                // a git repository on this machine
	Forge                // GitHub or GitLab
)

// Part is what one source gave: a clone, a forge, or one file of a table.
type Part struct {
	Source string // name in config.toml; files of one table share it
	Origin Origin
	System string // what issued the ids in it; "": the source
	Events fact.Events
	// Spent says that the caller needs the facts no more: their lists may be sorted
	// in place. Otherwise they are never written to.
	Spent bool
}

// Result is what all parts come to.
type Result struct {
	Events fact.Events
	// Imports are those of each part, with what was left out of it counted.
	Imports [][]fact.Import
	// Findings are about ids, in the order of the parts.
	Findings []Finding
}

// Finding is about ids that cannot be trusted: they are used for different
// things, or it cannot be told which of their rows is the newest.
type Finding struct {
	Source string // of the first row it is about
	Kind   string // "incidents"
	Text   string // what was found, with some of the ids
	Next   string // what to do about it
	// Usual marks what two systems of their own give as a matter of course.
	Usual bool
}

// Merge joins the facts of the parts. production reports whether an environment,
// with the tier that its source reports, is production.
func Merge(parts []Part, production func(environment, tier string) bool) Result {
	m := newMerger(settle(parts, production))
	var all fact.Events
	for i := range m.parts {
		e := m.parts[i].Events
		e.Commits, e.Changes, e.Deployments, e.Incidents = nil, nil, nil, nil
		e.Answers, e.Tickets, e.Usage, e.Measures, e.Tasks = nil, nil, nil, nil, nil
		e.Coverage, e.Imports = nil, nil
		all.Merge(e)
	}
	all.Commits = gather(m, commitKind())
	all.Changes = gather(m, m.changeKind())
	all.Deployments = gather(m, m.deploymentKind(production))
	all.Incidents = gather(m, m.incidentKind())
	all.Tickets = gather(m, ticketKind())
	all.Tasks = gatherPlain(m, taskKind)
	all.Measures = gatherPlain(m, measureKind)
	all.Usage = gatherPlain(m, useKind)
	all.Answers = anonymous(gatherPlain(m, answerKind))
	all.Coverage = m.coverage()
	r := Result{Findings: m.findings}
	for i := range m.parts {
		imports := m.parts[i].imports()
		r.Imports = append(r.Imports, imports)
		all.Imports = append(all.Imports, imports...)
	}
	r.Events = all
	return r
}

// merger is one merging.
type merger struct {
	parts    []part
	folded   map[string]string // repository → its folded name
	findings []Finding
}

// part is a Part with what is found out about it.
type part struct {
	Part
	file  string // of an export
	left  map[leftOut]int
	notes map[string][]string // by kind
}

// leftOut is a reason to leave rows of a kind out.
type leftOut struct{ kind, reason string }

func newMerger(parts []Part) *merger {
	m := &merger{parts: make([]part, len(parts)), folded: map[string]string{}}
	for i, p := range parts {
		if p.System == "" {
			p.System = p.Source
		}
		m.parts[i] = part{Part: p, left: map[leftOut]int{}, notes: map[string][]string{}}
		if p.Origin == Export && len(p.Events.Imports) > 0 {
			m.parts[i].file = p.Events.Imports[0].File
		}
	}
	return m
}

// fold returns the folded name of a repository. The few that there are recur.
func (m *merger) fold(repository string) string {
	name, known := m.folded[repository]
	if !known {
		name = text.FoldRepository(repository)
		m.folded[repository] = name
	}
	return name
}

// imports are the lines of a part with what was left out of it.
func (p *part) imports() []fact.Import {
	list := p.Events.Imports
	kinds := map[string]map[string]int{}
	for l, n := range p.left {
		if kinds[l.kind] == nil {
			kinds[l.kind] = map[string]int{}
		}
		kinds[l.kind][l.reason] = n
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		list = countLeft(list, p.Source, kind, kinds[kind])
	}
	for i := range list {
		if notes := p.notes[list[i].Kind]; len(notes) > 0 {
			list = slices.Clone(list)
			list[i].Notes = slices.Concat(list[i].Notes, notes)
		}
	}
	return list
}
