package render

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Sentences about counts and dates of deployments. They are facts of the
// repositories, so they are true of however few people and in every week.

// plural is what the deployments of a scope are called.
func plural(f *dora.Shipped) string {
	if f.Releases {
		return "releases"
	}
	return "deployments"
}

func singular(f *dora.Shipped) string { return strings.TrimSuffix(plural(f), "s") }

// lastDay is the last day of a window.
func lastDay(w metric.Window) string { return format.Date(w.To.Add(-time.Nanosecond)) }

// shipment names a deployment: "v1.2.0, on 2 Mar 2026".
func shipment(x dora.Shipment) string {
	if x.Name == "" {
		return "on " + format.Date(x.At)
	}
	return x.Name + ", on " + format.Date(x.At)
}

// ShippedWords returns all that is known of a scope's deployments in a line: "16
// releases since 4 Aug 2025, the last v0.15.0, on 2 Mar 2026"; "" if there are none.
func ShippedWords(f *dora.Shipped) string {
	switch {
	case f.N == 0:
		return ""
	case f.N == 1:
		return "1 " + singular(f) + " is known: " + shipment(f.Latest[0])
	}
	return format.Things(f.N, plural(f)) + " since " + format.Date(f.First) + ", the last " + shipment(f.Latest[0])
}

// fewWords states how few deployments the four weeks hold, and the weeks around
// them.
func fewWords(m *metric.Metric, f *dora.Shipped) string {
	text := format.Things(m.N[0].N, plural(f)) + " in the four weeks to " + lastDay(m.Window)
	if l := m.Longer; l != nil {
		text += ", " + format.Count(l.N[0].N) + " in " + format.Things(l.Weeks, "weeks")
	}
	if len(f.Latest) > 0 {
		text += "; the last was " + shipment(f.Latest[0])
	}
	return text
}

// withoutDeployments are the sentences of a scope without any deployment in the
// four weeks that count. Younger ones are told, and the last one has its date.
func withoutDeployments(m *metric.Metric, f *dora.Shipped) (claim, doubt string) {
	ends := "The numbers below count the four weeks to " + lastDay(m.Window) + ", in which there was none by people."
	switch {
	case f.Recent > 0 && f.Automated == f.Recent:
		return format.Things(f.Recent, plural(f)) + " in the last four weeks, all by automation; the last " +
			shipment(f.Latest[0]) + ".", ends
	case f.Recent > 0:
		return format.Things(f.Recent, plural(f)) + " in the last four weeks: " + newest(f) + ".",
			strings.TrimSuffix(ends, " by people.") + ": a week counts once it is a week old."
	case f.Unowned > 0:
		return "No " + singular(f) + " of the teams' services in the last four weeks, and " + format.Things(f.Unowned,
				plural(f)) + " of services that no team owns.",
			"Next: give each service an owner in teams.toml."
	case f.N == 0:
		return "No " + singular(f) + " is known, up to " + lastDay(m.Window) + ".", lastWork(m, f)
	}
	return "No " + singular(f) + " in the last four weeks; the last was " + shipment(f.Latest[0]) + ".", lastWork(m, f)
}

// newest names the newest deployments, oldest first: all of the last four weeks if
// they are up to three.
func newest(f *dora.Shipped) string {
	if f.Recent > len(f.Latest) {
		return "the last " + shipment(f.Latest[0])
	}
	var names []string
	for i := f.Recent - 1; i >= 0; i-- {
		names = append(names, strings.ReplaceAll(shipment(f.Latest[i]), ",", ""))
	}
	return listed(names, "and")
}

// lastWork says whether work went on without a deployment, and then what to look
// at.
func lastWork(m *metric.Metric, f *dora.Shipped) string {
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

// withoutFrequency are the sentences of a site without a rate of deployments: the
// facts of its repositories, or else what other sections have, or that there is
// nothing.
func (s *site) withoutFrequency(sec *metric.Section, m *metric.Metric, f *dora.Shipped) (claim, doubt string) {
	why := ""
	if m != nil && m.Why != "" {
		why = m.Why
		if m.Next != "" {
			why += ". Next: " + m.Next
		}
	}
	if f.N > 0 {
		return upperFirst(ShippedWords(f)) + ".", "Rates and times are not shown: " + why + "."
	}
	if claim = s.otherLevels(sec, f); claim != "" {
		return claim, "How delivery does is not known: " + why + "."
	}
	if why == "" || s.report.Services == 0 {
		return "Nothing is measured yet.", "Connect a source of deployments to see how delivery does."
	}
	return "Nothing is measured yet.", upperFirst(why) + "."
}
