package diff

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// Side is one of the two states that are compared.
type Side struct {
	Report   compute.Report // decided on the same Measured as the other side
	Content  fact.Content
	Settings []ConfigKey
	Findings []Finding
	Options  compute.Options // of the configuration; they decide Report
	Empty    bool            // neither configuration nor content exists
	// ReportOnly means that Content has only the data of a report: see Published.
	ReportOnly bool
}

// ConfigKey is a key of the configuration, written or with a default.
type ConfigKey struct {
	Key   string // "rice.impact.low"
	Value string // as TOML; "" if the value must not be shown
	// Sum is a checksum that distinguishes values if Value may not be shown.
	Sum     string
	File    string
	Line    int  // 0 if it is not written
	Nightly bool // read by the nightly run only
}

// Input is the input of Compare.
type Input struct {
	Base, Head Side
	BaseName   string // name of the base for people: "main"
	HeadName   string // name of the head if it is a commit; "" for the files at hand
	// Missing is the reason that no Measured exists. Everything that depends on it is then not
	// compared.
	Missing string
	// Unread are the files of which both sides have one version.
	Unread []Unread
	// Ended is the reason that only findings are compared; "" if all is.
	Ended string
	// Data are the changed data files of the repository.
	Data []Data
	// Root is the content folder below the repository's root; paths of files begin with it.
	Root string
}

// Compare returns the changes from base to head, worst first.
func Compare(in Input) Diff {
	head := &in.Head.Report
	c := comparison{Input: in}
	c.diff = Diff{
		Version: Version, Base: in.BaseName, Head: in.HeadName, AsOf: head.AsOf, Missing: in.Missing, First: in.Base.Empty,
		Changes: []Change{}, Unread: in.Unread, Ended: in.Ended,
	}
	if in.Missing == "" {
		c.diff.CutOff = head.CutOff
	}
	c.pairInitiatives()
	c.pairFeatures()
	c.compareFindings()
	compared := !in.Base.Empty && in.Ended == ""
	if compared {
		c.compareInitiatives()
		c.compareGates()
		c.compareVerdicts()
	}
	if compared && !in.Base.ReportOnly {
		c.compareActivities()
		c.compareDecisions()
		c.compareGoals()
		c.compareSettings()
		c.compareItems()
		c.compareScores()
		c.compareEvidence()
		c.compareNightly()
	}
	c.dropCovered()
	slices.SortStableFunc(c.diff.Changes, compareSeverity)
	return c.diff
}

// severityOrder lists the kinds of changes, worst first.
var severityOrder = []Kind{
	Broken, Gated, Verdicts, Refused, Overridden, Conditions, Ranked, Predicted, Displaced,
	Progressed, Decided, Aimed, Limited, Dated, Evidenced, Listed, Found, Mended, Nightly,
}

// compareSeverity orders changes: failed checks first, then those with a warning, then by kind,
// then by place and name.
func compareSeverity(a, b Change) int {
	return cmp.Or(
		compareBool(b.Failed, a.Failed), compareBool(b.Warn, a.Warn),
		cmp.Compare(a.severity(), b.severity()),
		cmp.Compare(a.newRank(), b.newRank()),
		cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.ID, b.Subject.ID),
		cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
	)
}

// severity returns the sort key of a change: its kind, except that an override without a reason
// comes before refusals, and that notes come after errors and warnings of the same kind.
func (c *Change) severity() int {
	n := 10 * slices.Index(severityOrder, c.Kind)
	if c.Kind == Nightly && c.Input != nil && c.Input.IsGrave() {
		return 10*slices.Index(severityOrder, Listed) - 1
	}
	if c.Override != nil && c.Override.After != nil && c.Override.After.Reason == "" {
		return 10*slices.Index(severityOrder, Refused) - 1
	}
	if c.Finding != nil && c.Finding.Level == "note" {
		n++
	}
	return n
}

// newRank orders changes of rank by the new rank.
func (c *Change) newRank() int {
	if c.Rank != nil && c.Rank.After != nil {
		return c.Rank.After.Published
	}
	return 0
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// comparison collects changes.
type comparison struct {
	Input
	diff Diff
	// Head's initiatives and features, each with its counterpart in the base; nil if new.
	plans    []pair[fact.Initiative]
	features []pair[fact.Feature]
	names    *titles // nil until they are needed
}

// pair is a thing on both sides; nil on a side without it.
type pair[T any] struct{ base, head *T }

func (c *comparison) add(x Change) { c.diff.Changes = append(c.diff.Changes, x) }

// pairItems pairs the items of both sides by ID, or by a former ID. Drafts are left out. A
// former ID counts before an ID if it leads to the same title and the ID does not: two items
// may have changed their IDs.
func pairItems[T any](base, head []T, item func(*T) *fact.Item) []pair[T] {
	before := map[string]*T{}
	for i := range base {
		if it := item(&base[i]); !it.Draft {
			before[it.ID] = &base[i]
		}
	}
	moved := map[string]*T{} // by the ID in head
	for i := range head {
		it := item(&head[i])
		if was, ok := before[it.ID]; it.Draft || ok && titleOf(item(was)) == titleOf(it) {
			continue
		}
		for _, id := range it.Formerly {
			if was, ok := before[id]; ok && titleOf(item(was)) == titleOf(it) {
				moved[it.ID] = was
				delete(before, id)
				break
			}
		}
	}
	var out []pair[T]
	for i := range head {
		it := item(&head[i])
		if it.Draft {
			continue
		}
		p := pair[T]{head: &head[i], base: moved[it.ID]}
		for _, id := range append([]string{it.ID}, it.Formerly...) {
			if was, ok := before[id]; ok && p.base == nil {
				p.base = was
				delete(before, id)
			}
		}
		out = append(out, p)
	}
	for i := range base {
		if was, ok := before[item(&base[i]).ID]; ok && was == &base[i] {
			out = append(out, pair[T]{base: was})
		}
	}
	return out
}

func (c *comparison) pairInitiatives() {
	c.plans = pairItems(c.Base.Content.Initiatives, c.Head.Content.Initiatives,
		func(i *fact.Initiative) *fact.Item { return &i.Item })
}

func (c *comparison) pairFeatures() {
	c.features = pairItems(c.Base.Content.Features, c.Head.Content.Features,
		func(f *fact.Feature) *fact.Item { return &f.Item })
}

// newSubject returns the subject for an item, with its title.
func newSubject(kind string, it *fact.Item) Subject {
	return Subject{Kind: kind, ID: it.ID, Title: cmp.Or(it.Title, it.ID)}
}
