// Package merge finds the rows of several files, tables and sources that are the same fact, and
// joins them.
//
// A row is identified by kind, repository, system and id, and not by its file. The system
// issued the ids; tables of one system share them. Rows of two systems are the same fact only
// if they have the same repository and were opened within a minute of each other, or one has no
// opening time, or both have the same merge commit. Rows without an id count as often as in the
// file with most copies.
//
// The newest row wins, and its blank fields are filled from the others; see newest.go. A clone
// and a forge with the same repository are settled first; see settle.go. The result depends on
// the rows and not on the order of files or tables. The input is never changed, because serve
// uses it again.
package merge

import (
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Origin is the kind of a source.
type Origin int

// Origins.
const (
	Export Origin = iota // a file
	Clone                // a git repository on this machine
	Forge                // GitHub or GitLab
)

// SourceFacts are the facts of one source: a clone, a forge, or one file of a table.
type SourceFacts struct {
	Name   string // name in config.toml; files of one table share it
	Origin Origin
	System string // issued the ids; "": the source itself
	Events fact.Events
	// Spent allows sorting the lists in place, because the caller no longer needs them.
	// Otherwise they are never changed.
	Spent bool
}

// Result has the merged facts of all sources.
type Result struct {
	Events fact.Events
	// Imports are the imports of each source, with the rows left out of it.
	Imports [][]fact.Import
	// Findings are about ids, in the order of the sources.
	Findings []Finding
}

// Finding is about unreliable ids: they have several meanings, or several rows in an unknown
// order.
type Finding struct {
	Source string // of the first row it is about
	Kind   string // "incidents"
	Text   string // the finding, with some of the ids
	Next   string // the next step
	// Usual marks a finding that is normal for two separate systems.
	Usual bool
}

// Judge decides which joined facts are counted. The others stay in the facts, because doubts and
// proposals come from them.
type Judge interface {
	Deployment(d *fact.Deployment) fact.Verdict
	Use(u *fact.Use) fact.Verdict
	// Describe returns the reason of a verdict with its name, if the name may be shown.
	Describe(v fact.Verdict) string
}

// Merge joins the facts of the sources. production reports whether an environment with the tier
// of its source is production. judge may be nil: then all facts are counted.
func Merge(parts []SourceFacts, production func(environment, tier string) bool, judge Judge) Result {
	m := newMerger(settleSources(parts, production))
	uses := useKind
	deployments := m.deploymentKind(production)
	if judge != nil {
		deployments.judge, uses.judge = judge.Deployment, judge.Use
	}
	var all fact.Events
	for i := range m.sources {
		e := m.sources[i].Events
		e.Commits, e.Changes, e.Deployments, e.Incidents = nil, nil, nil, nil
		e.Answers, e.Tickets, e.Usage, e.Measures, e.Tasks = nil, nil, nil, nil, nil
		e.Coverage, e.Imports = nil, nil
		all.Merge(e)
	}
	all.Commits = gatherKind(m, commitKind())
	all.Changes = gatherKind(m, m.changeKind())
	all.Deployments = gatherKind(m, deployments)
	all.Incidents = gatherKind(m, m.incidentKind())
	all.Tickets = m.appendCounted(gatherKind(m, ticketKind()))
	all.Tasks = gatherPlain(m, taskKind)
	all.Measures = gatherPlain(m, measureKind)
	all.Usage = m.appendSummed(gatherPlain(m, uses), uses.judge)
	all.Answers = dropResponseIDs(gatherPlain(m, answerKind))
	all.Coverage = m.mergeCoverage()
	r := Result{Findings: m.findings}
	for i := range m.sources {
		imports := m.sources[i].listImports(judge)
		r.Imports = append(r.Imports, imports)
		all.Imports = append(all.Imports, imports...)
	}
	r.Events = all
	return r
}

// merger is the state of one merge.
type merger struct {
	sources  []sourceRows
	folded   map[string]string // repository → its folded name
	findings []Finding
}

// sourceRows are the facts of a source with the counts of its rows.
type sourceRows struct {
	SourceFacts
	file  string // of an export
	left  map[leftOut]int
	notes map[string][]string // by kind
}

// leftOut is a kind of rows that are not counted, with the reason.
type leftOut struct {
	kind   string
	reason string
	class  fact.Class
	about  string // kind of the unknown name; "" without one
	name   string
}

// judgeFact counts a fact of a source that is not counted.
func judgeFact[T any](p *sourceRows, kind string, judge func(*T) fact.Verdict, v *T) {
	judgeFacts(p, kind, judge, v, 1)
}

// judgeFacts does the same for a fact of n rows.
func judgeFacts[T any](p *sourceRows, kind string, judge func(*T) fact.Verdict, v *T, n int) {
	if judge == nil {
		return
	}
	if d := judge(v); d.Class != "" {
		p.left[leftOut{kind, d.Reason, d.Class, d.Kind, d.Name}] += n
	}
}

func newMerger(parts []SourceFacts) *merger {
	m := &merger{sources: make([]sourceRows, len(parts)), folded: map[string]string{}}
	for i, p := range parts {
		if p.System == "" {
			p.System = p.Name
		}
		m.sources[i] = sourceRows{SourceFacts: p, left: map[leftOut]int{}, notes: map[string][]string{}}
		if p.Origin == Export && len(p.Events.Imports) > 0 {
			m.sources[i].file = p.Events.Imports[0].File
		}
	}
	return m
}

// foldRepository returns the folded name of a repository. It is cached, because few names occur
// often.
func (m *merger) foldRepository(repository string) string {
	name, known := m.folded[repository]
	if !known {
		name = text.FoldRepository(repository)
		m.folded[repository] = name
	}
	return name
}

// listImports returns the imports of a source with the rows left out of it.
func (p *sourceRows) listImports(judge Judge) []fact.Import {
	list := p.Events.Imports
	kinds := map[string]map[leftOut]int{}
	for l, n := range p.describeNames(judge) {
		if kinds[l.kind] == nil {
			kinds[l.kind] = map[leftOut]int{}
		}
		kinds[l.kind][l] += n
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		list = countLeft(list, p.Name, kind, kinds[kind])
	}
	for i := range list {
		if notes := p.notes[list[i].Kind]; len(notes) > 0 {
			list = slices.Clone(list)
			list[i].Notes = slices.Concat(list[i].Notes, notes)
		}
	}
	return list
}
