package space

import (
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// of is a metric of the organisation.
func of(id string, value float64, t *metric.Trend) metric.Metric {
	return metric.Metric{ID: id, Scope: organisation, State: metric.OK, Figure: metric.Figure{Value: metric.Of(value)}, Trend: t, Better: metric.Down}
}

func TestStates(t *testing.T) {
	span := func(m metric.Metric, lo, hi float64) metric.Metric {
		m.Lo, m.Hi = metric.Of(lo), metric.Of(hi)
		return m
	}
	open := func(m metric.Metric) metric.Metric { m.Unsettled = true; return m }
	missing := of("dora.lead_time", 1, nil)
	missing.State, missing.Value, missing.Why = metric.NotAvailable, nil, "no change"
	team := of("dora.lead_time", 1, nil)
	team.Scope = metric.Scope{Kind: metric.Team, ID: "a"}
	trend := func(o metric.Outcome, change float64) *metric.Trend { return &metric.Trend{Outcome: o, Change: change} }
	const tickets = "support.tickets_per_week"
	tests := []struct {
		name   string
		metric metric.Metric
		state  State
		sure   bool
	}{
		{"under the target", span(of("dora.lead_time", 2520, nil), 2400, 2700), Met, true},
		{"under, may be over", span(of("dora.lead_time", 3500, nil), 3000, 4000), Met, false},
		{"over", span(of("dora.lead_time", 4000, nil), 3700, 4400), NotMet, true},
		{"exactly at a strict target", of("dora.change_fail_rate", .15, nil), NotMet, false},
		{"failures", span(of("dora.change_fail_rate", .08, nil), .075, .086), Met, true},
		{"failures, all of what may be is under", open(span(of("dora.change_fail_rate", .02, nil), 0, .149)), Met, true},
		{"failures, some of what may be is over", open(span(of("dora.change_fail_rate", .02, nil), 0, .15)), CannotTell, false},
		{"failures, all of what may be is over", open(span(of("dora.change_fail_rate", .2, nil), .15, .3)), NotMet, true},
		{"more than once a day", span(of("dora.deployment_frequency", 5.2, nil), 5, 5.4), Met, true},
		{"not available", missing, Unknown, false},
		{"of a team", team, Unknown, false},
		{"down as wanted", of(tickets, 12, trend(metric.Changed, -.4)), AsWanted, false},
		{"a little", of(tickets, 12, trend(metric.WorthWatching, -.05)), CannotTell, false},
		{"up", of(tickets, 12, trend(metric.Changed, .4)), NotAsWanted, false},
		{"the same", of(tickets, 12, trend(metric.AboutTheSame, -.01)), Same, false},
		{"cannot tell", of(tickets, 12, trend(metric.NotEnoughData, -.4)), CannotTell, false},
		{"not tested", of(tickets, 12, nil), NotTested, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Content{}
			r := Measure(Defaults(), resolve(t, c, fact.Events{}), c, Input{})
			r.FillDimensions([]metric.Metric{tt.metric})
			row := rowOf(r.Dimensions, tt.metric.ID)
			if row.State != tt.state || row.Sure != tt.sure || (row.Value == nil) != (tt.state == Unknown) || row.State == Unknown && row.Why == "" {
				t.Errorf("%+v, want %s, sure %v", row, tt.state, tt.sure)
			}
		})
	}
}

func TestMeasuresJoinTheirDimension(t *testing.T) {
	c := fact.Content{Measures: []fact.MeasureDef{
		{ID: "slack", Title: "Questions", Dimension: "communication"},
		{ID: "neutral", Title: "Words", Dimension: "communication"},
		{ID: "builds", Title: "Builds", Dimension: "efficiency"},
		{ID: "elsewhere", Title: "Uptime"},
		{ID: "unfed", Title: "Unfed", Dimension: "efficiency"},
	}}
	slack, neutral, builds := of("measure.slack", 58, nil), of("measure.neutral", 3, nil), of("measure.builds", 4, nil)
	neutral.Better = metric.Neutral
	builds.Target = &metric.Target{Value: 5, Op: metric.Down}
	r := Measure(Defaults(), resolve(t, c, fact.Events{}), c, Input{})
	r.FillDimensions([]metric.Metric{slack, neutral, builds})
	for id, want := range map[string]State{"measure.slack": NotTested, "measure.neutral": NoTarget, "measure.builds": Met} {
		t.Run(id, func(t *testing.T) {
			if row := rowOf(r.Dimensions, id); row == nil || row.State != want {
				t.Errorf("%s is %+v, want %s", id, row, want)
			}
		})
	}
	if rowOf(r.Dimensions, "measure.unfed") != nil || rowOf(r.Dimensions, "measure.elsewhere") != nil {
		t.Error("rows of measures without a figure or a dimension")
	}
}

func TestWhatIsMissing(t *testing.T) {
	frequency, tickets := of("dora.deployment_frequency", 5, nil), of("support.tickets_per_week", 12, nil)
	asked := func(c *fact.Content, in *Input) {
		s := survey("a", 3, 0)
		s.Items = []fact.SurveyItem{{ID: "flow", Dimension: "efficiency"}}
		c.Surveys = append(c.Surveys, s)
		for _, score := range []int{9, 9, 3, 3, 7} {
			in.Answers = append(in.Answers, fact.Answer{Wave: "a", Score: &score, Items: map[string]float64{"flow": 3}})
		}
	}
	tests := []struct {
		name    string
		metrics []metric.Metric
		more    func(*fact.Content, *Input)
		data    string
		missing []string // in each message
	}{
		{"nothing", nil, nil, "", []string{"0 of 5", "No survey was sent"}},
		{"delivery only", []metric.Metric{frequency}, nil, "performance activity", []string{"2 of 5", "No survey was sent"}},
		{"no survey", []metric.Metric{frequency, tickets}, nil, "performance activity communication", []string{"No survey was sent"}},
		{"survey only", nil, asked, "satisfaction efficiency", []string{"2 of 5"}},
		{"whole", []metric.Metric{frequency}, asked, "satisfaction performance activity efficiency", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c fact.Content
			var in Input
			if tt.more != nil {
				tt.more(&c, &in)
			}
			r := Measure(Defaults(), resolve(t, c, fact.Events{}), c, in)
			r.FillDimensions(slices.Concat(r.Section.Metrics, tt.metrics))
			var data []string
			for _, d := range r.Dimensions {
				if d.HasData {
					data = append(data, d.ID)
				}
			}
			if strings.Join(data, " ") != tt.data || !slices.EqualFunc(r.Missing, tt.missing, strings.Contains) {
				t.Errorf("data of %v, missing %q", data, r.Missing)
			}
		})
	}
}

// How busy people are is not shown where nothing says how well it goes.
func TestActivityIsNotShownAlone(t *testing.T) {
	c := fact.Content{Teams: []fact.Team{{ID: "t", Owns: []fact.Ownership{{Repository: "web"}}}}}
	e := fact.Events{
		Changes:  changes("web", date(10, 7), 8, "ann"),
		Coverage: []fact.Coverage{{Source: "s", Repository: "web", Kind: "changes", From: date(1, 1), To: date(11, 11)}},
	}
	e.Changes[0].CoAuthors = []string{"bo", "cy"}
	r := Measure(Defaults(), resolve(t, c, e), c, Input{Coverage: e.Coverage})
	r.FillDimensions(r.Section.Metrics)
	if r.Section.Find(ChangesWeek, organisation).Value == nil {
		t.Fatal("no changes")
	}
	d := r.Dimensions[2]
	if d.ID != "activity" || d.HasData || len(d.Rows) > 0 || !strings.Contains(r.Missing[0], "not shown alone") {
		t.Errorf("%+v, missing %q", d, r.Missing)
	}
}

func TestEveryMetricHasItsDefinition(t *testing.T) {
	c, e := example(t)
	in, _ := input(c, e)
	r := Measure(Defaults(), resolve(t, c, e), c, in)
	defs := map[string]string{}
	for _, d := range r.Section.Definitions {
		if d.Hash == "" || d.Text == "" || defs[d.ID] != "" {
			t.Errorf("definition %+v", d)
		}
		defs[d.ID] = d.Hash
	}
	used := map[string]bool{}
	for _, m := range r.Section.Metrics {
		used[m.Definition] = true
		if defs[m.Definition] == "" || defs[m.Definition] != m.DefinitionHash || m.Title == "" {
			t.Errorf("%s: definition %q %q", m.ID, m.Definition, m.DefinitionHash)
		}
	}
	if len(used) != len(defs) {
		t.Errorf("%d definitions, %d used", len(defs), len(used))
	}
}
