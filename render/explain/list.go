package explain

import (
	"fmt"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Listed is a line of the list of all metrics. The list is the output of --json.
type Listed struct {
	ID    string       `json:"id"`
	Title string       `json:"title"`
	Scope metric.Scope `json:"scope"`
	State metric.State `json:"state"`
	Unit  metric.Unit  `json:"unit"`
	Value *float64     `json:"value"`
	Lo    *float64     `json:"lo"`
	Hi    *float64     `json:"hi"`
	metric.Display
}

// List returns the metrics of a scope. For the whole organisation it returns all metrics except
// those of teams.
func (in *Source) List(scope metric.Scope) []Listed {
	list := []Listed{}
	for i := range in.Sections {
		for _, m := range in.Sections[i].Metrics {
			if scope.ID == "" && m.Scope.Kind != metric.Team || scope.ID != "" && m.Scope.Kind == scope.Kind &&
				m.Scope.ID == scope.ID {
				list = append(list, Listed{m.ID, m.Title, m.Scope, m.State, m.Unit, m.Value, m.Lo, m.Hi, m.Display})
			}
		}
	}
	return list
}

// Line returns the metric and its value in one line.
func (m *Listed) Line() string {
	flag := ""
	if m.Scope.Kind != metric.Organisation {
		flag = " --" + string(m.Scope.Kind) + " " + m.Scope.ID
	}
	value := format.Maybe(m.Value, m.Shown(m.Unit))
	if iv := format.Interval(m.Lo, m.Hi, m.Shown(m.Unit)); iv != "" {
		value += " (likely " + iv + ")"
	}
	return fmt.Sprintf("%s%s: %s, %s", m.ID, flag, m.Title, plainSpaces.Replace(value))
}
