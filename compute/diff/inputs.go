package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
)

// MeasuredInput is a file that only the nightly run reads, or tables of the configuration, with the
// published numbers that depend on the change.
type MeasuredInput struct {
	Change string   `json:"change"`           // "added", "edited", "removed" or "renamed"
	Before string   `json:"before,omitempty"` // the file's name before it was renamed
	Keys   []string `json:"keys,omitempty"`   // the changed keys of the configuration
	// Numbers that the change may move, those with a known result first; at most mostNumbers, and
	// More counts the others. No other number moves.
	Numbers []Number `json:"numbers,omitempty"`
	More    int      `json:"more,omitempty"`
	// Readers are the conclusions that read one of the numbers; those that change come first.
	Readers []Reader `json:"readers,omitempty"`
}

// Number is one published number before the change and, if the published numbers allow it, after.
// It is of a metric, or has one of the IDs below.
type Number struct {
	Metric string       `json:"metric"`
	Title  string       `json:"title"`
	Scope  metric.Scope `json:"scope"`
	Unit   metric.Unit  `json:"unit,omitempty"`
	Now    *float64     `json:"now,omitempty"`   // nil: no value is published
	After  *float64     `json:"after,omitempty"` // nil: only the next run can tell, unless Lost
	Lost   bool         `json:"lost,omitempty"`  // the number has no value any more
	From   string       `json:"from,omitempty"`  // title of the earlier survey that gives After
}

// Numbers that are no metrics of a section.
const (
	effectNumber    = "impact.effect"    // the effect of a feature, relative
	themeNumber     = "support.theme"    // the share of a theme's tickets
	unmatchedNumber = "support.unthemed" // tickets without a theme
	partNumber      = "adoption.part"    // the share of units that use a part of a feature
	launchNumber    = "adoption.launch"  // adoption in the weeks after launch
	themeScope      = metric.ScopeKind("theme")
	partScope       = metric.ScopeKind("part")
)

// Reader is a conclusion that reads a number.
type Reader struct {
	Kind  string `json:"kind"` // "recommendation", "goal", "gate" or "effect"
	ID    string `json:"id"`
	Title string `json:"title"`
	// Before and After are the conclusions without and with the change: verdicts or states. Both
	// are "" if only the next run can tell.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

const (
	mostNumbers = 500 // in one input
	mostReaders = 50
	// mostSupposed is the largest number of inputs whose conclusions are decided again.
	mostSupposed = 12
)

// numberKey identifies a number.
type numberKey struct {
	metric string
	kind   metric.ScopeKind
	id     string
}

func (n *Number) key() numberKey { return numberKey{n.Metric, n.Scope.Kind, n.Scope.ID} }

// inputs collects the changed inputs of the nightly run.
type inputs struct {
	*comparison
	m       *compute.Measured // the numbers of both sides
	files   map[string]*input
	order   []string
	known   []Number // the published numbers, in order
	family  []string // of each
	options compute.Options
	waves   []space.Wave // after the edits of all surveys
	revised []*input     // files of surveys whose waves are published
}

// input is one changed input before it becomes a change.
type input struct {
	MeasuredInput
	file    string
	line    int
	subject Subject
	numbers map[numberKey]int // index in Numbers
	suppose []func(*compute.Measured)
	waves   []space.Wave // after the edit of this survey alone
	unsure  map[numberKey]bool
}

// compareNightly lists the changes that only Measure reads, by file.
func (c *comparison) compareNightly() {
	x := &inputs{comparison: c, m: &c.Head.Report.Measured, files: map[string]*input{}, options: c.Head.Options}
	if c.Missing == "" {
		x.listNumbers()
	}
	x.compareSurveys()
	x.compareThemes()
	x.compareMeasures()
	x.compareFailures()
	x.compareTeams()
	x.compareFeatures()
	x.compareTables()
	x.compareData()
	for i, file := range x.order {
		in := x.files[file]
		x.findReaders(in, i < mostSupposed)
		in.trim()
		c.add(Change{Kind: Nightly, Subject: in.subject, File: in.file, Line: in.line, What: in.file, Input: &in.MeasuredInput})
	}
}

// file returns the entry of a file, which is "edited" unless a rule finds more.
func (x *inputs) file(name, change string) *input {
	in := x.files[name]
	if in == nil {
		in = &input{file: name, numbers: map[numberKey]int{}}
		in.Change = change
		x.files[name] = in
		x.order = append(x.order, name)
	}
	return in
}

// add adds numbers. A number that is already there gets what is new about it.
func (in *input) add(list ...Number) {
	for _, n := range list {
		k, ok := in.numbers[n.key()]
		if !ok {
			in.numbers[n.key()] = len(in.Numbers)
			in.Numbers = append(in.Numbers, n)
			continue
		}
		if old := &in.Numbers[k]; n.IsKnown() && !in.unsure[n.key()] {
			*old = n
		}
	}
}

// trim orders the numbers, those with a known result first, and bounds the lists.
func (in *input) trim() {
	slices.SortStableFunc(in.Numbers, func(a, b Number) int {
		return cmp.Or(
			compareBool(b.IsKnown(), a.IsKnown()), compareBool(a.isItem(), b.isItem()),
			compareBool(b.Scope.Kind == metric.Organisation, a.Scope.Kind == metric.Organisation),
		)
	})
	if n := len(in.Numbers); n > mostNumbers {
		in.Numbers, in.More = in.Numbers[:mostNumbers], n-mostNumbers
	}
	in.Readers = in.Readers[:min(len(in.Readers), mostReaders)]
}

// IsKnown reports whether the result of the change is known: another value, or none.
func (n *Number) IsKnown() bool { return n.Lost || n.After != nil }

// isItem reports whether a number is of one question among many.
func (n *Number) isItem() bool { return strings.HasPrefix(n.Metric, space.Items) }

// IsGrave reports whether the file is gone, or a number is lost.
func (in *MeasuredInput) IsGrave() bool {
	return in.Change == "removed" && len(in.Numbers) > 0 ||
		slices.ContainsFunc(in.Numbers, func(n Number) bool { return n.Lost })
}

// listNumbers lists the published numbers.
func (x *inputs) listNumbers() {
	add := func(family string, n Number) { x.known, x.family = append(x.known, n), append(x.family, family) }
	for i := range x.m.Sections {
		s := &x.m.Sections[i]
		titles := map[string]string{}
		for _, d := range s.Definitions {
			titles[d.ID] = d.Title
		}
		for k := range s.Metrics {
			add(s.Family, newNumber(&s.Metrics[k], titles))
		}
	}
	for i := range x.m.Effects {
		e := &x.m.Effects[i]
		add("impact", Number{
			Metric: effectNumber, Title: "Effect on change lead time", Unit: metric.Share, Now: e.Change,
			Scope: x.featureScope(e.Feature),
		})
	}
	for i := range x.m.Support.Themes {
		t := &x.m.Support.Themes[i]
		add("themes", newThemeNumber(t.ID, t.Title, metric.Of(t.Share)))
	}
	if len(x.m.Support.Themes) > 0 {
		add("themes", x.unmatchedNow())
	}
	for i := range x.m.Adoption.Features {
		f := &x.m.Adoption.Features[i]
		for _, p := range f.Parts {
			add("parts", Number{
				Metric: partNumber, Title: "Use of " + p.Title, Unit: metric.Share, Now: metric.Of(p.Share),
				Scope: metric.Scope{Kind: partScope, ID: f.ID + "/" + p.ID, Title: f.Title},
			})
		}
	}
}

// newNumber returns the number of a metric. A metric of a part is titled by its definition,
// because its own title is that of the scope.
func newNumber(m *metric.Metric, titles map[string]string) Number {
	n := Number{Metric: m.ID, Title: m.Title, Scope: m.Scope, Unit: m.Unit, Now: m.Value}
	if m.Scope.Kind != metric.Organisation {
		n.Title = firstOf(titles[m.Definition], m.Title)
	}
	return n
}

func newThemeNumber(id, title string, share *float64) Number {
	return Number{
		Metric: themeNumber, Title: "Share of tickets", Unit: metric.Share, Now: share,
		Scope: metric.Scope{Kind: themeScope, ID: id, Title: title},
	}
}

func (x *inputs) unmatchedNow() Number {
	return Number{
		Metric: unmatchedNumber, Title: "Tickets without a theme", Unit: metric.Number,
		Scope: metric.Scope{Kind: metric.Organisation}, Now: metric.Of(float64(x.m.Support.Unmatched)),
	}
}

// featureScope returns the scope of a feature with its title.
func (x *inputs) featureScope(id string) metric.Scope {
	s := metric.Scope{Kind: metric.Feature, ID: id, Title: id}
	for _, p := range x.features {
		for _, f := range []*fact.Feature{p.base, p.head} {
			if f != nil && f.ID == id {
				s.Title = firstOf(f.Title, id)
			}
		}
	}
	return s
}

// choose returns the published numbers that a rule accepts.
func (x *inputs) choose(accept func(family string, n *Number) bool) []Number {
	var out []Number
	for i := range x.known {
		if accept(x.family[i], &x.known[i]) {
			out = append(out, x.known[i])
		}
	}
	return out
}

// find returns a published number, or one without a value for a number that is not published.
func (x *inputs) find(id, title string, unit metric.Unit, scope metric.Scope) Number {
	n := Number{Metric: id, Title: title, Unit: unit, Scope: scope}
	for i := range x.known {
		if x.known[i].key() == n.key() {
			return x.known[i]
		}
	}
	return n
}

// findOfSurveys returns a number of a metric of surveys.
func (x *inputs) findOfSurveys(id string, scope metric.Scope) Number {
	s := space.Options{}.Specs().Find(id)
	return x.find(id, s.Title, s.Unit, scope)
}

// lost marks numbers as lost.
func lost(list []Number) []Number {
	for i := range list {
		list[i].Lost = true
	}
	return list
}

// changeOf returns the change of a thing that exists on one side or both.
func changeOf(before, after bool) string {
	switch {
	case !before:
		return "added"
	case !after:
		return "removed"
	}
	return "edited"
}

// isComplete reports whether an input from outside has a change and is not too large.
func (in *MeasuredInput) isComplete() bool {
	return slices.Contains([]string{"added", "edited", "removed", "renamed"}, in.Change) &&
		len(in.Numbers) <= mostNumbers && len(in.Readers) <= mostReaders && in.More >= 0 &&
		!slices.ContainsFunc(in.Numbers, func(n Number) bool { return n.Metric == "" || n.Scope.Kind == "" })
}
