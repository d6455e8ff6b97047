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

func (l *linter) initiative(i *fact.Initiative) {
	at := &i.Item
	switch i.Status {
	case fact.Idea, fact.Approved, fact.Active, fact.Done:
		if !l.researched[i.ID] {
			l.add(at, "research", "initiative-not-asked-for", Warning,
				"nobody asked for this: no research speaks for it", `link some: research = ["…"]`)
		}
	case fact.WontBuild:
		if since := l.late(i.Revisit); since != "" {
			l.add(at, "revisit", "revisit-due", Warning, "was to be looked at again "+since+" ago",
				"decide again, or move revisit")
		}
	}
	if i.Status == fact.Done && len(i.Results) == 0 && len(i.Cases) == 0 {
		l.add(at, "status", "result-missing", Warning, "done, but nothing says whether it worked",
			"add [[result]], also if there was no effect")
	}
	if i.Rice != nil {
		l.rice(i)
	}
	if o := i.Override; o != nil {
		l.override(at, o)
	}
	if i.Status == fact.Approved || i.Status == fact.Active {
		l.phases(i)
	}
}

func (l *linter) rice(i *fact.Initiative) {
	at, r := &i.Item, i.Rice
	var gone []string
	for _, part := range []struct {
		name    string
		missing bool
	}{{"reach", r.Reach == nil}, {"impact", r.Impact == nil}, {"confidence", r.Confidence == nil}, {
		"effort",
		r.Effort == nil,
	}} {
		if part.missing {
			gone = append(gone, part.name)
		}
	}
	if len(gone) > 0 && open(i) {
		l.add(at, "rice", "rice-incomplete", Warning, "no score: "+strings.Join(gone, ", ")+" missing", "")
	}
	l.word(at, "impact", r.Impact, l.options.Impact)
	l.word(at, "confidence", r.Confidence, l.options.Confidence)
	l.offScale(at, r.Impact)
	l.inRange(at, "reach", r.Reach, r.ReachRange)
	l.inRange(at, "impact", number(r.Impact, l.options.Impact), r.ImpactRange)
	l.inRange(at, "effort", r.Effort, r.EffortRange)
	l.because(at, r)
	if c := number(r.Confidence, l.options.Confidence); c != nil && *c >= certainAbove && !l.researched[i.ID] {
		l.add(at, "rice.confidence", "rice-confidence-without-research", Warning,
			fmt.Sprintf("confidence %g %% without any research", *c), "link the research, or be less sure")
	}
	if estimated := latest(r.Estimated, r.Approved); undecided(i) && !estimated.IsZero() {
		if days := int(l.options.AsOf.Sub(estimated).Hours() / 24); days > staleAfter {
			l.add(at, "rice", "rice-stale", Warning, fmt.Sprintf("estimate is %d days old", days),
				"look again, and set estimated to that day")
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// number is what a level stands for; nil if it is not written or the word is unknown.
func number(v *fact.Level, words map[string]float64) *float64 {
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

func (l *linter) word(at *fact.Item, key string, v *fact.Level, words map[string]float64) {
	if v == nil || v.Word == "" || len(words) == 0 || number(v, words) != nil {
		return
	}
	l.add(at, "rice."+key, "rice-unknown-word", Error, fmt.Sprintf("unknown %s %q, so no score", key, v.Word),
		text.DidYouMean(v.Word, "words", sortedKeys(words)))
}

// offScale notes an impact written as a number that is no step of the scale.
// Confidence is any percentage.
func (l *linter) offScale(at *fact.Item, v *fact.Level) {
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
	l.add(at, "rice.impact", "rice-off-scale", Warning,
		fmt.Sprintf("impact %g is no step of the scale", v.Number), "steps are "+strings.Join(steps, ", "))
}

func (l *linter) inRange(at *fact.Item, key string, v *float64, r *fact.Range) {
	if v == nil || r == nil || *v >= r.Lo && *v <= r.Hi {
		return
	}
	l.add(at, "rice."+key+"_range", "rice-outside-range", Warning,
		fmt.Sprintf("%s %g is outside its range %g to %g", key, *v, r.Lo, r.Hi), "")
}

func (l *linter) because(at *fact.Item, r *fact.RICE) {
	var without []string
	for _, part := range []struct {
		name    string
		written bool
		because string
	}{
		{"reach", r.Reach != nil, r.ReachBecause},
		{"impact", r.Impact != nil, r.ImpactBecause},
		{"confidence", r.Confidence != nil, r.ConfidenceBecause},
		{"effort", r.Effort != nil, r.EffortBecause},
	} {
		if part.written && part.because == "" {
			without = append(without, part.name+"_because")
		}
	}
	if len(without) > 0 {
		l.add(at, "rice", "rice-no-because", Note, "numbers without a reason: no "+strings.Join(without, ", "),
			"say what you know")
	}
}

func (l *linter) override(at *fact.Item, o *fact.Override) {
	if o.By == "" || o.On.IsZero() {
		l.add(at, "override", "override-unsigned", Warning, "override does not say by which role and when", "add by and on")
	}
	if since := l.late(o.Until); since != "" {
		l.add(at, "override.until", "override-expired", Warning,
			"override ran out "+since+" ago, the score decides again", "remove it, or renew it with a reason")
	}
}

// priorities finds overrides that claim one place.
func (l *linter) priorities() {
	taken := map[int]string{}
	for n := range l.content.Initiatives {
		i := &l.content.Initiatives[n]
		if i.Override == nil || i.Draft || !open(i) || l.late(i.Override.Until) != "" {
			continue
		}
		if first, ok := taken[i.Override.Priority]; ok {
			l.add(&i.Item, "override.priority", "override-clash", Warning,
				fmt.Sprintf("priority %d is claimed by %q too", i.Override.Priority, first), "")
			continue
		}
		taken[i.Override.Priority] = i.ID
	}
}

func (l *linter) phases(i *fact.Initiative) {
	at := &i.Item
	if i.Status == fact.Active && len(i.Phases) == 0 {
		l.add(at, "status", "phase-missing", Warning, "active, but has no phase", "add [[phase]] with name, start and weeks")
	}
	current := currentPhase(i, l.options.AsOf)
	for n := range i.Phases {
		p := &i.Phases[n]
		key := "phase." + strconv.Itoa(n)
		if len(p.Criteria) == 0 {
			l.add(at, key, "phase-without-criteria", Warning, fmt.Sprintf("phase %q has no criteria for leaving it", p.Name),
				"say what must be true to go on")
		}
		if n > 0 && p.Start.Before(i.Phases[n-1].Start) && !p.Start.IsZero() {
			l.add(at, key+".start", "phase-order", Warning, fmt.Sprintf("phase %q starts before %q", p.Name,
				i.Phases[n-1].Name), "")
		}
		l.dates(at, key, "phase "+strconv.Quote(p.Name), p.Status, n == current, p.Start, p.End())
	}
}

// currentPhase is the phase declared active or, failing that, the last one
// begun; −1 if there is none.
func currentPhase(i *fact.Initiative, asOf time.Time) int {
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

// dates warns where the calendar is ahead of the declared status.
func (l *linter) dates(at *fact.Item, key, what, status string, current bool, start, end time.Time) {
	if status == "planned" {
		if since := l.late(start); since != "" {
			l.add(at, key+".start", "late", Warning, what+" is "+since+" late to start", "declare it active, or move its start")
		}
		return
	}
	if since := l.late(end); since != "" && (status == "active" || current && status == "") {
		l.add(at, key+".weeks", "late", Warning, what+" is "+since+" late", "declare it done, or give it more weeks")
	}
}

func (l *linter) activity(a *fact.Activity) {
	at := &fact.Item{ID: a.ID, Lines: a.Lines, Origin: a.Origin}
	status := cmp.Or(a.Status, "planned")
	if since := l.late(a.Start); status == "planned" && since != "" {
		l.add(at, "start", "late", Warning, strconv.Quote(a.Title)+" is "+since+" late to start",
			"declare it active, or move its start")
	}
	if since := l.late(a.End()); status == "active" && since != "" {
		l.add(at, "weeks", "late", Warning, strconv.Quote(a.Title)+" is "+since+" late",
			"declare it done, or give it more weeks")
	}
}
