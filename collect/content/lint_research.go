package content

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

func (l *linter) lintResearch(r *fact.Research) {
	at := &r.Item
	if r.Kind != fact.Job && r.Date.IsZero() {
		l.addFinding(at, "date", "research-undated", Warning, "has no date, so it counts in no quarter", "add date")
	}
	if (r.Kind == fact.Job || r.Problem != "") && !l.worked[r.ID] {
		what := "pain"
		if r.Kind == fact.Job {
			what = "job"
		}
		l.addFinding(at, "problem", "pain-not-worked-on", Warning, "nobody works on this "+what,
			"link it from an initiative, feature or case, or refuse it with wont-build")
	}
	if r.Kind == fact.Insight && r.Source == "" && r.Measure == "" {
		l.addFinding(at, "finding", "evidence-missing", Warning, "insight names no source of data",
			"add source or measure")
	}
	if r.Request != "" && r.Answered.IsZero() && !r.Date.IsZero() {
		if since := l.daysLate(r.Date.AddDate(0, 0, unansweredAfter)); since != "" {
			l.addFinding(at, "request", "request-unanswered", Note,
				fmt.Sprintf("asked more than %d days ago, and no answer is recorded",
					unansweredAfter), "set answered to the day they heard back")
		}
	}
}

// unansweredAfter is how many days a request may wait for its first answer.
const unansweredAfter = 30

func (l *linter) lintFeature(f *fact.Feature) {
	at := &f.Item
	if f.Owner == "" {
		l.addFinding(at, "owner", "owner-missing", Note, "has no owner", `name a team or role: owner = "…"`)
	}
	if f.Adoption.Eligible > 0 && f.Adoption.EligibleOn.IsZero() {
		l.addFinding(at, "adoption.eligible", "eligible-undated", Note, "eligible units were counted on an unknown day",
			"add eligible_on")
	}
	if s := l.findFeature(f.Successor); s != nil && !s.Retired.IsZero() {
		l.addFinding(at, "successor", "successor-retired", Warning, fmt.Sprintf("successor %q is retired", s.ID),
			"name another, or none")
	}
}

func (l *linter) findFeature(id string) *fact.Feature {
	for i := range l.content.Features {
		if f := &l.content.Features[i]; f.ID == id && id != "" {
			return f
		}
	}
	return nil
}

func (l *linter) lintCase(c *fact.Case) {
	if len(c.Results) == 0 {
		l.addFinding(&c.Item, "", "result-missing", Warning, "case has no result",
			"add [[result]], also if nothing changed")
	}
	for n := range c.Results {
		r := &c.Results[n]
		if r.Basis == fact.Measured && r.Measure == "" {
			l.addFinding(&c.Item, fmt.Sprintf("result.%d", n), "evidence-missing", Warning,
				"result is called measured but names no measure", `declare the measure, or write basis = "reported"`)
		}
	}
	if v := c.Value; v != nil && v.Basis == fact.Estimated && v.Because == "" {
		l.addFinding(&c.Item, "value", "evidence-missing", Note, "value is estimated without a reason", "add because")
	}
}

func (l *linter) lintDecision(d *fact.Decision) {
	if since := l.daysLate(d.Deadline); since != "" {
		l.addFinding(&d.Item, "deadline", "late", Warning, "deadline passed "+since+" ago",
			"record what happened, or a new decision")
	}
}

// inlineLink matches the target of a Markdown link without blanks.
var inlineLink = regexp.MustCompile(`\]\(([^()\s]+)`)

// lintDeadLinks warns of links to Markdown files that do not exist.
func (l *linter) lintDeadLinks() {
	items := listItems(l.content)
	files := map[string]bool{}
	for _, b := range items {
		files[b.File] = true
	}
	for _, b := range items {
		for n, line := range strings.Split(b.Body, "\n") {
			for _, m := range inlineLink.FindAllStringSubmatch(line, -1) {
				target, _, _ := strings.Cut(m[1], "#")
				if !strings.HasSuffix(target, ".md") || strings.Contains(target, ":") {
					continue
				}
				if full := path.Join(path.Dir(b.File), target); !files[full] && !b.Draft {
					l.report(Problem{
						File: b.File, Line: b.BodyLine + n, Text: fmt.Sprintf("link to %q has no target", m[1]),
						Next: text.DidYouMean(full, "files", sortedKeys(files)),
					}, "dead-link", Warning)
				}
			}
		}
	}
}
