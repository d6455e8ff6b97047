package public

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Reduce returns the parts of a report and of content that everybody may read. The inputs do not
// change. Measured data may be reduced before, as those of a published site are.
func Reduce(r compute.Report, c fact.Content) (compute.Report, fact.Content) {
	w := countWithheld(&r.Measured, &c)
	names := newTalkNames(c.Research)
	titles := newTitles(&c)
	r.Measured = reduceMeasured(r.Measured)
	r.Withheld = &w
	r.Goals = slices.DeleteFunc(slices.Clone(r.Goals), func(g goals.Standing) bool { return !isOpen(g.Scope) })
	r.Discovery = reduceDiscovery(r.Discovery, names, titles)
	r.Found = reduceSection(r.Found)
	reduceRecords(&r)
	return r, reduceContent(c, names)
}

// countWithheld counts what is left out. Measured data that were reduced before have their counts.
func countWithheld(m *compute.Measured, c *fact.Content) compute.Withheld {
	w := compute.Withheld{
		Teams: len(m.Teams), Groups: len(m.Groups), Deployments: m.ShippedBy(metric.Scope{Kind: metric.Organisation}).Current,
	}
	if m.Withheld != nil {
		w = *m.Withheld
	}
	talks, quotes := 0, 0
	for i := range c.Research {
		if r := &c.Research[i]; !r.Draft && isTalk(r.Kind) {
			talks, quotes = talks+1, quotes+len(r.Quotes)
		}
	}
	for i := range c.Cases {
		if !c.Cases[i].Draft {
			quotes += len(c.Cases[i].Quotes)
		}
	}
	w.Talks, w.Quotes = max(w.Talks, talks), max(w.Quotes, quotes)
	return w
}

// isOpen reports whether everybody may read the numbers of a scope.
func isOpen(s metric.Scope) bool { return isOpenKind(s.Kind) }

func isOpenKind(kind metric.ScopeKind) bool { return kind != metric.Team && kind != metric.Group }

// reduceMeasured returns measured data without the numbers of teams and groups, and without the
// names of repositories, files and releases.
func reduceMeasured(m compute.Measured) compute.Measured {
	m.Calendar = slices.DeleteFunc(slices.Clone(m.Calendar), func(b metric.Break) bool { return len(b.Teams) > 0 })
	m.Teams, m.Groups, m.Doubts = nil, nil, nil
	m.Support.Suggestions = nil // words that people wrote
	m.Sections = slices.Clone(m.Sections)
	for i := range m.Sections {
		m.Sections[i] = reduceSection(m.Sections[i])
	}
	m.Shipped = slices.DeleteFunc(slices.Clone(m.Shipped), func(s dora.Shipped) bool { return !isOpen(s.Scope) })
	for i := range m.Shipped {
		m.Shipped[i].Latest = slices.Clone(m.Shipped[i].Latest)
		for k := range m.Shipped[i].Latest {
			m.Shipped[i].Latest[k].Name = ""
		}
	}
	m.Quality = slices.Clone(m.Quality)
	for i := range m.Quality {
		m.Quality[i] = ReduceQuality(m.Quality[i])
	}
	m.Unmatched = reduceUnmatched(m.Unmatched)
	m.Readback = ReduceReadback(m.Readback)
	m.Adoption.Features = slices.Clone(m.Adoption.Features)
	for i := range m.Adoption.Features {
		f := &m.Adoption.Features[i]
		f.FirstUse, f.Unknown = []adoption.FirstUse(nil), nil
	}
	m.Measures.LeftOut = mergeLeftOut(m.Measures.LeftOut)
	m.Copied.Files = nil
	m.Space = reduceSurveys(m.Space)
	m.Looks = slices.DeleteFunc(slices.Clone(m.Looks), func(l trend.Look) bool { return !isOpenKind(metric.ScopeKind(l.Kind)) })
	return m
}

// reduceSection returns a section with the metrics and series of the organisation and of features.
func reduceSection(s metric.Section) metric.Section {
	s.Metrics = slices.DeleteFunc(slices.Clone(s.Metrics), func(m metric.Metric) bool { return !isOpen(m.Scope) })
	for i := range s.Metrics {
		m := &s.Metrics[i]
		m.Evidence, m.Why, m.Warnings = "", hideNames(m.Why), hideAllNames(m.Warnings)
	}
	s.Notes = hideAllNames(s.Notes)
	s.Series = slices.DeleteFunc(slices.Clone(s.Series), func(m metric.Series) bool { return !isOpen(m.Scope) })
	return s
}

// Patterns of names in texts about data: quoted ones, lists at the end of a text, and the words
// that are paths, addresses, repositories or files.
var (
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	named  = regexp.MustCompile(`(?s)(: (?:services|environments) seen|unknown things): .*`)
	place  = regexp.MustCompile(`[^\s:]*(?:://\S*|[/\\]\S*|\.(?:csv|tsv|json|ndjson|jsonl|gz|toml|xlsx|txt)\b)`)
)

// hideNames removes the names that a text about data quotes or lists.
func hideNames(text string) string {
	return quoted.ReplaceAllString(named.ReplaceAllString(text, "$1 (names are not published)"), "“…”")
}

// hidePlaces removes names and places from the text of an error.
func hidePlaces(text string) string { return place.ReplaceAllString(hideNames(text), "…") }

func hideAllNames(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = hideNames(texts[i])
	}
	return texts
}

// ReduceQuality returns the state of a source without the names of files, repositories and rows.
func ReduceQuality(q compute.Quality) compute.Quality {
	q.Imports, q.Gaps = reduceImports(q.Imports), reduceGaps(q.Gaps)
	q.Why, _, _ = strings.Cut(q.Why, ": ") // a figure of the source follows, which may name a project
	q.Checks = nil
	if q.Sync != nil {
		sync := *q.Sync
		sync.Notes = nil
		q.Sync = &sync
	}
	return q
}

// reduceImports returns reconciliation lines without the names of files.
func reduceImports(list []compute.ImportLine) []compute.ImportLine {
	list = slices.Clone(list)
	for i := range list {
		list[i].File, list[i].Notes, list[i].Rejected = "", hideAllNames(list[i].Notes), slices.Clone(list[i].Rejected)
		for k := range list[i].Rejected {
			list[i].Rejected[k].Reason = hideNames(list[i].Rejected[k].Reason)
		}
	}
	return list
}

// gapReason replaces the reason of a gap that is about one repository.
const gapReason = "data of one repository are missing"

// reduceGaps returns gaps without the names of repositories and files.
func reduceGaps(list []compute.GapLine) []compute.GapLine {
	list = slices.Clone(list)
	for i := range list {
		g := &list[i]
		if g.Reason, g.Next = hidePlaces(g.Reason), hidePlaces(g.Next); g.Repository != "" {
			g.Repository, g.Reason, g.Next = "", gapReason, ""
		}
	}
	return list
}

// ReduceReadback returns the origin of the history without the names of places.
func ReduceReadback(r *compute.Readback) *compute.Readback {
	if r == nil {
		return nil
	}
	out := *r
	out.From, out.Because = hidePlaces(r.From), slices.Clone(r.Because)
	for i := range out.Because {
		out.Because[i] = hidePlaces(out.Because[i])
	}
	return &out
}

// reduceUnmatched adds up the rows with unknown names by the kind of name.
func reduceUnmatched(list []org.Unmatched) []org.Unmatched {
	var out []org.Unmatched
	for _, u := range list {
		u.Name, u.Near = "", ""
		i := slices.IndexFunc(out, func(o org.Unmatched) bool {
			return o.Rows == u.Rows && o.Kind == u.Kind && o.Aside == u.Aside
		})
		if i < 0 {
			out = append(out, u)
		} else {
			out[i].N += u.N
		}
	}
	return out
}

// mergeLeftOut removes names from the reasons for which rows are left out, and adds up the rows
// with the same reason.
func mergeLeftOut(list []metric.LeftOut) []metric.LeftOut {
	var out []metric.LeftOut
	for _, l := range list {
		l.Reason = hideNames(l.Reason)
		i := slices.IndexFunc(out, func(o metric.LeftOut) bool { return o.What == l.What && o.Reason == l.Reason })
		if i < 0 {
			out = append(out, l)
		} else {
			out[i].N += l.N
		}
	}
	return out
}

// reduceSurveys returns the results of surveys as a whole.
func reduceSurveys(s space.Result) space.Result {
	s.Waves = slices.Clone(s.Waves)
	for i := range s.Waves {
		s.Waves[i] = reduceWave(s.Waves[i])
	}
	s.LeftOut = mergeLeftOut(s.LeftOut)
	return s
}

// reduceWave returns a survey without its parts, and without the texts of answers.
func reduceWave(w space.Wave) space.Wave {
	w.Parts, w.Since = nil, ""
	w.Loved, w.Frustrating = reduceMentions(w.Loved), reduceMentions(w.Frustrating)
	w.LeftOut = mergeLeftOut(w.LeftOut)
	return w
}

// reduceMentions returns the mentions of features. Other texts are words of respondents.
func reduceMentions(m *space.Mentions) *space.Mentions {
	if m == nil {
		return nil
	}
	out := *m
	out.Ranked = slices.DeleteFunc(slices.Clone(m.Ranked), func(x space.Mention) bool { return x.Feature == "" })
	return &out
}

// reduceDiscovery returns the results of discovery without the words of talks.
func reduceDiscovery(d discovery.Result, names talkNames, titles map[string]string) discovery.Result {
	d.Section = reduceSection(d.Section)
	d.Jobs = slices.Clone(d.Jobs)
	for i := range d.Jobs {
		d.Jobs[i].Says = ""
	}
	d.Conversations = slices.Clone(d.Conversations)
	for i := range d.Conversations {
		v := &d.Conversations[i]
		*v = discovery.Conversation{
			ID: names.find(v.ID), Title: talkTitle(fact.Conversation), Date: v.Date, Teams: v.Teams, Links: v.Links,
		}
	}
	d.Talks = slices.Clone(d.Talks)
	for i := range d.Talks {
		v := &d.Talks[i]
		*v = discovery.Talk{
			Kind: v.Kind, ID: names.find(v.ID), Title: talkTitle(v.Kind), Date: v.Date, Teams: v.Teams, Minutes: v.Minutes,
			Links: v.Links,
		}
	}
	d.Tree = slices.Clone(d.Tree)
	for i := range d.Tree {
		d.Tree[i].Pains = slices.Clone(d.Tree[i].Pains)
		for k := range d.Tree[i].Pains {
			reducePain(&d.Tree[i].Pains[k], names)
		}
	}
	d.Hints.Copied.Files = nil
	d.Debt.Silent = max(d.Debt.Silent, len(d.Debt.Unspoken))
	d.Debt.Unspoken = nil
	d.Debt.NotWorked = slices.Clone(d.Debt.NotWorked)
	for i := range d.Debt.NotWorked {
		if p := &d.Debt.NotWorked[i]; isTalk(p.Kind) {
			p.ID, p.Title = names.find(p.ID), talkTitle(p.Kind)
		}
	}
	d.Questions.Open = nil
	d.Asked = slices.Clone(d.Asked)
	for i := range d.Asked {
		reduceAsked(&d.Asked[i], names, titles)
	}
	if d.OfficeHours != nil {
		hours := *d.OfficeHours
		hours.ID, hours.Title, hours.Where = names.find(hours.ID), talkTitle(fact.OfficeHours), ""
		d.OfficeHours = &hours
	}
	return d
}

// reducePain removes the words of a pain that a talk named.
func reducePain(p *discovery.Pain, names talkNames) {
	if !isTalk(p.Kind) {
		return
	}
	p.ID, p.Title = names.find(p.ID), talkTitle(p.Kind)
	if p.Text != "" {
		p.Text = notPublished
	}
}

// reduceAsked replaces the words of a request that a talk recorded by those of the work on it.
func reduceAsked(a *discovery.Asked, names talkNames, titles map[string]string) {
	talked := false
	a.Research = slices.Clone(a.Research)
	for i, id := range a.Research {
		if to, ok := names[id]; ok {
			a.Research[i], talked = to, true
		}
	}
	a.ID = names.find(a.ID)
	if !talked {
		return
	}
	a.Request, a.Title, a.Answer = "", "A request that is not published", ""
	for _, id := range slices.Concat(prefixAll("initiative/", a.Initiatives), prefixAll("case/", a.Cases)) {
		if title := titles[id]; title != "" {
			a.Title, a.Answer = title, titles["answer/"+id]
			return
		}
	}
}

func prefixAll(prefix string, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, prefix+id)
	}
	return out
}
