package doctor

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/dora"
)

// Patterns of usual names. They only suggest: nothing is counted by them.
var (
	// deploying matches workflows that deploy, and building those that do not.
	deploying = regexp.MustCompile(`(?i)(deploy|release|publish|promote|roll-?out|ship|(^|[-_/. ])cd([-_/. ]|$))`)
	building  = regexp.MustCompile(`(?i)(test|lint|check|preview|docs|pages|label|stale|codeql|dependabot)`)
	// trouble matches labels of incidents.
	trouble = regexp.MustCompile(`(?i)(incident|outage|downtime|post-?mortem|(^|[-_/:. ])(sev|severity|p|prio)[-_:. ]?[01]([-_/:. ]|$))`)
)

// Suggestion is a proposed change.
type Suggestion struct {
	Text string `json:"text"`
	// Config is a line for config.toml; "" if nothing can be written down.
	Config string `json:"config,omitempty"`
}

// judgeEnvironments compares environments with [deploy].
func judgeEnvironments(c *config.Config, seen []collect.Seen) ([]Seen, []Suggestion) {
	// config.Parse has checked both.
	production, exclude := regexp.MustCompile(c.Deploy.Production), regexp.MustCompile(c.Deploy.Exclude)
	list := []Seen{}
	var hints []Suggestion
	pattern, counted := c.Deploy.Production, false
	for _, s := range seen {
		verdict, shown := "other", fmt.Sprintf("environment %q ×%s ", s.Name, text.FormatCount(s.Count))
		switch {
		case c.Deploy.Exclude != "" && exclude.MatchString(s.Name):
			verdict = "excluded"
		case production.MatchString(s.Name) && dora.LooksNonProduction(s.Name):
			verdict, counted = "doubtful", true
			hints = append(hints, Suggestion{
				Text:   shown + "counts as production and does not look like it",
				Config: "[deploy] exclude = " + config.Quote(text.Join("|", c.Deploy.Exclude, "^"+regexp.QuoteMeta(s.Name)+"$")),
			})
		case production.MatchString(s.Name):
			verdict, counted = "production", true
		case dora.FindProductionWord(s.Name) != "":
			verdict = "near miss"
			pattern += "|(?i)" + productionPattern(s.Name)
			hints = append(hints, Suggestion{
				Text:   shown + "looks like production and does not count",
				Config: "[deploy] production = " + config.Quote(pattern),
			})
		}
		list = append(list, Seen{Name: s.Name, Count: s.Count, Where: s.Where, Verdict: verdict})
	}
	if len(seen) > 0 && !counted && len(hints) == 0 {
		hints = append(hints, Suggestion{
			Text:   "no environment counts as production: no deployment will be counted",
			Config: "[deploy] production = " + config.Quote("^"+regexp.QuoteMeta(seen[0].Name)+"$"),
		})
	}
	return list, hints
}

// productionPattern returns a regular expression for names like this one, made from its word
// for production.
func productionPattern(name string) string {
	word := dora.FindProductionWord(name)
	if strings.HasPrefix(strings.ToLower(name), word) {
		return "^" + word
	}
	return "(^|[-_/. ])" + word
}

// judgeWorkflows suggests rules for workflows that look like deployments, where no
// environment counts.
func judgeWorkflows(f *config.Forge, seen []collect.Seen, counted bool) []Suggestion {
	if counted || f.GitHub == nil {
		return nil
	}
	var hints []Suggestion
	for _, s := range seen {
		if s.Matched || !deploying.MatchString(s.Name) || building.MatchString(s.Name) {
			continue
		}
		file := s.Name[strings.LastIndexByte(s.Name, '/')+1:]
		hints = append(hints, Suggestion{
			Text: fmt.Sprintf("workflow %q ×%s looks like a deployment, and no environment counts as production", s.Name,
				text.FormatCount(s.Count)),
			Config: fmt.Sprintf(`[[github]] deployments = ["workflows"], workflows = [{ file = %s }]`, config.Quote(file)),
		})
	}
	return hints
}

// judgeLabels suggests labels that look like those of incidents.
func judgeLabels(f *config.Forge, seen []collect.Seen) []Suggestion {
	var near []string
	var hints []Suggestion
	for _, s := range seen {
		if s.Matched || !trouble.MatchString(s.Name) {
			continue
		}
		near = append(near, s.Name)
		labels := make([]string, 0, len(near)+len(f.IncidentLabels))
		for _, label := range append(append([]string{}, f.IncidentLabels...), near...) {
			labels = append(labels, config.Quote(label))
		}
		hints = append(hints, Suggestion{
			Text:   fmt.Sprintf("label %q ×%s looks like one of incidents", s.Name, text.FormatCount(s.Count)),
			Config: fmt.Sprintf("[[%s]] incident_labels = [%s]", f.Kind.Table, strings.Join(labels, ", ")),
		})
	}
	return hints
}
