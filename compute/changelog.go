package compute

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
)

// LogVersion is the version of a DecisionLog. Since version 2 its files have a checksum.
const LogVersion = 2

// maxChanges is the largest number of changes in a log; the newest are kept.
const maxChanges = 100

// DecisionLog keeps the recommendations, decisions and passed gates from run to run, so that
// each change is reported once and a change by chance is never reported.
type DecisionLog struct {
	Version  int                `json:"version"`
	Begun    time.Time          `json:"begun"` // cut-off of the first run
	Stands   map[string]Stand   `json:"stands"`
	Reported map[string]bool    `json:"told"` // decisions, gates passed and gates not passed, by ID
	Changes  []DecisionLogEntry `json:"changes"`
}

// Stand is the recommendation beyond doubt about a feature.
type Stand struct {
	Words string `json:"words"` // "" without a recommendation
	// Doubtful is the cut-off of the run where Words came into doubt without a break since;
	// zero if they are not in doubt.
	Doubtful time.Time `json:"doubtful,omitzero"`
}

// Kinds of changes.
const (
	RecommendationChanged = "recommendation"
	DecisionMade          = "decision"
	GatePassed            = "gate passed"
	GateNotPassed         = "gate not passed"
)

// DecisionLogEntry is one change. Its ID is never used for another change.
type DecisionLogEntry struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	On      time.Time `json:"on"`      // cut-off of the run that found it; the day of a decision
	Subject string    `json:"subject"` // ID of the feature or initiative
	Title   string    `json:"title"`   // of the subject
	// From and To are recommendations in words. From is "" if there was none before, To if
	// there is none any more.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Text has the details: a decision or gate in words, and its reason.
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// NextLog returns a log with the changes of this report added. A recommendation has changed if
// another verdict holds beyond doubt, with the hysteresis of the tree replayed. A
// recommendation that has come into doubt is reported only after two cut-offs, because at the
// edge of a limit doubt comes and goes. The first log lists the current recommendations, and
// treats decisions and gates as already reported.
func NextLog(prev DecisionLog, r *Report, c fact.Content) DecisionLog {
	l := DecisionLog{
		Version: LogVersion, Begun: prev.Begun, Stands: map[string]Stand{}, Reported: map[string]bool{},
		Changes: slices.Clone(prev.Changes),
	}
	first := prev.Begun.IsZero()
	if first {
		l.Begun = r.CutOff
	}
	for i := range r.Recommendations {
		l.addRecommended(prev, &r.Recommendations[i], r.CutOff)
	}
	for _, e := range slices.Concat(decisionsMade(c, r.AsOf), gatesPassed(c, r), gatesNotPassed(c, r)) {
		l.Reported[e.ID] = true
		if !first && !prev.Reported[e.ID] {
			l.Changes = append(l.Changes, e)
		}
	}
	// A thing that was reported is not reported again if it returns, unless content had lost
	// every trace of it.
	for id := range maps.Keys(prev.Reported) {
		_, about, _ := strings.Cut(id, "/")
		subject, _, _ := strings.Cut(about, "/")
		if hasFeature(&c, subject) {
			l.Reported[id] = true
		}
	}
	if n := len(l.Changes) - maxChanges; n > 0 {
		l.Changes = slices.Delete(l.Changes, 0, n)
	}
	return l
}

func (l *DecisionLog) addRecommended(prev DecisionLog, r *decision.Recommendation, cut time.Time) {
	was, known := prev.Stands[r.Feature]
	now := Stand{Words: recommendedWords(r)}
	e := DecisionLogEntry{
		Kind: RecommendationChanged, On: cut, Subject: r.Feature, Title: r.Title, From: was.Words,
		To: now.Words,
	}
	e.ID = "recommendation/" + r.Feature + "/" + cmp.Or(now.Words, "doubtful")
	if known {
		e.ID += "/" + cut.Format(time.DateOnly)
	}
	e.Text = describeAnswers(r)
	switch {
	case now.Words == was.Words:
		e.ID = "" // nothing changed
	case now.Words == "" && was.Doubtful.IsZero():
		now, e.ID = Stand{Words: was.Words, Doubtful: cut}, ""
	case now.Words == "" && !cut.After(was.Doubtful):
		now, e.ID = was, ""
	}
	l.Stands[r.Feature] = now
	has := func(x DecisionLogEntry) bool { return x.ID == e.ID }
	if e.ID != "" && !slices.ContainsFunc(l.Changes, has) {
		l.Changes = append(l.Changes, e)
	}
}

// recommendedWords returns the recommendation beyond doubt; "" if there is none.
func recommendedWords(r *decision.Recommendation) string {
	words := decision.Words{Successor: cmp.Or(r.SuccessorTitle, r.Successor)}
	switch {
	case r.Strength != decision.Recommended || r.Verdict == decision.InsufficientData:
		return ""
	case r.Verdict == decision.Deprecate:
		return r.Verdict.Words() + words.InFavour()
	}
	return r.Verdict.Words()
}

// describeAnswers returns the answers that led to a recommendation, in words.
func describeAnswers(r *decision.Recommendation) string {
	var out []string
	for i := range r.Path {
		if s := &r.Path[i]; s.Taken && s.Answer != decision.Unknown {
			out = append(out, string(s.Ask)+": "+s.Answer.Answer())
		}
	}
	return strings.Join(out, "; ")
}

func decisionsMade(c fact.Content, asOf time.Time) []DecisionLogEntry {
	titles := map[string]string{}
	for i := range c.Features {
		titles[c.Features[i].ID] = c.Features[i].Title
	}
	var out []DecisionLogEntry
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Draft || d.On.After(asOf) {
			continue
		}
		verb := map[string]string{"accept": "accepted", "reject": "rejected", "postpone": "postponed"}[d.Decision]
		text := strings.TrimSpace(cmp.Or(d.By, "people") + " " + verb)
		if d.Recommended != "" {
			text += ": " + d.Recommended
		}
		out = append(out, DecisionLogEntry{
			ID: "decision/" + d.Feature + "/" + d.ID, Kind: DecisionMade, On: d.On, Subject: d.Feature,
			Title: cmp.Or(titles[d.Feature], d.Feature), Text: text, Reason: d.Reason,
		})
	}
	return out
}

// gatesPassed returns the current phases whose criteria are all met for good: by people, or in
// two readings in a row.
func gatesPassed(c fact.Content, r *Report) []DecisionLogEntry {
	var out []DecisionLogEntry
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		for n := range in.Phases {
			p := &in.Phases[n]
			met := 0
			for k := range r.Gates {
				if g := &r.Gates[k]; g.Initiative == in.ID && g.Phase == p.Name && !g.Evaluation.FirstMet.IsZero() {
					met++
				}
			}
			if met > 0 && met == len(p.Criteria) && p.Begun(r.AsOf) && in.Status != fact.WontBuild {
				out = append(out, DecisionLogEntry{
					ID: "passed/" + in.ID + "/" + p.Name, Kind: GatePassed, On: r.CutOff, Subject: in.ID, Title: in.Title,
					Text: fmt.Sprintf("the criteria of %s are met, %d of %d", p.Name, met, met),
				})
			}
		}
	}
	return out
}

func gatesNotPassed(c fact.Content, r *Report) []DecisionLogEntry {
	var out []DecisionLogEntry
	for i := range r.Crossings {
		x := &r.Crossings[i]
		if len(x.Unmet) == 0 {
			continue
		}
		e := DecisionLogEntry{
			ID: "crossed/" + x.Initiative + "/" + x.Left, Kind: GateNotPassed, On: r.CutOff,
			Subject: x.Initiative, Reason: x.Reason,
		}
		for k := range c.Initiatives {
			if c.Initiatives[k].ID == x.Initiative {
				e.Title = c.Initiatives[k].Title
			}
		}
		e.Text = "left " + x.Left + " with 1 criterion not met"
		if n := len(x.Unmet); n > 1 {
			e.Text = fmt.Sprintf("left %s with %d criteria not met", x.Left, n)
		}
		if x.Failed() {
			e.Text += ", without a written reason"
		}
		out = append(out, e)
	}
	return out
}

func hasFeature(c *fact.Content, id string) bool {
	return slices.ContainsFunc(c.Initiatives, func(i fact.Initiative) bool { return i.ID == id }) ||
		slices.ContainsFunc(c.Features, func(f fact.Feature) bool { return f.ID == id })
}

// Words returns the change as one sentence without a full stop.
func (e *DecisionLogEntry) Words() string {
	switch {
	case e.Kind != RecommendationChanged:
		return e.Title + ": " + e.Text
	case e.To == "":
		return e.Title + ": " + e.From + " is not beyond doubt any more"
	case e.From == "":
		return e.Title + ": recommended is now: " + e.To
	}
	return e.Title + ": recommended is now: " + e.To + " (before: " + e.From + ")"
}
