package content

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

func (l *linter) lintInitiative(i *fact.Initiative) {
	at := &i.Item
	switch i.Status {
	case fact.Idea, fact.Approved, fact.Active, fact.Done:
		if !l.researched[i.ID] {
			l.addFinding(at, "research", "initiative-not-asked-for", Warning,
				"nobody asked for this: it links to no research", `link some: research = ["…"]`)
		}
	case fact.WontBuild:
		if since := l.daysLate(i.Revisit); since != "" {
			l.addFinding(at, "revisit", "revisit-due", Warning, "its revisit date passed "+since+" ago",
				"decide again, or move revisit")
		}
	}
	if i.Status == fact.Done && len(i.Results) == 0 && len(i.Cases) == 0 {
		l.addFinding(at, "status", "result-missing", Warning, "done, but it has no result",
			"add [[result]], also if nothing changed")
	}
	if i.Rice != nil {
		l.lintRICE(i)
	}
	l.lintRecorded(i)
	if o := i.Override; o != nil {
		l.lintOverride(at, o)
	}
	if i.Status == fact.Approved || i.Status == fact.Active {
		l.lintPhases(i)
	}
}

func (l *linter) lintRICE(i *fact.Initiative) {
	at, r := &i.Item, i.Rice
	if missing := missingNumbers(r); len(missing) > 0 && isOpen(i) {
		l.addFinding(at, "rice", "rice-incomplete", Warning, "no score: "+strings.Join(missing, ", ")+" missing", "")
	}
	l.lintWord(at, "impact", r.Impact, l.options.Impact)
	l.lintWord(at, "confidence", r.Confidence, l.options.Confidence)
	l.lintOffScale(at, r.Impact)
	l.lintRange(at, "reach", r.Reach, r.ReachRange)
	l.lintRange(at, "impact", levelNumber(r.Impact, l.options.Impact), r.ImpactRange)
	l.lintRange(at, "effort", r.Effort, r.EffortRange)
	l.lintBecause(at, r)
	if c := levelNumber(r.Confidence, l.options.Confidence); c != nil && *c >= certainAbove && !l.researched[i.ID] {
		l.addFinding(at, "rice.confidence", "rice-confidence-without-research", Warning,
			fmt.Sprintf("confidence %g %% without any research", *c), "link the research, or be less sure")
	}
	estimated := r.Estimated
	if r.Approved.After(estimated) {
		estimated = r.Approved
	}
	if isUndecided(i) && !estimated.IsZero() {
		if days := int(l.options.AsOf.Sub(estimated).Hours() / 24); days > staleAfter {
			l.addFinding(at, "rice", "rice-stale", Warning, fmt.Sprintf("estimate is %d days old", days),
				"review it, and set estimated to that day")
		}
	}
}

// missingNumbers lists the numbers that are not written.
func missingNumbers(r *fact.RICE) []string {
	var missing []string
	add := func(name string, isMissing bool) {
		if isMissing {
			missing = append(missing, name)
		}
	}
	add("reach", r.Reach == nil)
	add("impact", r.Impact == nil)
	add("confidence", r.Confidence == nil)
	add("effort", r.Effort == nil)
	return missing
}

// levelNumber returns the number of a level; nil if it is not written or its word is unknown.
func levelNumber(v *fact.Level, words map[string]float64) *float64 {
	if v == nil {
		return nil
	}
	if v.Word == "" {
		return &v.Number
	}
	if n, ok := words[v.Word]; ok {
		return &n
	}
	return nil
}

func (l *linter) lintWord(at *fact.Item, key string, v *fact.Level, words map[string]float64) {
	if v == nil || v.Word == "" || len(words) == 0 || levelNumber(v, words) != nil {
		return
	}
	l.addFinding(at, "rice."+key, "rice-unknown-word", Error, fmt.Sprintf("unknown %s %q, so no score", key, v.Word),
		text.DidYouMean(v.Word, "words", sortedKeys(words)))
}

// lintOffScale warns of an impact that is written as a number outside the scale. Confidence may
// be any percentage.
func (l *linter) lintOffScale(at *fact.Item, v *fact.Level) {
	if v == nil || v.Word != "" || len(l.options.Impact) == 0 {
		return
	}
	var steps []string
	for _, word := range sortedKeys(l.options.Impact) {
		if l.options.Impact[word] == v.Number {
			return
		}
		steps = append(steps, fmt.Sprintf("%g (%s)", l.options.Impact[word], word))
	}
	slices.Sort(steps)
	l.addFinding(at, "rice.impact", "rice-off-scale", Warning,
		fmt.Sprintf("impact %g is not a step of the scale", v.Number), "steps are "+strings.Join(steps, ", "))
}

func (l *linter) lintRange(at *fact.Item, key string, v *float64, r *fact.Range) {
	if v == nil || r == nil || *v >= r.Lo && *v <= r.Hi {
		return
	}
	l.addFinding(at, "rice."+key+"_range", "rice-outside-range", Warning,
		fmt.Sprintf("%s %g is outside its range %g to %g", key, *v, r.Lo, r.Hi), "")
}

func (l *linter) lintBecause(at *fact.Item, r *fact.RICE) {
	var without []string
	add := func(key string, isWritten bool, because string) {
		if isWritten && because == "" {
			without = append(without, key)
		}
	}
	add("reach_because", r.Reach != nil, r.ReachBecause)
	add("impact_because", r.Impact != nil, r.ImpactBecause)
	add("confidence_because", r.Confidence != nil, r.ConfidenceBecause)
	add("effort_because", r.Effort != nil, r.EffortBecause)
	if len(without) > 0 {
		l.addFinding(at, "rice", "rice-no-because", Note, "numbers without a reason: no "+strings.Join(without, ", "),
			"write the reason for each number")
	}
}

func (l *linter) lintOverride(at *fact.Item, o *fact.Override) {
	if o.By == "" || o.On.IsZero() {
		l.addFinding(at, "override", "override-unsigned", Warning, "override has no role or no date", "add by and on")
	}
	if since := l.daysLate(o.Until); since != "" {
		l.addFinding(at, "override.until", "override-expired", Warning,
			"override expired "+since+" ago: the score decides again", "remove it, or renew it with a reason")
	}
}

// lintPriorities warns of two overrides with the same priority.
func (l *linter) lintPriorities() {
	taken := map[int]string{}
	for n := range l.content.Initiatives {
		i := &l.content.Initiatives[n]
		if i.Override == nil || i.Draft || !isOpen(i) || l.daysLate(i.Override.Until) != "" {
			continue
		}
		if first, ok := taken[i.Override.Priority]; ok {
			l.addFinding(&i.Item, "override.priority", "override-clash", Warning,
				fmt.Sprintf("priority %d is claimed by %q too", i.Override.Priority, first), "")
			continue
		}
		taken[i.Override.Priority] = i.ID
	}
}

func (l *linter) lintPhases(i *fact.Initiative) {
	at := &i.Item
	if i.Status == fact.Active && len(i.Phases) == 0 {
		l.addFinding(at, "status", "phase-missing", Warning, "active, but has no phase",
			"add [[phase]] with name, start and weeks")
	}
	current := findCurrentPhase(i, l.options.AsOf)
	for n := range i.Phases {
		p := &i.Phases[n]
		key := "phase." + strconv.Itoa(n)
		if len(p.Criteria) == 0 {
			l.addFinding(at, key, "phase-without-criteria", Warning, fmt.Sprintf("phase %q has no criteria for leaving it",
				p.Name),
				"write what must be true to go on")
		}
		if n > 0 && p.Start.Before(i.Phases[n-1].Start) && !p.Start.IsZero() {
			l.addFinding(at, key+".start", "phase-order", Warning, fmt.Sprintf("phase %q starts before %q", p.Name,
				i.Phases[n-1].Name), "")
		}
		l.lintDates(at, key, "phase "+strconv.Quote(p.Name), p.Status, n == current, p.Start, p.End())
	}
}

// findCurrentPhase returns the index of the active phase or else of the last phase with a start
// before asOf; −1 if there is none.
func findCurrentPhase(i *fact.Initiative, asOf time.Time) int {
	current := -1
	for n := range i.Phases {
		p := &i.Phases[n]
		if p.Status == "active" {
			return n
		}
		if p.Status == "" && !p.Start.IsZero() && !p.Start.After(asOf) {
			current = n
		}
	}
	return current
}

// lintDates warns where a date has passed but the declared status has not changed.
func (l *linter) lintDates(at *fact.Item, key, what, status string, current bool, start, end time.Time) {
	if status == "planned" {
		if since := l.daysLate(start); since != "" {
			l.addFinding(at, key+".start", "late", Warning, what+" is "+since+" late to start",
				"declare it active, or move its start")
		}
		return
	}
	if since := l.daysLate(end); since != "" && (status == "active" || current && status == "") {
		l.addFinding(at, key+".weeks", "late", Warning, what+" is "+since+" late", "declare it done, or give it more weeks")
	}
}

func (l *linter) lintActivity(a *fact.Activity) {
	at := &fact.Item{ID: a.ID, Lines: a.Lines, Origin: a.Origin}
	status := cmp.Or(a.Status, "planned")
	if since := l.daysLate(a.Start); status == "planned" && since != "" {
		l.addFinding(at, "start", "late", Warning, strconv.Quote(a.Title)+" is "+since+" late to start",
			"declare it active, or move its start")
	}
	if since := l.daysLate(a.End()); status == "active" && since != "" {
		l.addFinding(at, "weeks", "late", Warning, strconv.Quote(a.Title)+" is "+since+" late",
			"declare it done, or give it more weeks")
	}
}
