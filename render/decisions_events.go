package render

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/markdown"
	"github.com/ip3dp/ip3dp/render/view"
)

// event is an event in the history of a feature: a decision, an adoption that crossed a limit,
// or an initiative with another rank than its score gives.
type event struct {
	at       time.Time
	On       string // date
	ISO      string
	Title    string
	Feature  view.Link // on pages about several features
	Text     string
	Deadline string
	State    string // "expired", "by now something else is recommended"
	Decided  bool   // it is a decision of people
	Body     template.HTML
}

func newEvent(at time.Time) event {
	return event{at: at, On: format.Date(at), ISO: format.ISO(at)}
}

// featureEvents returns the history of one feature, newest first.
func (s *site) featureEvents(at, feature string) []event {
	out := s.decisionEvents(at, feature)
	if r := s.findRecommendation(feature); r != nil {
		out = append(out, stateEvents(r)...)
	}
	for _, in := range s.workOn(feature) {
		if in.Override != nil {
			out = append(out, s.overrideEvent(in))
		}
		out = append(out, s.gateEvents(in)...)
	}
	return newestFirst(out)
}

func newestFirst(list []event) []event {
	slices.SortStableFunc(list, func(a, b event) int { return b.at.Compare(a.at) })
	return list
}

// decisionEvents returns the recorded decisions about a feature, or about all features if
// feature is "". It leaves out drafts and decisions with a later date than the data.
func (s *site) decisionEvents(at, feature string) []event {
	var out []event
	for i := range s.content.Decisions {
		d := &s.content.Decisions[i]
		if d.Draft || d.On.After(s.report.AsOf) || feature != "" && d.Feature != feature {
			continue
		}
		out = append(out, s.decisionEvent(at, d))
	}
	return out
}

func (s *site) decisionEvent(at string, d *fact.Decision) event {
	e := newEvent(d.On)
	e.Decided = true
	e.Title = decisionWords(d)
	e.Text = d.Reason
	if d.Title != "" && d.Title != d.ID {
		e.Text = d.Title + ": " + d.Reason
	}
	if at == decisionsPath || at == reviewPath { // the page of a feature does not repeat its name
		e.Feature = s.linkTo("../", "features", d.Feature, cmp.Or(s.titles["features/"+d.Feature], d.Feature))
	}
	if !d.Deadline.IsZero() {
		e.Deadline = format.Date(d.Deadline)
		if d.Deadline.Before(s.report.AsOf) {
			e.State = "the deadline has passed"
		}
	}
	if now := s.laterAdvice(d); now != "" {
		e.State = "by now: " + now
	}
	html, err := markdown.Render([]byte(d.Body), markdown.Options{
		Top: 3, Prefix: d.ID + "-",
		Resolve: s.newResolver(at, d.File),
	})
	if err != nil {
		e.Text += " (" + d.File + ": " + err.Error() + ")"
	}
	e.Body = html
	return e
}

// decisionWords returns the role and the decision: "The product manager accepted: deprecate".
func decisionWords(d *fact.Decision) string {
	verb := map[string]string{"accept": " accepted", "reject": " rejected", "postpone": " postponed"}[d.Decision]
	who := "People"
	if d.By != "" {
		who = "The " + d.By
	}
	what := ""
	if d.Recommended != "" {
		what = ": " + d.Recommended
	}
	return who + verb + what
}

// laterAdvice returns the present recommendation if the latest decision on the feature is about
// another one; else "".
func (s *site) laterAdvice(d *fact.Decision) string {
	r := s.findRecommendation(d.Feature)
	if r == nil || r.Decision.ID != d.ID || !r.Decision.Stale {
		return ""
	}
	return adviceHead(r) + ": " + s.adviceShort(r)
}

// stateEvents returns the weeks with a change of the state of adoption: it became high or low,
// or stopped being so.
func stateEvents(r *decision.Recommendation) []event {
	var out []event
	for i := 1; i < len(r.Operative.States); i++ {
		now, last := &r.Operative.States[i], &r.Operative.States[i-1]
		if now.High == last.High && now.Low == last.Low {
			continue
		}
		e := newEvent(now.At)
		switch {
		case now.High && !last.High:
			e.Title = "Adoption became high"
		case now.Low && !last.Low:
			e.Title = "Adoption became low"
		case last.High:
			e.Title = "Adoption stopped being high"
		default:
			e.Title = "Adoption stopped being low"
		}
		e.Text = format.Share(now.Share) + ", the " + ordinals[min(r.Operative.Weeks, len(ordinals)-1)] +
			" week in a row beyond the limit"
		out = append(out, e)
	}
	return out
}

var ordinals = [...]string{"first", "first", "second", "third", "fourth", "fifth", "sixth"}

// gateEvents returns the phases that ended with unmet criteria, with the reason.
func (s *site) gateEvents(in *fact.Initiative) []event {
	var out []event
	for i := range s.report.Crossings {
		x := &s.report.Crossings[i]
		at := x.On
		if !x.Overridden.IsZero() {
			at = x.Overridden
		}
		if x.Initiative != in.ID || len(x.Unmet) == 0 || x.Reason == "" || at.IsZero() {
			continue // an event needs a date
		}
		e := newEvent(at)
		e.Decided = true
		e.Title = in.Title + " left " + format.Phase(x.Left) + " with " + format.Count(len(x.Unmet)) + " criteria not met"
		if len(x.Unmet) == 1 {
			e.Title = in.Title + " left " + format.Phase(x.Left) + " with 1 criterion not met"
		}
		if x.By != "" {
			e.Title += ", by the " + x.By
		}
		e.Text = x.Reason
		out = append(out, e)
	}
	return out
}

// overrideEvent returns the decision to publish another rank than the score gives.
func (s *site) overrideEvent(in *fact.Initiative) event {
	o := in.Override
	e := newEvent(o.On)
	e.Decided = true
	e.Title = in.Title + " was put on rank " + format.Count(o.Priority)
	if o.By != "" {
		e.Title += " by the " + o.By
	}
	e.Text = o.Reason
	if o.Until.IsZero() {
		e.State = "holds until it is removed"
		return e
	}
	e.Deadline = format.Date(o.Until)
	if !o.Until.After(s.report.AsOf) {
		e.State = "expired"
	}
	return e
}
