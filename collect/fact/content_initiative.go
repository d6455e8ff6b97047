package fact

import (
	"errors"
	"time"
)

// Statuses of an initiative. A status is declared, never computed: dates only warn.
const (
	Requested = "requested"
	Idea      = "idea"
	Approved  = "approved"
	Active    = "active"
	Done      = "done"
	WontBuild = "wont-build"
)

// Initiative is a piece of work that the platform team plans, does or refused.
type Initiative struct {
	Item
	GanttTitle string    `toml:"gantt_title"` // "" uses Title
	Status     string    `toml:"status"`
	Owner      string    `toml:"owner"`
	Requested  time.Time `toml:"requested"` // first request; zero: the earliest of its research
	Features   []string  `toml:"features"`
	Research   []string  `toml:"research"`
	Cases      []string  `toml:"cases"`
	Tracker    string    `toml:"tracker"` // item in the team's tracker

	Rice     *RICE     `toml:"rice"`
	Override *Override `toml:"override"`
	Phases   []Phase   `toml:"phase"`
	Spent    *float64  `toml:"spent"` // weeks it took in the end, to compare with rice.effort
	Results  []Result  `toml:"result"`
	// Expected is the expected effect, written down before it can be seen.
	Expected *Expected `toml:"expected"`

	// Won't build: the reason stays public.
	Reason  string    `toml:"reason"`
	Answer  string    `toml:"answer"` // one line for "You asked"; "" uses Reason
	Revisit time.Time `toml:"revisit"`
	Instead string    `toml:"instead"`
}

// RICE has the four estimated numbers of a prioritisation. The score is the product of the
// points; ranges, 90 % intervals, only widen its doubt.
type RICE struct {
	Reach             *float64 `toml:"reach"` // in the unit of the configuration, developers by default
	ReachRange        *Range   `toml:"reach_range"`
	ReachBecause      string   `toml:"reach_because"`
	Impact            *Level   `toml:"impact"`
	ImpactRange       *Range   `toml:"impact_range"`
	ImpactBecause     string   `toml:"impact_because"`
	Confidence        *Level   `toml:"confidence"` // percent
	ConfidenceBecause string   `toml:"confidence_because"`
	Effort            *float64 `toml:"effort"` // in the unit of the configuration, weeks by default
	EffortRange       *Range   `toml:"effort_range"`
	EffortBecause     string   `toml:"effort_because"`
	// Estimated is the day of the last review of the numbers; zero takes Approved.
	Estimated time.Time `toml:"estimated"`
	// Approved is the day of the approval. The numbers at the commit that sets it are the prediction.
	Approved time.Time `toml:"approved"`
}

// Level is a number, or a word that the configuration maps to one ("high").
type Level struct {
	Word   string  // lower case; "" if Number was written
	Number float64 // valid only if Word is ""
}

// UnmarshalTOML reads a number or a word.
func (l *Level) UnmarshalTOML(v any) error {
	if s, ok := v.(string); ok {
		if s == "" {
			return errors.New("want a number or a word, got an empty string")
		}
		*l = Level{Word: s}
		return nil
	}
	n, ok := toFloat(v)
	if !ok {
		return errors.New("want a number or a word such as \"high\"")
	}
	*l = Level{Number: n}
	return nil
}

// Range is a 90 % interval, the low end first.
type Range struct{ Lo, Hi float64 }

// UnmarshalTOML reads [lo, hi].
func (r *Range) UnmarshalTOML(v any) error {
	list, _ := v.([]any)
	if len(list) != 2 {
		return errors.New("want two numbers, [low, high]")
	}
	lo, okLo := toFloat(list[0])
	hi, okHi := toFloat(list[1])
	if !okLo || !okHi {
		return errors.New("want two numbers, [low, high]")
	}
	*r = Range{lo, hi}
	return nil
}

// toFloat returns the value of a TOML integer or float.
func toFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// UnmarshalTOML reads a URL, or a table of title and url.
func (l *Link) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		*l = Link{URL: v}
		return nil
	case map[string]any:
		title, okTitle := v["title"].(string)
		url, okURL := v["url"].(string)
		if okTitle && okURL && len(v) == 2 {
			*l = Link{Title: title, URL: url}
			return nil
		}
	}
	return errors.New(`want "https://…" or { title = "…", url = "https://…" }`)
}

// Expected is a predicted effect: the change of an outcome, and the days of its review.
type Expected struct {
	Outcome string `toml:"outcome"` // metric ID such as "dora.lead_time", or measure ID
	// Change and the 90 % interval around it are in percent of the outcome's level before (−20:
	// a fifth less) or in Unit.
	Change *float64 `toml:"change"`
	Range  *Range   `toml:"range"` // nil: half to one and a half of Change
	Unit   string   `toml:"unit"`  // "%" (or "") or "points", for shares and scores
	// On is the day of the prediction; zero: the approval of rice. From is the first day on
	// which the outcome can change; zero: the start of the first phase.
	On      time.Time   `toml:"on"`
	From    time.Time   `toml:"from"`
	Looks   []time.Time `toml:"looks"` // in order
	Because string      `toml:"because"`
}

// Override gives an initiative another rank than its score. It needs a reason, and pages show
// it beside the computed rank.
type Override struct {
	Priority int       `toml:"priority"` // published rank, from 1
	Reason   string    `toml:"reason"`
	By       string    `toml:"by"` // a role, never a name
	On       time.Time `toml:"on"`
	Until    time.Time `toml:"until"` // first day without it; zero: until removed
}

// Phase is one stage of an initiative.
type Phase struct {
	Name       string      `toml:"name"`   // "prototype", "alpha", "beta", "ga", or another
	Status     string      `toml:"status"` // "planned", "active", "done", "stopped"; "" if not declared
	Start      time.Time   `toml:"start"`
	Weeks      float64     `toml:"weeks"` // 0: open-ended
	PersonDays float64     `toml:"person_days"`
	Audience   Audience    `toml:"audience"`
	Question   string      `toml:"question"` // question that the phase answers
	Criteria   []Criterion `toml:"criteria"` // conditions for leaving the phase
	Retro      Retro       `toml:"retro"`
	// Override lets the phase end although criteria are not met.
	Override *GateOverride `toml:"override"`
}

// GateOverride is the decision of people to leave a phase without its criteria. It is public,
// beside the criteria that are not met.
type GateOverride struct {
	Reason string
	By     string    // a role, never a name
	On     time.Time // zero: not written
}

// UnmarshalTOML reads the reason, or a table of reason, by and on.
func (o *GateOverride) UnmarshalTOML(v any) error {
	if reason, ok := v.(string); ok {
		*o = GateOverride{Reason: reason}
		return nil
	}
	wrong := errors.New(`want "the reason", or { reason = "…", by = "a role", on = 2024-10-07 }`)
	table, ok := v.(map[string]any)
	if !ok {
		return wrong
	}
	*o = GateOverride{}
	for key, value := range table {
		fits := false
		switch key {
		case "reason":
			o.Reason, fits = value.(string)
		case "by":
			o.By, fits = value.(string)
		case "on":
			// The library gives a time of day without a date the year 0.
			o.On, fits = value.(time.Time)
			fits = fits && o.On.Year() > 0
		}
		if !fits {
			return wrong
		}
	}
	return nil
}

// Begun reports whether the phase has begun: by its status or, without one, by its date.
func (p *Phase) Begun(asOf time.Time) bool {
	switch p.Status {
	case "active", "done", "stopped":
		return true
	case "planned":
		return false
	}
	return !p.Start.IsZero() && !p.Start.After(asOf)
}

// Left reports whether phase n was left to go on, which its criteria guard, and returns the
// phase that was entered: n+1 or a later one, −1 if none has begun. A phase is left if a later
// one has begun, if it is declared done, or if the initiative is. A stopped phase was not left
// to go on, unless a later one has begun. A phase that never began was skipped, which is the
// same as going on without it.
func (i *Initiative) Left(n int, asOf time.Time) (entered int, left bool) {
	for k := n + 1; k < len(i.Phases); k++ {
		if i.Phases[k].Begun(asOf) {
			return k, true
		}
	}
	p := &i.Phases[n]
	return -1, p.Status == "done" || i.Status == Done && p.Status != "stopped" && p.Begun(asOf)
}

// End returns the first day after the phase, or the zero time if it is open-ended or has no
// start.
func (p *Phase) End() time.Time { return endAfter(p.Start, p.Weeks) }

func endAfter(start time.Time, weeks float64) time.Time {
	if start.IsZero() || weeks <= 0 {
		return time.Time{}
	}
	return start.AddDate(0, 0, int(weeks*7+0.5))
}

// Audience is the audience of a phase: counts, or All of a unit ("teams").
type Audience struct {
	Teams      int    `toml:"teams"`
	Developers int    `toml:"developers"`
	Services   int    `toml:"services"`
	All        string `toml:"all"`
}

// Criterion is one condition for leaving a phase: a text for people to judge, or a measure with
// limits. With both, the text names the condition.
type Criterion struct {
	Text string    `toml:"text"`
	Met  time.Time `toml:"met"` // the day people judged it met; zero: not yet
	// MetBecause is the reason; with a measure it overrides the value of the measure.
	MetBecause string `toml:"met_because"`
	Measure    string `toml:"measure"` // measure ID, or a metric's ID such as "dora.lead_time"
	// Feature is the feature of the metric ("adoption.active", "space.satisfied"); "": the
	// platform.
	Feature string `toml:"feature"`
	// Unit is the unit of the limits: "%", "seconds", "minutes", "hours" or "days"; "": the
	// measure's own unit, with shares from 0 to 1 and times in seconds.
	Unit    string   `toml:"unit"`
	AtLeast *float64 `toml:"at_least"`
	AtMost  *float64 `toml:"at_most"`
	Over    *float64 `toml:"over"`
	Under   *float64 `toml:"under"`
}

// Retro has the lessons of a phase.
type Retro struct {
	Worked string `toml:"worked"`
	DidNot string `toml:"did_not"`
	Change string `toml:"change"`
}

// Activity is a bar of the roadmap that is not an initiative: a round of
// interviews, a survey, building a dashboard.
type Activity struct {
	ID         string    `toml:"id"` // defaults to the title in dashes
	Title      string    `toml:"title"`
	Track      string    `toml:"track"`  // "discovery", "delivery" or "measurement"
	Status     string    `toml:"status"` // "planned", "active", "done", "stopped"
	Start      time.Time `toml:"start"`
	Weeks      float64   `toml:"weeks"`
	PersonDays float64   `toml:"person_days"`
	Research   []string  `toml:"research"` // its results
	Lines      Lines     `toml:"-"`
	Origin     `toml:"-"`
}

// End returns the first day after the activity, or the zero time if it is open-ended.
func (a *Activity) End() time.Time { return endAfter(a.Start, a.Weeks) }
