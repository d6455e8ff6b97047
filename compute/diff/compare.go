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
	Forge   bool // in the table of a forge
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
		Changes: []Change{}, Ended: in.Ended,
		Unread: in.Unread[:min(len(in.Unread), mostErrors)], MoreUnread: max(0, len(in.Unread)-mostErrors),
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
// comes before refusals, a removed feature before recommendations, and that notes come after
// errors and warnings of the same kind.
func (c *Change) severity() int {
	n := 10 * slices.Index(severityOrder, c.Kind)
	if c.Kind == Nightly && c.Input != nil && c.Input.IsGrave() {
		return 10*slices.Index(severityOrder, Listed) - 1
	}
	if c.Override != nil && c.Override.After != nil && c.Override.After.Reason == "" {
		return 10*slices.Index(severityOrder, Refused) - 1
	}
	if c.Item != nil && c.Warn {
		return 10*slices.Index(severityOrder, Verdicts) - 1
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

// pairItems pairs the items of both sides. Drafts are left out. In this order it pairs those with
// the same ID and title, those with a former ID and the same title, those with the same title,
// those with the same ID, and those with a former ID: two items may have swapped their IDs, and
// an item may have another ID without its former one.
func pairItems[T any](base, head []T, item func(*T) *fact.Item) []pair[T] {
	byID, byTitle := map[string]int{}, map[string]int{}
	titled := [2]map[string]int{{}, {}} // how many items have a title
	for n, side := range [][]T{base, head} {
		for i := range side {
			it := item(&side[i])
			if it.Draft {
				continue
			}
			titled[n][titleOf(it)]++
			if n == 0 {
				byID[it.ID], byTitle[titleOf(it)] = i, i
			}
		}
	}
	partner, taken := make([]int, len(head)), make([]bool, len(base))
	for k := range partner {
		partner[k] = -1
	}
	take := func(k int, index map[string]int, key string, sameTitle bool) {
		i, ok := index[key]
		if ok && partner[k] < 0 && !taken[i] && (!sameTitle || titleOf(item(&base[i])) == titleOf(item(&head[k]))) {
			partner[k], taken[i] = i, true
		}
	}
	for pass := range 5 {
		for k := range head {
			h := item(&head[k])
			switch title := titleOf(h); {
			case h.Draft:
			case pass == 0 || pass == 3:
				take(k, byID, h.ID, pass == 0)
			case pass == 1 || pass == 4:
				for _, id := range h.Formerly {
					take(k, byID, id, pass == 1)
				}
			case titled[0][title] == 1 && titled[1][title] == 1:
				take(k, byTitle, title, true)
			}
		}
	}
	var out []pair[T]
	for k := range head {
		if item(&head[k]).Draft {
			continue
		}
		p := pair[T]{head: &head[k]}
		if i := partner[k]; i >= 0 {
			p.base = &base[i]
		}
		out = append(out, p)
	}
	for i := range base {
		if !taken[i] && !item(&base[i]).Draft {
			out = append(out, pair[T]{base: &base[i]})
		}
	}
	return out
}

// isLost reports whether an item has another ID, and the head does not name its former one.
func isLost(base, head *fact.Item) bool {
	return base.ID != head.ID && !slices.Contains(head.Formerly, base.ID)
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
