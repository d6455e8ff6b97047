package content

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Level is the weight of a finding.
type Level string

// Levels of findings. An error makes a number wrong or missing, a warning should be reviewed, a
// note would make a page better.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

// Finding is allowed content that should be reviewed.
type Finding struct {
	Problem
	Rule  string `json:"rule"` // stable name, such as "rice-stale"
	Level Level  `json:"level"`
}

// LintOptions are the inputs of Lint besides the content.
type LintOptions struct {
	AsOf time.Time // the day that dates are compared with; required
	// Impact and Confidence map the configuration's words to numbers. If one is empty, its
	// words and scale are not checked.
	Impact, Confidence map[string]float64
}

// Limits of the checks of estimates.
const (
	staleAfter   = 180 // days after which an estimate of work not yet started counts as old
	certainAbove = 80  // percent of confidence that calls for research
)

// Lint finds content that would confuse readers of the pages. Content with problems may be
// linted too. Findings are in order of file, line and rule.
func Lint(c fact.Content, o LintOptions) []Finding {
	l := linter{content: &c, options: o, researched: researchedInitiatives(&c), worked: workedOn(&c)}
	for i := range c.Initiatives {
		l.lintInitiative(&c.Initiatives[i])
	}
	for i := range c.Activities {
		l.lintActivity(&c.Activities[i])
	}
	for i := range c.Research {
		l.lintResearch(&c.Research[i])
	}
	for i := range c.Features {
		l.lintFeature(&c.Features[i])
	}
	for i := range c.Cases {
		l.lintCase(&c.Cases[i])
	}
	for i := range c.Decisions {
		l.lintDecision(&c.Decisions[i])
	}
	l.lintGoals()
	l.lintThemes()
	l.lintSharedNames()
	l.lintPriorities()
	l.lintDeadLinks()
	l.lintPersons()
	l.lintCredentials()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
	})
	return l.findings
}

type linter struct {
	content    *fact.Content
	options    LintOptions
	researched map[string]bool // initiatives that link to research
	worked     map[string]bool // research that some work links to
	findings   []Finding
}

func (l *linter) addFinding(i *fact.Item, key, rule string, level Level, text, next string) {
	if i.Draft {
		return // samples are not linted
	}
	l.report(Problem{File: i.File, Line: i.LineOf(key), Text: text, Next: next}, rule, level)
}

func (l *linter) report(p Problem, rule string, level Level) {
	l.findings = append(l.findings, Finding{Problem: p, Rule: rule, Level: level})
}

// researchedInitiatives returns the initiatives that are linked to research, from either side.
func researchedInitiatives(c *fact.Content) map[string]bool {
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

// workedOn returns the research that an initiative, a feature or a case links to.
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

// daysLate returns how many days ago t was, as words; "" if it was less than a day ago.
func (l *linter) daysLate(t time.Time) string {
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

// isOpen reports whether an initiative still has work ahead.
func isOpen(i *fact.Initiative) bool { return i.Status != fact.Done && i.Status != fact.WontBuild }

// isUndecided reports whether an initiative is still being ranked.
func isUndecided(i *fact.Initiative) bool {
	return i.Status == fact.Requested || i.Status == fact.Idea || i.Status == fact.Approved
}
