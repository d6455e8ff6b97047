package importer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// settleDates finds the order of day and month and the time zone of the columns with dates.
func (p *proposer) settleDates(columns []int) {
	p.settleOrder(columns)
	p.settleZone(columns)
}

// settleOrder takes the order that a line of the column proves. Without a proof it asks.
func (p *proposer) settleOrder(columns []int) {
	proofs := map[string][]string{}
	doubt := -1
	for _, i := range columns {
		c := &p.File.Columns[i]
		if c.DayFirst.Count > 0 && c.MonthLed.Count > 0 {
			p.ask(Question{
				Key: "dates", Required: true, Text: fmt.Sprintf("%s has dates of two orders: line %d has the day first, line %d "+
					"the month. Correct them, or split the file", c.Shown(), c.DayFirst.Line, c.MonthLed.Line),
			})
			return
		}
		if c.Ambiguous.Count == 0 {
			continue
		}
		doubt = i
		if c.DayFirst.Count > 0 {
			proofs["dmy"] = append(proofs["dmy"], fmt.Sprintf("line %d of %s proves it", c.DayFirst.Line, c.Shown()))
		}
		if c.MonthLed.Count > 0 {
			proofs["mdy"] = append(proofs["mdy"], fmt.Sprintf("line %d of %s proves it", c.MonthLed.Line, c.Shown()))
		}
	}
	if doubt < 0 {
		return
	}
	for order, why := range proofs {
		if len(proofs) == 1 && p.isProved(columns) {
			p.setOrder(order, why[0])
			return
		}
	}
	c := &p.File.Columns[doubt]
	answer, ok := p.ask(Question{
		Key: "date_order", Required: true, Choices: []string{"dmy", "mdy"}, Closed: true,
		Text: fmt.Sprintf("Line %d of %s may have the day or the month first, and no line proves which. Which order is it?",
			c.Ambiguous.Line, c.Shown()),
	})
	if ok {
		p.setOrder(answer, "as answered")
	}
}

// isProved reports whether each column with doubtful dates has a date that proves its order.
func (p *proposer) isProved(columns []int) bool {
	return !slices.ContainsFunc(columns, func(i int) bool {
		c := &p.File.Columns[i]
		return c.Ambiguous.Count > 0 && c.DayFirst.Count+c.MonthLed.Count == 0
	})
}

func (p *proposer) setOrder(order, why string) {
	if p.Kind != Survey {
		p.Settings = append(p.Settings, Setting{"date_order", config.Quote(order), why})
		return
	}
	p.Settings = append(p.Settings, Setting{"day_first", fmt.Sprint(order == "dmy"), why})
}

// settleZone asks for the zone of times without one: no file proves it.
func (p *proposer) settleZone(columns []int) {
	at := slices.IndexFunc(columns, func(i int) bool { return p.File.Columns[i].Zoneless.Count > 0 })
	if at < 0 {
		return
	}
	c := &p.File.Columns[columns[at]]
	answer, ok := p.ask(Question{
		Key: "timezone", Required: true, Suggest: p.Zone,
		Text: fmt.Sprintf("%s has times without a zone, from line %d. Which zone are they in? Such as Europe/Vienna or UTC", c.Shown(), c.Zoneless.Line),
	})
	if _, err := time.LoadLocation(answer); ok && (err != nil || answer == "Local") {
		p.wrong = fmt.Errorf("timezone: %s is unknown: answer such as Europe/Vienna or UTC", text.Quote(answer))
	}
	if ok {
		p.Settings = append(p.Settings, Setting{"timezone", config.Quote(answer), "as answered"})
	}
}

// hints are parts of headers that may announce a field, in several languages. They are reasons to
// ask, never to decide.
func hints(field string) []string {
	return map[string][]string{
		"team": {
			"team", "squad", "group", "department", "tribe", "abteilung", "gruppe", "équipe", "equipe", "equipo", "grupo",
			"gruppo", "squadra", "afdeling", "チーム", "部署",
		},
		"feature": {"feature", "component", "product", "module", "category", "tool"},
		"unit":    {"user", "developer", "login", "account", "actor", "person"},
		"service": {"service", "component"},
		"id":      {"id", "key", "number"},
	}[field]
}

func containsAny(title string, parts []string) bool {
	lower := strings.ToLower(title)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(lower, part) })
}

// hasQuestion reports whether a header of the file is a question or a statement.
func hasQuestion(in *tabular.Inspection) bool {
	return slices.ContainsFunc(in.Columns, func(c tabular.Column) bool { return isSentence(c.Title) })
}

// isSentence reports whether a header is a question or a statement rather than a name.
func isSentence(title string) bool {
	return strings.ContainsAny(title, "?？") || len(strings.Fields(title)) >= 5 || len([]rune(title)) >= 20 && containsAny(title, []string{"。", "ます", "です"})
}
