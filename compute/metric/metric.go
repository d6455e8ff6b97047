// Package metric defines the one shape of a result.
//
// A family of metrics returns a Section: metrics, series and the evidence behind them. All of
// it are plain values that survive a round trip through JSON, because the nightly run publishes
// them and the preview of a pull request reads them back.
//
// A Metric has one of three states: a value with its interval, n and window; a provisional
// value; or "not available", with the reason and the next step. It has no field for an arrow:
// only a Trend with the outcome Changed has one.
package metric

import "time"

// State is the reliability of a metric's value.
type State string

// Metric states.
const (
	OK           State = "ok"
	Provisional  State = "provisional" // may still change: a source is partial or weeks are immature
	NotAvailable State = "n/a"         // Why and Next are set, Value is nil
)

// Unit is the unit of a stored value. The renderer chooses the form (42 min for 2520
// s).
type Unit string

// Units.
const (
	Seconds   Unit = "seconds"
	Share     Unit = "share" // 0 to 1, shown as a percentage
	PerDay    Unit = "per day"
	PerDayPer Unit = "per day and team"
	PerWeek   Unit = "per week"
	Per100    Unit = "per week and 100 developers"
	Points    Unit = "points" // NPS: −100 to 100
	Number    Unit = "number"
	Score     Unit = "score"
)

// Direction is the better direction of a value.
type Direction string

// Directions. Neutral means that neither direction is better.
const (
	Up      Direction = "up"
	Down    Direction = "down"
	Neutral Direction = "neutral"
)

// ScopeKind is the kind of thing that a metric covers.
type ScopeKind string

// Scope kinds.
const (
	Organisation ScopeKind = "organisation"
	Team         ScopeKind = "team"
	Group        ScopeKind = "group"
	Feature      ScopeKind = "feature"
	Initiative   ScopeKind = "initiative"
)

// Scope names the thing that a metric covers. The organisation has no ID.
type Scope struct {
	Kind  ScopeKind `json:"kind"`
	ID    string    `json:"id,omitempty"`
	Title string    `json:"title,omitempty"`
}

// Count is one of the numbers of cases behind a metric: "8,736 deployments".
type Count struct {
	What string `json:"what"` // plural noun
	N    int    `json:"n"`
}

// Window is the time span of a value: From is inclusive, To is exclusive.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Days returns the length of the window in calendar days.
func (w Window) Days() float64 { return w.To.Sub(w.From).Hours() / 24 }

// Contains reports whether t is in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

// Target is the level that a metric should reach.
type Target struct {
	Value float64   `json:"value"`
	Op    Direction `json:"op"` // Up: at least; Down: at most
	// Strict excludes the level itself: "more than" or "less than".
	Strict bool   `json:"strict,omitempty"`
	From   string `json:"from,omitempty"`
}

// Met reports whether v, in the metric's unit, reaches the target.
func (t *Target) Met(v float64) bool {
	switch {
	case v == t.Value:
		return !t.Strict
	case t.Op == Down:
		return v < t.Value
	}
	return v > t.Value
}

// Metric is one number with everything that a reader needs to judge it. Value, Lo and Hi are in
// Unit. A nil Hi beside a Lo means "no upper limit".
type Metric struct {
	ID    string `json:"id"` // "dora.lead_time"
	Title string `json:"title"`
	// Familiar is the older name of the metric, if it has one.
	Familiar string `json:"familiar,omitempty"`
	Scope    Scope  `json:"scope"`
	State    State  `json:"state"`
	Figure
	Display
	// Interval names the kind of interval in words; "" if none.
	Interval string    `json:"interval,omitempty"`
	N        []Count   `json:"n"`
	Unit     Unit      `json:"unit"`
	Better   Direction `json:"better"`
	Target   *Target   `json:"target,omitempty"`
	Window   Window    `json:"window"`
	// CutOff is the end of the last mature week. Values of later weeks may still change.
	CutOff time.Time `json:"cut_off"`
	// Longer is the rate over more weeks, if this window has few events; else nil.
	Longer *Longer `json:"longer,omitempty"`
	// Was is the same metric one comparison period earlier.
	Was *Was `json:"was,omitempty"`
	// Change compares Value with Was.Value. It is nil without an earlier value, and for a ratio
	// to an earlier value of 0.
	Change *Change `json:"change,omitempty"`
	// Trend is nil if the change was not tested; pages then print only Was.
	Trend *Trend `json:"trend,omitempty"`
	// Unsettled means that evidence is missing, and that the value could be anywhere from Lo to
	// Hi. The range is not one of chance, and the value decides nothing. A target is met only
	// if the whole range meets it.
	Unsettled bool `json:"unsettled,omitempty"`
	// Tier is the performance level of the value on a published scale; nil without a scale.
	Tier *Tier `json:"tier,omitempty"`
	// Details are figures shown beside the headline: p75, p90, mean, splits.
	Details []Detail `json:"details,omitempty"`
	Why     string   `json:"why,omitempty"`  // why it is not available
	Next    string   `json:"next,omitempty"` // the next step
	// Definition is the ID of the definition in use. DefinitionHash changes with its version
	// and its settings.
	Definition     string `json:"definition"`
	DefinitionHash string `json:"definition_hash"`
	// Evidence is the ID of the evidence behind the value; "" if there is none.
	Evidence string   `json:"evidence,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// Tier is a level of a published scale.
type Tier struct {
	Name string `json:"name"` // "elite", "high", "medium" or "low"
	// Span is "elite…high" if the interval covers several levels; "" if it is within one level.
	Span   string `json:"span,omitempty"`
	Source string `json:"source"` // name of the scale, for the small print
}

// Was is an earlier value of a metric and its window.
type Was struct {
	Figure
	N      []Count `json:"n"`
	Window Window  `json:"window"`
}

// Detail is a figure beside a headline. A nil Value is unknown, and Note then gives the reason
// ("36 needed").
type Detail struct {
	Label string `json:"label"`
	Figure
	Unit Unit   `json:"unit"`
	Note string `json:"note,omitempty"`
}

// Outcome is the result of a test of change.
type Outcome string

// The four outcomes.
const (
	// beyond chance over a year of looks, and at least the smallest effect of interest
	Changed       Outcome = "changed"
	WorthWatching Outcome = "worth watching" // beyond chance at this look alone
	AboutTheSame  Outcome = "about the same" // the whole interval is within the smallest effect of interest
	NotEnoughData Outcome = "not enough data"
)

// Trend is a tested change between two windows. Lo and Hi are limits only if the data bound the
// change on both sides; see HasLimits.
type Trend struct {
	Outcome Outcome `json:"outcome"`
	// Change is relative for ratios (0.30 is +30 %), a difference otherwise.
	Change float64 `json:"change"`
	Range
	Bounded  bool      `json:"bounded,omitempty"` // Lo and Hi are limits, also if both are 0
	Relative bool      `json:"relative"`
	Better   Direction `json:"better"`
	// Sesoi is the smallest effect of interest, on the scale of Change.
	Sesoi float64 `json:"sesoi"`
	// Now and Before are the windows compared.
	Now    Window `json:"now,omitzero"`
	Before Window `json:"before,omitzero"`
	// Wide is the same change over windows twice as long; nil if the data do not reach back
	// that far.
	Wide *Trend `json:"wide,omitempty"`
	// Claim is the reason for an arrow; nil means no arrow.
	Claim *Claim `json:"claim,omitempty"`
	// Mix is the part of the change of two totals that comes from a changed mix of teams: the
	// difference of the totals minus Change. It is used for shares.
	Mix float64 `json:"mix,omitempty"`
	// Attainable is the smallest p that the test could have given, whatever the data.
	Attainable float64 `json:"attainable,omitempty"`
	// Detectable is the smallest change that the test would have found, on the scale of Change;
	// 0 means too few data to compute it.
	Detectable float64 `json:"detectable"`
	P          float64 `json:"p"`
	Q          float64 `json:"q"`
	Method     string  `json:"method"`
	// Of names the thing that changed, if it is not the metric's value: "a typical team".
	Of string `json:"of,omitempty"`
	// N counts the cases that the test compared: deployments, incidents or teams.
	N []Count `json:"n,omitempty"`
}

// Claim is a change beyond chance over a year of looks. It is kept until the weeks where it was found have left the window.
type Claim struct {
	Direction Direction `json:"direction"` // Up or Down
	Found     time.Time `json:"found"`     // cut-off of the first look that found it
	Until     time.Time `json:"until"`     // the first cut-off without it
	// Change, Lo and Hi are the values of that look; Now and Before are its windows.
	Change float64 `json:"change"`
	Range
	Now    Window `json:"now"`
	Before Window `json:"before"`
}

// HasLimits reports whether the change is bounded on both sides. Trends that an older version
// published have no Bounded field: limits other than 0 mark them as bounded.
func (t *Trend) HasLimits() bool { return t.Bounded || t.Lo != 0 || t.Hi != 0 }

// Arrow returns "up" or "down" for a change that is beyond chance over a year of looks and at
// least the smallest effect of interest; otherwise "". Templates have no other source of an
// arrow.
func (t *Trend) Arrow() Direction {
	switch {
	case t == nil || t.Outcome != Changed:
		return ""
	case t.Claim != nil:
		return t.Claim.Direction
	case t.Change > 0: // published by a version without claims
		return Up
	}
	return Down
}

// Verdict returns "better" or "worse" for a change with an arrow, otherwise "".
func (t *Trend) Verdict() string {
	switch arrow := t.Arrow(); {
	case arrow == "" || t.Better == Neutral:
		return ""
	case arrow == t.Better:
		return "better"
	}
	return "worse"
}

// Point is one week of a series. A nil Value means "no data": a gap, never a zero.
type Point struct {
	At time.Time `json:"at"` // start of the week
	Figure
	N           int  `json:"n"`
	Provisional bool `json:"provisional,omitempty"`
	// Outside marks a mature week outside the limits of the series. Such a week is worth a
	// look, and claims nothing.
	Outside bool `json:"outside,omitempty"`
	// Unsettled has the meaning of Metric.Unsettled; without a Value, Lo and Hi give its range.
	Unsettled bool `json:"unsettled,omitempty"`
	// Break marks a week of the calendar: a holiday or a freeze. It is shown, and in no window.
	Break bool   `json:"break,omitempty"`
	Note  string `json:"note,omitempty"` // the reason for a gap, or an event of that week
}

// Series is a metric over time: one point a week, in order, without holes. A week without data
// is a Point without a Value.
type Series struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Scope  Scope     `json:"scope"`
	Unit   Unit      `json:"unit"`
	Better Direction `json:"better"`
	Display
	Points []Point `json:"points"`
	// Centre, Lower and Upper are the natural process limits of the mature weeks (XmR); nil
	// with too few weeks. A week outside them is worth a look; the limits claim nothing.
	Centre *float64 `json:"centre,omitempty"`
	Lower  *float64 `json:"lower,omitempty"`
	Upper  *float64 `json:"upper,omitempty"`
	// Steps are the weeks in which the level changed, beyond chance on the whole page.
	Steps []Step `json:"steps,omitempty"`
}

// Evidence lists the events behind a number: those counted, and those left out with the reason.
type Evidence struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Scope   Scope     `json:"scope"`
	Window  Window    `json:"window"`
	Columns []string  `json:"columns"`
	Rows    []Row     `json:"rows"`
	LeftOut []LeftOut `json:"left_out"`
}

// Row is one event in an evidence table. Cells are in the order of Evidence.Columns.
type Row struct {
	Cells []string `json:"cells"`
	URL   string   `json:"url,omitempty"`  // page of the event on its forge
	Team  string   `json:"team,omitempty"` // instead of an event: the team whose own evidence has the events
}

// LeftOut counts the events that a number does not include, for one reason.
type LeftOut struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// Definition is the text of one metric's definition with the settings in force.
type Definition struct {
	ID      string   `json:"id"`
	Version int      `json:"version"` // of its meaning, counted from 1
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Config  []string `json:"config,omitempty"` // "deploy.production = \"^prod\""
	Source  string   `json:"source,omitempty"` // source of the formula
	Hash    string   `json:"hash"`             // of ID, Version and Config: see Fingerprint
}

// Section is the output of a family of metrics.
type Section struct {
	Family      string       `json:"family"`
	Metrics     []Metric     `json:"metrics"`
	Series      []Series     `json:"series"`
	Definitions []Definition `json:"definitions"`
	Notes       []string     `json:"notes,omitempty"` // notes for the reader about the whole section
}

// Find returns the metric with that ID and scope, or nil.
func (s *Section) Find(id string, scope Scope) *Metric {
	for i := range s.Metrics {
		m := &s.Metrics[i]
		if m.ID == id && m.Scope.Kind == scope.Kind && m.Scope.ID == scope.ID {
			return m
		}
	}
	return nil
}

// FindSeries returns the series with that ID and scope, or nil.
func (s *Section) FindSeries(id string, scope Scope) *Series {
	for i := range s.Series {
		m := &s.Series[i]
		if m.ID == id && m.Scope.Kind == scope.Kind && m.Scope.ID == scope.ID {
			return m
		}
	}
	return nil
}

// Of returns a pointer to v, for fields such as Value, Lo and Hi.
func Of(v float64) *float64 { return &v }
