package content

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Level says how much a finding matters.
type Level string

// Levels. An error makes a number wrong or missing, a warning is worth a look,
// a note would make a page better.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

// Finding is something allowed that is worth a look.
type Finding struct {
	Problem
	Rule  string `json:"rule"` // stable name, such as "rice-stale"
	Level Level  `json:"level"`
}

// LintOptions are what findings depend on besides the content.
type LintOptions struct {
	AsOf time.Time // the day that dates are late against; required
	// Impact and Confidence map the configuration's words to numbers. Empty
	// ones leave words and scales unchecked.
	Impact, Confidence map[string]float64
}

// Days after which a thing that is still open counts as old.
const (
	staleAfter   = 180 // an estimate of work not yet started
	certainAbove = 80  // percent of confidence that calls for research
)

// Lint looks for what readers of the pages would stumble over. Content with
// problems may be linted too. Findings are in order of file, line and rule.
func Lint(c fact.Content, o LintOptions) []Finding {
	l := linter{content: &c, options: o, researched: researched(&c), worked: workedOn(&c)}
	for i := range c.Initiatives {
		l.initiative(&c.Initiatives[i])
	}
	for i := range c.Activities {
		l.activity(&c.Activities[i])
	}
	for i := range c.Research {
		l.research(&c.Research[i])
	}
	for i := range c.Features {
		l.feature(&c.Features[i])
	}
	for i := range c.Cases {
		l.story(&c.Cases[i])
	}
	for i := range c.Decisions {
		l.decision(&c.Decisions[i])
	}
	l.goals()
	l.sharedNames()
	l.priorities()
	l.deadLinks()
	l.persons()
	l.credentials()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
	})
	return l.findings
}

type linter struct {
	content    *fact.Content
	options    LintOptions
	researched map[string]bool // initiatives that research speaks for
	worked     map[string]bool // research that work follows from
	findings   []Finding
}

func (l *linter) add(i *fact.Item, key, rule string, level Level, text, next string) {
	if i.Draft {
		return // a sample is not held against anyone
	}
	l.findings = append(l.findings, Finding{
		Problem: Problem{File: i.File, Line: i.LineOf(key), Text: text, Next: next},
		Rule:    rule, Level: level,
	})
}

// researched collects the initiatives linked to research, from either side.
func researched(c *fact.Content) map[string]bool {
	found := map[string]bool{}
	for i := range c.Initiatives {
		found[c.Initiatives[i].ID] = len(c.Initiatives[i].Research) > 0
	}
	for i := range c.Research {
		for _, id := range c.Research[i].Initiatives {
			found[id] = true
		}
	}
	return found
}

// workedOn collects the research linked to anything that answers it: an
// initiative, a feature or a case.
func workedOn(c *fact.Content) map[string]bool {
	found := map[string]bool{}
	note := func(ids []string) {
		for _, id := range ids {
			found[id] = true
		}
	}
	for i := range c.Initiatives {
		note(c.Initiatives[i].Research)
	}
	for i := range c.Features {
		note(c.Features[i].Research)
	}
	for i := range c.Cases {
		note(c.Cases[i].Research)
	}
	for i := range c.Research {
		if r := &c.Research[i]; len(r.Initiatives) > 0 {
			found[r.ID] = true
		}
	}
	return found
}

// late is how many days past t the day of reckoning is, as words; "" if not.
func (l *linter) late(t time.Time) string {
	if t.IsZero() || !t.Before(l.options.AsOf) {
		return ""
	}
	days := int(l.options.AsOf.Sub(t).Hours() / 24)
	switch days {
	case 0:
		return ""
	case 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", days)
}

// open reports whether an initiative still has work ahead.
func open(i *fact.Initiative) bool { return i.Status != fact.Done && i.Status != fact.WontBuild }

// undecided reports whether an initiative is still being ranked.
func undecided(i *fact.Initiative) bool {
	return i.Status == fact.Requested || i.Status == fact.Idea || i.Status == fact.Approved
}
