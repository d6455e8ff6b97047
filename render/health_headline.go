package render

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/format"
)

// side is the direction of a tested change.
type side int

const (
	worse  side = -1
	same   side = 0
	better side = 1
)

// sideOf returns the direction of a metric's change; known is false without a test.
func sideOf(m *metric.Metric) (s side, known bool) {
	switch {
	case m == nil || m.Trend == nil:
		return same, false
	case m.Trend.Verdict() == "better":
		return better, true
	case m.Trend.Verdict() == "worse":
		return worse, true
	}
	return same, m.Trend.Outcome == metric.AboutTheSame
}

// wording has the claims about a metric by the direction of its change, and the clause about an
// uncertain change.
type wording struct {
	claim map[side]string
	doubt string
}

// These are the two parts of the sentence about delivery. It has both speed and failures,
// because a team can improve either at the cost of the other.
var (
	speedWords = wording{
		map[side]string{better: "is faster", same: "is as fast as before", worse: "is slower"},
		"whether delivery is faster",
	}
	failureWords = wording{map[side]string{
		better: "fails less often", same: "fails no more often",
		worse: "fails more often",
	}, "whether it fails more often"}
)

// These are further claims for a headline.
var (
	frequencyWords = wording{map[side]string{better: "teams deploy more often", worse: "teams deploy less often"}, ""}
	restoreWords   = wording{map[side]string{better: "incidents are over sooner", worse: "incidents last longer"}, ""}
	happyWords     = wording{
		map[side]string{better: "developers are happier", worse: "developers are less happy"},
		"whether developers are happier",
	}
)

// headline returns the first sentence of the site, which has only supported claims, and a
// sentence about the claims that the data do not support.
func (s *site) headline(sec *metric.Section, nps *metric.Metric) (claim, doubt string) {
	shipped, frequency := s.report.ShippedBy(organisation), sec.Find(dora.Frequency, organisation)
	switch {
	case frequency == nil || frequency.Value == nil:
		return s.withoutFrequency(sec, frequency, shipped)
	case *frequency.Value == 0:
		return withoutDeployments(frequency, shipped)
	}
	if len(s.report.Changes.Untested) > 0 && len(s.report.Changes.Untested)+len(s.report.Changes.Missing) == len(headlineIDs) {
		return levelSentence(sec, shipped), untestedWords(sec)
	}
	lead, fail := sec.Find(dora.LeadTime, organisation), sec.Find(dora.FailRate, organisation)
	claims := deliveryClaims(lead, fail)
	for _, x := range []struct {
		words wording
		of    *metric.Metric
		only  side // 0: either direction
	}{
		{frequencyWords, frequency, worse},
		{restoreWords, sec.Find(dora.RestoreTime, organisation), worse},
		{happyWords, nps, 0},
	} {
		if at, known := sideOf(x.of); known && at != same && (x.only == 0 || at == x.only || len(claims) == 0) {
			claims = append(claims, x.words.claim[at])
		}
	}
	var doubts []string
	if len(claims) > 0 || frequency.Longer == nil {
		doubts = []string{speedWords.doubtAbout(lead), failureWords.doubtAbout(fail)}
	} else {
		doubts = []string{"whether delivery has changed, because there are few " + shipmentsWord(shipped)}
	}
	doubts = slices.DeleteFunc(append(doubts, happyWords.doubtAbout(nps)), func(d string) bool { return d == "" })
	if len(doubts) > 0 {
		doubt = "Not sure yet: " + strings.Join(doubts, "; ") + "."
	}
	said := ""
	if len(claims) > 0 {
		said = format.UpperFirst(strings.Join(claims, "; ")) + "."
	}
	switch {
	case frequency.Longer != nil: // few events do not support a headline: list them first
		return fewWords(frequency, shipped) + ".", strings.TrimSpace(said + " " + doubt)
	case said == "":
		said = "Nothing in delivery has changed beyond chance."
	}
	return said, doubt
}

// untestedWords returns the reason for the missing comparison.
func untestedWords(sec *metric.Section) string {
	for _, id := range headlineIDs {
		if m := sec.Find(id, organisation); m != nil && m.Value != nil && m.Was != nil {
			return "Not tested yet: whether that is better than four weeks before. Each number has its earlier value beside it."
		}
	}
	return "The four weeks before have no data, so a comparison is not possible yet."
}

// deliveryClaims returns the sentence about speed and failures, or nothing. It names the earlier
// weeks once: both changes were found over the same windows, or neither is named.
func deliveryClaims(lead, fail *metric.Metric) []string {
	speed, isFaster := sideOf(lead)
	failures, isFailing := sideOf(fail)
	switch {
	case isFaster && isFailing:
		joint := " and "
		if speed*failures < 0 {
			joint = " but "
		}
		since := earlierWeeks(lead)
		if since != earlierWeeks(fail) {
			since = ""
		}
		return []string{"delivery " + speedWords.since(speed, since) + joint + failureWords.claim[failures]}
	case isFaster:
		return []string{"delivery " + speedWords.since(speed, earlierWeeks(lead))}
	case isFailing:
		return []string{"delivery " + failureWords.since(failures, earlierWeeks(fail))}
	}
	return nil
}

// since returns a claim with the earlier weeks: "is faster than in September".
func (w *wording) since(at side, weeks string) string {
	claim := w.claim[at]
	switch {
	case weeks == "":
		return claim
	case strings.HasSuffix(claim, " as before"):
		return strings.TrimSuffix(claim, "before") + weeks
	}
	return claim + " than " + weeks
}

// mostOfWeeks is the share of the earlier window that must be in a month that names it.
const mostOfWeeks = 0.75

// earlierWeeks returns the earlier window of a tested change in words: "in September" if most of
// its days are in that month; else "".
func earlierWeeks(m *metric.Metric) string {
	t := m.Trend
	w := t.Before
	if t.Arrow() != "" && t.Claim != nil {
		w = t.Claim.Before
	}
	days := map[time.Month]int{}
	for at := w.From; at.Before(w.To); at = at.AddDate(0, 0, 1) {
		days[at.UTC().Month()]++
	}
	for month := time.January; month <= time.December; month++ {
		if n := float64(days[month]); n > 0 && n >= mostOfWeeks*w.Days() {
			return "in " + month.String()
		}
	}
	return ""
}

// doubtAbout returns the open question about a metric, with the number that may be chance.
func (w *wording) doubtAbout(m *metric.Metric) string {
	if m == nil || m.Value == nil {
		return ""
	}
	if _, known := sideOf(m); known {
		return ""
	}
	if m.Trend != nil {
		c := format.Moved(m)
		if m.Trend.Change == 0 {
			return w.doubt + " (no change is seen, but the data are too few to be sure)"
		}
		return w.doubt + " (" + c.String() + ")"
	}
	if m.Was != nil && m.Was.Value != nil {
		return w.doubt + " (was " + format.Value(*m.Was.Value, m.Shown(m.Unit)) + ", not tested yet)"
	}
	return ""
}

// levelSentence returns the first two headline numbers that have a value, without a change. It
// leaves out a provisional lead time.
func levelSentence(sec *metric.Section, shipped *dora.Shipped) string {
	var parts []string
	for _, id := range headlineIDs {
		if m := sec.Find(id, organisation); m != nil && m.Value != nil && len(parts) < 2 {
			if p := levelWords(m, shipped); p != "" {
				parts = append(parts, p)
			}
		}
	}
	return format.UpperFirst(strings.Join(parts, "; ")) + "."
}

// levelWords returns a level in a sentence.
func levelWords(m *metric.Metric, shipped *dora.Shipped) string {
	v := format.Value(*m.Value, m.Shown(m.Unit))
	n, _ := format.Parts(*m.Value, m.Shown(m.Unit))
	verb := "deploy"
	if shipped.Releases {
		verb = "release"
	}
	switch m.ID {
	case dora.Frequency:
		switch {
		case m.Longer != nil:
			return fewWords(m, shipped)
		case m.Unit == metric.PerDayPer && m.Rare:
			return "teams " + verb + " " + n + " times a week each"
		case m.Unit == metric.PerDayPer:
			return "teams " + verb + " " + n + " times a day each"
		}
		return format.Things(m.N[0].N, shipmentsWord(shipped)) + " in the four weeks to " + lastDay(m.Window)
	case dora.LeadTime:
		if m.State != metric.OK {
			return "" // a bound, or only some of the services
		}
		if shipped.Releases {
			return "half of all changes are released within " + v
		}
		return "half of all changes reach production within " + v
	case dora.FailRate:
		if m.Unsettled {
			return format.Interval(m.Lo, m.Hi, m.Shown(m.Unit)) + " of " + shipmentsWord(shipped) + " fail"
		}
		return v + " of " + shipmentsWord(shipped) + " fail"
	case dora.RestoreTime:
		return "half of all incidents are over within " + v
	}
	return ""
}

// otherLevels returns up to two levels of a site without deployments, from the sections that
// have one; "" without any value.
func (s *site) otherLevels(sec *metric.Section, f *dora.Shipped) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if m := sec.Find(dora.RestoreTime, organisation); m != nil && m.Value != nil {
		add(levelWords(m, f))
	}
	add(s.scoreLevel())
	add(s.adoptionLevel())
	if m := s.report.Section("support").Find(support.PerWeek, organisation); m != nil && m.Value != nil {
		n, _ := format.Parts(*m.Value, m.Shown(m.Unit))
		add(n + " tickets a week")
	}
	if n := len(s.report.Plan.Ranked); n > 0 {
		add(format.Things(n, "initiatives") + " in order of their RICE score")
	}
	if len(parts) == 0 {
		add(s.anyLevel())
	}
	if len(parts) == 0 {
		return ""
	}
	return format.UpperFirst(strings.Join(parts[:min(len(parts), 2)], "; ")) + "."
}

// scoreLevel returns the net promoter score in a sentence.
func (s *site) scoreLevel() string {
	m := s.report.Section("space").Find(space.NPS, organisation)
	if m == nil || m.Value == nil {
		return ""
	}
	return "the net promoter score is " + format.Value(*m.Value, m.Shown(m.Unit)) + ", by " + format.Counts(m.N[:1])
}

// adoptionLevel returns the adoption of the most used feature in a sentence.
func (s *site) adoptionLevel() string {
	rows := s.featuresByUse("")
	if len(rows) == 0 || rows[0].Value == "" {
		return ""
	}
	return rows[0].N + " use " + rows[0].Name.Title + " (" + rows[0].Value + ")"
}

// anyLevel returns the first value of any section in a sentence.
func (s *site) anyLevel() string {
	sections := append([]metric.Section{}, s.report.Sections...)
	for _, sec := range append(sections, s.report.Found) {
		for i := range sec.Metrics {
			if m := &sec.Metrics[i]; m.Value != nil {
				text := m.Title + ": " + format.Value(*m.Value, m.Shown(m.Unit))
				if m.Scope.Title != "" {
					text = m.Scope.Title + ", " + text
				}
				return text
			}
		}
	}
	return ""
}

// The next functions return sentences about counts and dates of deployments. These are facts of
// the repositories, so they hold for any number of people and in every week.

// shipmentsWord returns the word for the deployments of a scope, in the plural.
func shipmentsWord(f *dora.Shipped) string {
	if f.Releases {
		return "releases"
	}
	return "deployments"
}

func shipmentWord(f *dora.Shipped) string { return strings.TrimSuffix(shipmentsWord(f), "s") }

// lastDay returns the last day of a window.
func lastDay(w metric.Window) string { return format.Date(w.To.Add(-time.Nanosecond)) }

// nameShipment returns the name and date of a deployment: "v1.2.0, on 2 Mar 2026".
func nameShipment(x dora.Shipment) string {
	if x.Name == "" {
		return "on " + format.Date(x.At)
	}
	return x.Name + ", on " + format.Date(x.At)
}

// ShippedWords returns the deployments of a scope in a line: "16 releases since 4 Aug 2025, the
// last v0.15.0, on 2 Mar 2026"; "" without any.
func ShippedWords(f *dora.Shipped) string {
	switch {
	case f.N == 0:
		return ""
	case f.N == 1:
		return "1 " + shipmentWord(f) + " is known: " + nameShipment(f.Latest[0])
	}
	return format.Things(f.N, shipmentsWord(f)) + " since " + format.Date(f.First) + ", the last " +
		nameShipment(f.Latest[0])
}

// fewWords returns the number of deployments in the four weeks and in a longer time, with the
// last deployment.
func fewWords(m *metric.Metric, f *dora.Shipped) string {
	text := format.Things(m.N[0].N, shipmentsWord(f)) + " in the four weeks to " + lastDay(m.Window)
	if l := m.Longer; l != nil {
		text += ", " + format.Count(l.N[0].N) + " in " + format.Things(l.Weeks, "weeks")
	}
	if len(f.Latest) > 0 {
		text += "; the last was " + nameShipment(f.Latest[0])
	}
	return text
}

// withoutDeployments returns the sentences of a scope without a deployment in the four measured
// weeks. They mention later deployments, and the date of the last one.
func withoutDeployments(m *metric.Metric, f *dora.Shipped) (claim, doubt string) {
	ends := "The numbers below count the four weeks to " + lastDay(m.Window) + ", in which there was none by people."
	switch {
	case f.Recent > 0 && f.Automated == f.Recent:
		return format.Things(f.Recent, shipmentsWord(f)) + " in the last four weeks, all by automation; the last " +
			nameShipment(f.Latest[0]) + ".", ends
	case f.Recent > 0:
		return format.Things(f.Recent, shipmentsWord(f)) + " in the last four weeks: " + nameNewest(f) + ".",
			strings.TrimSuffix(ends, " by people.") + ": a week counts once it is a week old."
	case f.Unowned > 0:
		return "No " + shipmentWord(f) + " of the teams' services in the last four weeks, and " + format.Things(f.Unowned,
				shipmentsWord(f)) + " of services that no team owns.",
			"Next: give each service an owner in teams.toml."
	case f.N == 0:
		return "No " + shipmentWord(f) + " is known, up to " + lastDay(m.Window) + ".", lastWorkWords(m, f)
	}
	return "No " + shipmentWord(f) + " in the last four weeks; the last was " + nameShipment(f.Latest[0]) +
		".", lastWorkWords(m, f)
}

// nameNewest returns the deployments of the last four weeks, oldest first, or only the last one
// if there are more than Latest has.
func nameNewest(f *dora.Shipped) string {
	if f.Recent > len(f.Latest) {
		return "the last " + nameShipment(f.Latest[0])
	}
	var names []string
	for i := f.Recent - 1; i >= 0; i-- {
		names = append(names, strings.ReplaceAll(nameShipment(f.Latest[i]), ",", ""))
	}
	return format.List(names, "and")
}

// lastWorkWords returns a sentence about work without a deployment, and the next step.
func lastWorkWords(m *metric.Metric, f *dora.Shipped) string {
	switch {
	case f.Merged.IsZero():
		return ""
	case f.Merged.Before(m.Window.From):
		return "Nothing was merged either since " + format.Date(f.Merged) + "."
	case f.Releases:
		return "Work went on: the last change was merged on " + format.Date(f.Merged) +
			". If tags are not your deployments, set deployments = \"branch\" in config.toml."
	}
	return "Work went on: the last change was merged on " + format.Date(f.Merged) + "."
}

// withoutFrequency returns the sentences of a site without a deployment frequency: the facts of
// its repositories or, without them, the values of other sections.
func (s *site) withoutFrequency(sec *metric.Section, m *metric.Metric, f *dora.Shipped) (claim, doubt string) {
	why := ""
	if m != nil && m.Why != "" {
		why = m.Why
		if m.Next != "" {
			why += ". Next: " + m.Next
		}
	}
	if f.N > 0 {
		return format.UpperFirst(ShippedWords(f)) + ".", "Rates and times are not shown: " + why + "."
	}
	if claim = s.otherLevels(sec, f); claim != "" {
		return claim, "Delivery performance is unknown: " + why + "."
	}
	if why == "" || s.report.Services == 0 {
		return "Nothing is measured yet.", "Connect a source of deployments to see how delivery does."
	}
	return "Nothing is measured yet.", format.UpperFirst(why) + "."
}
