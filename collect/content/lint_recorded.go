package content

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// shownDay is the form of a day in findings.
const shownDay = "2 Jan 2006"

// lintRecorded warns of predictions whose day is not that of the history: it has not come yet, or it
// is long before the file had it.
func (l *linter) lintRecorded(i *fact.Initiative) {
	if i.Rice != nil {
		l.lintDay(i, "rice.approved", "approved", i.Rice.Approved, func(v *fact.Initiative) bool {
			return v.Rice != nil && !v.Rice.Approved.IsZero()
		})
	}
	if i.Expected != nil {
		l.lintDay(i, "expected.on", "expected", i.Expected.On, func(v *fact.Initiative) bool {
			return v.Expected != nil && v.Expected.Change != nil && !v.Expected.On.IsZero()
		})
	}
}

// lintDay checks one day of an initiative. isSet reports whether a version has it.
func (l *linter) lintDay(i *fact.Initiative, key, rule string, day time.Time, isSet func(*fact.Initiative) bool) {
	if day.IsZero() {
		return
	}
	name := key[strings.LastIndexByte(key, '.')+1:]
	text := name + " is " + day.Format(shownDay)
	if fact.IsFuture(day, l.options.AsOf) {
		l.addFinding(&i.Item, key, rule+"-future", Warning, text+", a day that has not come yet",
			"write the day on which it was agreed")
		return
	}
	versions := l.content.Recorded.InitiativeVersions(i.ID)
	first := fact.UnbrokenSince(versions, isSet)
	if first < 0 || versions[first].Oldest || !fact.IsBackDated(day, versions[first].At) {
		return
	}
	v := &versions[first]
	since := "git has it only since " + v.At.Format(shownDay)
	if v.Commit == "" {
		since = "git does not have it yet"
	}
	l.addFinding(&i.Item, key, rule+"-backdated", Warning,
		text+", but "+since+": it is not counted as a prediction",
		"write the day on which it was agreed, at most 14 days before the commit")
}
