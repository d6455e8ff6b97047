package diff

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
)

// compareThemes reports changed themes of tickets. A ticket belongs to the first theme that
// matches, so a rule moves its own theme and the later ones.
func (x *inputs) compareThemes() {
	before, after := x.Base.Content.Themes, x.Head.Content.Themes
	if equalContent(before, after) {
		return
	}
	in := x.file(x.filePath("tickets/themes.toml"), changeOf(len(before) > 0, len(after) > 0))
	if x.Missing != "" {
		return
	}
	was, now := before, after
	for len(was) > 0 && len(now) > 0 && slices.Equal(was[0].Match, now[0].Match) {
		x.renameTheme(in, was[0], now[0])
		was, now = was[1:], now[1:]
	}
	if len(was) == 0 && len(now) == 0 {
		return // another title or hint
	}
	if in.line = lineOf(now); in.line == 0 && len(after) > 0 {
		in.line = after[len(after)-1].Line // the last ones are gone
	}
	there := func(list []fact.Theme, id string) bool {
		return slices.ContainsFunc(list, func(t fact.Theme) bool { return t.ID == id })
	}
	// The tickets of a theme without any can go to no other theme.
	moving := slices.ContainsFunc(now, func(t fact.Theme) bool { return !there(was, t.ID) })
	for _, t := range was {
		n := x.find(themeNumber, "Share of tickets", metric.Share, metric.Scope{Kind: themeScope, ID: t.ID, Title: t.Title})
		if !there(now, t.ID) {
			n.Lost = true
			in.add(n)
		}
		p := x.findTheme(t.ID)
		moving = moving || !n.Lost || p == nil || p.N+p.Before > 0
	}
	if !moving {
		return
	}
	for _, t := range now {
		in.add(x.find(themeNumber, "Share of tickets", metric.Share, metric.Scope{Kind: themeScope, ID: t.ID, Title: t.Title}))
	}
	in.add(x.unthemed(was, now))
}

// renameTheme adds the numbers of a theme that has another ID and the same tickets.
func (x *inputs) renameTheme(in *input, was, now fact.Theme) {
	if was.ID == now.ID {
		return
	}
	old := x.find(themeNumber, "Share of tickets", metric.Share, metric.Scope{Kind: themeScope, ID: was.ID, Title: was.Title})
	next := newThemeNumber(now.ID, now.Title, nil)
	next.After = old.Now
	old.Lost = true
	in.add(old, next)
}

// unthemed returns the number of tickets without a theme. It is known if the last themes are
// removed: no other theme gets their tickets.
func (x *inputs) unthemed(was, now []fact.Theme) Number {
	n := x.unmatchedNow()
	if len(now) > 0 {
		return n
	}
	sum := float64(x.m.Support.Unmatched)
	for _, t := range was {
		if p := x.findTheme(t.ID); p != nil {
			sum += float64(p.N)
		}
	}
	if len(was) == len(x.Base.Content.Themes) {
		n.Now = nil
	}
	n.After = &sum
	return n
}

// findTheme returns the published counts of a theme, or nil.
func (x *inputs) findTheme(id string) *support.Theme {
	i := slices.IndexFunc(x.m.Support.Themes, func(t support.Theme) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &x.m.Support.Themes[i]
}

func lineOf(list []fact.Theme) int {
	if len(list) == 0 {
		return 0
	}
	return list[0].Line
}

// equalContent reports whether two lists are equal without their places in files.
func equalContent(a, b any) bool { return reflect.DeepEqual(withoutPlaces(a), withoutPlaces(b)) }

// compareMeasures reports changed declarations of measures.
func (x *inputs) compareMeasures() {
	before, after := x.Base.Content.Measures, x.Head.Content.Measures
	if equalContent(before, after) {
		return
	}
	in := x.file(x.filePath("measures.toml"), changeOf(len(before) > 0, len(after) > 0))
	if x.Missing != "" {
		return
	}
	find := func(list []fact.MeasureDef, id string) *fact.MeasureDef {
		if i := slices.IndexFunc(list, func(d fact.MeasureDef) bool { return d.ID == id }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	names := [2]*org.Names{org.NewNames(x.Base.Content), org.NewNames(x.Head.Content)}
	for _, d := range slices.Concat(before, after) {
		was, now := find(before, d.ID), find(after, d.ID)
		own := x.choose(func(_ string, n *Number) bool { return n.Metric == measures.MetricID(d.ID) })
		switch {
		case now == nil:
			in.add(lost(own)...)
			if len(after) > 0 {
				in.line = firstLine(in.line, after[0].Line)
			}
		case was == nil:
			in.add(x.find(measures.MetricID(d.ID), firstOf(d.Title, d.ID), metric.Unit(d.Unit), metric.Scope{Kind: metric.Organisation}))
			in.line = firstLine(in.line, now.Line)
		case was.Aggregate != now.Aggregate || was.Unit != now.Unit || !sameName(names, was.Title):
			in.add(own...)
			in.line = firstLine(in.line, now.Line)
		}
	}
}

// sameName reports whether a measure's title means the same measure on both sides.
func sameName(names [2]*org.Names, title string) bool {
	a, _ := names[0].Measure(title)
	b, _ := names[1].Measure(title)
	return a == b
}

func firstLine(line, other int) int {
	if line > 0 {
		return line
	}
	return other
}

// compareFailures reports changed verdicts of people on deployments. They move the metrics whose
// definition names the evidence of failures, for the teams that own the repository.
func (x *inputs) compareFailures() {
	before, after := x.Base.Content.Failures, x.Head.Content.Failures
	if equalContent(before, after) {
		return
	}
	in := x.file(x.filePath("failures.toml"), changeOf(len(before) > 0, len(after) > 0))
	if x.Missing != "" {
		return
	}
	evidence := x.metricsWith("dora.failure_evidence")
	plain := func(f fact.FailureOverride) any {
		return [4]any{f.Deployment, f.Repository, f.Failed != nil && *f.Failed, f.Restored}
	}
	has := func(list []fact.FailureOverride, f fact.FailureOverride) bool {
		return slices.ContainsFunc(list, func(o fact.FailureOverride) bool { return reflect.DeepEqual(plain(o), plain(f)) })
	}
	note := func(list, others []fact.FailureOverride) {
		for _, f := range list {
			if !has(others, f) {
				owners := x.ownersOf(f.Repository)
				in.add(x.choose(func(family string, n *Number) bool {
					return family == "dora" && evidence[n.Metric] && owners.covers(n.Scope)
				})...)
				if len(others) == len(before) {
					in.line = firstLine(in.line, f.Line)
				}
			}
		}
	}
	note(after, before)
	note(before, after)
}

// metricsWith returns the metrics whose published definition names a key of the configuration.
func (x *inputs) metricsWith(key string) map[string]bool {
	out := map[string]bool{}
	for i := range x.m.Sections {
		for _, d := range x.m.Sections[i].Definitions {
			if slices.ContainsFunc(d.Config, func(c string) bool { return c == key || strings.HasPrefix(c, key+" ") }) {
				out[d.ID] = true
			}
		}
	}
	return out
}

// compareFeatures reports the changes of features that Measure reads.
func (x *inputs) compareFeatures() {
	names := [2]*org.Names{org.NewNames(x.Base.Content), org.NewNames(x.Head.Content)}
	for i := range x.features {
		p := &x.features[i]
		if p.base != nil && p.head != nil && reflect.DeepEqual(measuredKeys(p.base), measuredKeys(p.head)) {
			continue
		}
		f := p.current()
		in := x.file(x.filePath(f.File), changeOf(p.base != nil, p.head != nil))
		in.subject, in.line = newSubject("feature", &f.Item), f.Line
		if p.base != nil && p.head != nil && p.base.ID != p.head.ID {
			in.Change, in.Before = "renamed", x.filePath(p.base.File)
		}
		if x.Missing != "" {
			continue
		}
		switch {
		case p.head == nil:
			in.add(lost(x.choose(func(_ string, n *Number) bool {
				return n.Scope.Kind == metric.Feature && n.Scope.ID == f.ID ||
					n.Scope.Kind == partScope && strings.HasPrefix(n.Scope.ID, f.ID+"/")
			}))...)
			in.add(x.mentionsOf(f.ID)...)
		case p.base == nil:
			in.add(x.numbersOfFeature(f.ID)...)
		default:
			x.editFeature(in, p.base, p.head, names)
		}
	}
}

// numbersOfFeature returns the numbers that a new feature gets.
func (x *inputs) numbersOfFeature(id string) []Number {
	scope := x.featureScope(id)
	return []Number{
		x.find(adoption.Share, "Adoption", metric.Share, scope),
		x.findOfSurveys(space.Satisfied, scope),
		x.find(effectNumber, "Effect on change lead time", metric.Share, scope),
	}
}

// editFeature adds the numbers that an edit of a feature moves.
func (x *inputs) editFeature(in *input, was, now *fact.Feature, names [2]*org.Names) {
	scope := x.featureScope(now.ID)
	share := x.find(adoption.Share, "Adoption", metric.Share, scope)
	effect := x.find(effectNumber, "Effect on change lead time", metric.Share, scope)
	if was.ID != now.ID {
		old := was.ID
		in.add(lost(x.choose(func(_ string, n *Number) bool { return n.Scope.Kind == metric.Feature && n.Scope.ID == old }))...)
		in.add(x.numbersOfFeature(now.ID)...)
	}
	a, b := was.Adoption, now.Adoption
	counted := a.Unit != b.Unit || a.Source != b.Source || a.Rule != b.Rule || !slices.Equal(a.Uses, b.Uses)
	if !sameNames(was, now, names) {
		in.add(x.mentionsOf(was.ID)...)
	}
	switch {
	case counted, x.namesMoved(was, now, names):
		in.add(share, effect)
		if !counted {
			break
		}
		in.add(x.partsOf(now.ID)...)
	case a.Eligible != b.Eligible:
		share.After = x.shareOf(now.ID, b.Eligible)
		share.Lost = b.Eligible > 0 && share.After == nil && share.Now != nil
		in.add(share)
		in.add(x.partsAmong(now.ID, b.Eligible)...)
	}
	x.compareParts(in, was, now)
	x.supposeFeature(in, was, now)
}

// sameNames reports whether all names of a feature mean it on both sides.
func sameNames(was, now *fact.Feature, names [2]*org.Names) bool {
	for _, name := range slices.Concat(featureNames(was), featureNames(now)) {
		a, _ := names[0].Feature(name)
		b, _ := names[1].Feature(name)
		if (a == was.ID) != (b == now.ID) {
			return false
		}
	}
	return true
}

// mentionsOf returns the published numbers of what is loved most and frustrates most, if they are
// about a feature or about a name that no feature has. Mentions are counted by name in every run.
func (x *inputs) mentionsOf(id string) []Number {
	var out []Number
	for _, n := range x.choose(func(_ string, n *Number) bool {
		return (n.Metric == space.MostLoved || n.Metric == space.Frustrating) && (n.Scope.ID == id || n.Scope.ID == "")
	}) {
		other := metric.Scope{Kind: metric.Feature, ID: id, Title: x.featureScope(id).Title}
		if n.Scope.ID == id {
			other = metric.Scope{Kind: metric.Feature, Title: n.Scope.Title}
		}
		out = append(out, n, x.find(n.Metric, n.Title, n.Unit, other))
	}
	return out
}

// partsOf returns the published numbers of a feature's parts.
func (x *inputs) partsOf(id string) []Number {
	return x.choose(func(_ string, n *Number) bool { return n.Metric == partNumber && strings.HasPrefix(n.Scope.ID, id+"/") })
}

// partsAmong returns the numbers of a feature's parts that move with the number of eligible units.
func (x *inputs) partsAmong(id string, eligible int) []Number {
	list := x.partsOf(id)
	f := x.m.Adoption.Find(id)
	if eligible <= 0 || f == nil || len(list) != len(f.Parts) {
		return list
	}
	for i := range list {
		list[i].After = metric.Of(float64(f.Parts[i].Active) / float64(eligible))
	}
	return slices.DeleteFunc(list, func(n Number) bool { return n.Now != nil && *n.Now == *n.After })
}

// shareOf returns the adoption of a feature among another number of eligible units; nil if it is
// unknown or impossible.
func (x *inputs) shareOf(id string, eligible int) *float64 {
	f := x.m.Adoption.Find(id)
	if f == nil || eligible <= 0 || f.Active > eligible || !f.Known && f.Active == 0 {
		return nil
	}
	return metric.Of(float64(f.Active) / float64(eligible))
}

// namesMoved reports whether rows of usage may name a feature in another way: a name that is
// gone, or a new one that rows without a feature have.
func (x *inputs) namesMoved(was, now *fact.Feature, names [2]*org.Names) bool {
	if source := now.Adoption.Source; source == "rule" || source == "list" {
		return false
	}
	for _, name := range featureNames(was) {
		a, _ := names[0].Feature(name)
		b, _ := names[1].Feature(name)
		if a == was.ID && b != now.ID {
			return true
		}
	}
	for _, name := range featureNames(now) {
		b, _ := names[1].Feature(name)
		if a, known := names[0].Feature(name); b == now.ID && a != was.ID && (known || x.isStray("feature", name)) {
			return true
		}
	}
	return false
}

// featureNames returns the names that rows of exports may have for a feature.
func featureNames(f *fact.Feature) []string {
	return slices.Concat([]string{f.ID, f.Title}, f.Labels, f.Formerly)
}

// compareParts adds the parts of a feature that changed.
func (x *inputs) compareParts(in *input, was, now *fact.Feature) {
	for _, p := range slices.Concat(was.Parts, now.Parts) {
		i := slices.IndexFunc(was.Parts, func(o fact.Part) bool { return o.ID == p.ID })
		k := slices.IndexFunc(now.Parts, func(o fact.Part) bool { return o.ID == p.ID })
		if i >= 0 && k >= 0 && was.Parts[i].Title == now.Parts[k].Title && slices.Equal(was.Parts[i].Labels, now.Parts[k].Labels) {
			continue
		}
		n := x.find(partNumber, "Use of "+firstOf(p.Title, p.ID), metric.Share,
			metric.Scope{Kind: partScope, ID: now.ID + "/" + p.ID, Title: firstOf(now.Title, now.ID)})
		n.Lost = k < 0
		in.add(n)
	}
}

// supposeFeature applies the keys that only the recommendation reads to the numbers.
func (x *inputs) supposeFeature(in *input, was, now *fact.Feature) {
	a, b := was.Adoption, now.Adoption
	choice := a.Default != b.Default || a.Mandated != b.Mandated || !a.DefaultSince.Equal(b.DefaultSince) ||
		!a.MandatedOn.Equal(b.MandatedOn)
	shipped := !was.Shipped.Equal(now.Shipped)
	if shipped || a.Predicted != b.Predicted && !reflect.DeepEqual(a.Predicted, b.Predicted) {
		in.add(x.find(launchNumber, "Adoption in the weeks after launch", metric.Share, x.featureScope(now.ID)))
	}
	if !choice && !(shipped && !now.Shipped.IsZero()) {
		return
	}
	in.suppose = append(in.suppose, func(m *compute.Measured) {
		f := m.Adoption.Find(was.ID)
		if f == nil {
			return
		}
		f.Given = adoption.DescribeChoice(now, m.CutOff)
		if shipped && !now.Shipped.IsZero() {
			f.Shipped, f.Available, f.ByUse = now.Shipped, now.Shipped, false
		}
	})
}

// measuredKeys returns the part of a feature that Measure reads.
func measuredKeys(f *fact.Feature) any {
	return struct {
		ID, Title string
		Formerly  []string
		Labels    []string
		Shipped   time.Time
		Retired   time.Time
		Parts     any
		Adoption  fact.Adoption
	}{f.ID, f.Title, f.Formerly, f.Labels, f.Shipped, f.Retired, f.Parts, f.Adoption}
}
