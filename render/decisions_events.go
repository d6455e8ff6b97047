package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
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
	// Of changes of content:
	Tag     string
	Mark    view.Mark
	Details []string
	Bar     template.HTML
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
	e.Title = decisionWords(d) + s.recordedLate("decision", d.ID, "", 0)
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
	e.Title += s.recordedLate("override", in.ID, "", 0)
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

const feedPath = "decisions/feed.xml"

// The feed is Atom, RFC 4287. Its IDs are derived from names and not from addresses, so that an
// entry keeps its ID when the site moves.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomEntry struct {
		ID       string       `xml:"id"`
		Title    string       `xml:"title"`
		Updated  string       `xml:"updated"`
		Link     atomLink     `xml:"link"`
		Category atomCategory `xml:"category"`
		Summary  string       `xml:"summary"`
		at       time.Time
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
)

// feedPage returns the feed of decisions and of recommendations.
func (s *site) feedPage() Page {
	return Page{Path: feedPath, Write: func(w io.Writer) error {
		if _, err := io.WriteString(w, xml.Header); err != nil {
			return err
		}
		e := xml.NewEncoder(w)
		e.Indent("", " ")
		if err := e.Encode(s.buildFeed()); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	}}
}

func (s *site) buildFeed() atomFeed {
	f := atomFeed{
		ID: s.uuid("feed"), Title: s.report.Platform.Name + ": decisions and recommendations", Author: s.report.Platform.Name,
		Links: []atomLink{
			{"self", "application/atom+xml", s.feedHref(feedPath)},
			{"alternate", "text/html", s.feedHref(decisionsPath)},
		},
		Entries: slices.Concat(s.decisionEntries(), s.changeEntries()),
	}
	slices.SortStableFunc(f.Entries, func(a, b atomEntry) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.ID, b.ID)) })
	f.Updated = atomTime(s.report.CutOff)
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	return f
}

// decisionEntries returns the decisions of people, with their dates.
func (s *site) decisionEntries() []atomEntry {
	var out []atomEntry
	for i := range s.content.Decisions {
		d := &s.content.Decisions[i]
		if d.Draft || d.On.After(s.report.AsOf) {
			continue
		}
		title := cmp.Or(s.titles["features/"+d.Feature], d.Feature)
		out = append(out, s.feedEntry("decision", d.ID, title+": "+format.LowerFirst(decisionWords(d)), d.Reason,
			d.Feature, d.On))
	}
	return out
}

// changeEntries returns each change in the log once, with the date of the run that detected it.
// Without a log it returns the present recommendations.
func (s *site) changeEntries() []atomEntry {
	if s.report.Log.Begun.IsZero() {
		return s.adviceEntries()
	}
	var out []atomEntry
	for i := range s.report.Log.Changes {
		c := &s.report.Log.Changes[i]
		if c.Kind == compute.DecisionMade {
			continue // decisionEntries returns it, with its page
		}
		e := s.feedEntry("change", c.ID, c.Words(), strings.Trim(c.Text+" · "+c.Reason, " ·"), c.Subject, c.On)
		if c.Kind != compute.RecommendationChanged {
			e.Summary, e.Link.Href = c.Reason, s.feedHref("initiatives/"+c.Subject+"/index.html")
			if !slices.ContainsFunc(s.content.Initiatives, func(i fact.Initiative) bool { return i.ID == c.Subject }) {
				e.Link.Href = s.feedHref(decisionsPath)
			}
		}
		e.Category = atomCategory{c.Kind}
		out = append(out, e)
	}
	return out
}

// adviceEntries returns the present recommendations.
func (s *site) adviceEntries() []atomEntry {
	var out []atomEntry
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		a := s.newAdvice(r)
		id := r.Feature + "/" + string(r.Strength) + "/" + string(r.Verdict)
		title := a.Title
		if !isQuestion(r.Verdict) {
			title = a.Head + ": " + a.Title
		}
		text := strings.Join(append(s.factsInWords(s.report.Adoption.Find(r.Feature), r), a.Decision), " · ")
		out = append(out, s.feedEntry("recommendation", id, title, text, r.Feature, s.report.CutOff))
	}
	return out
}

func (s *site) feedEntry(kind, id, title, text, feature string, at time.Time) atomEntry {
	page := featurePath(feature)
	if s.featureOf(feature) == nil {
		page = decisionsPath
	}
	return atomEntry{
		ID: s.uuid(kind + "/" + id), Title: title, Updated: atomTime(at), Link: atomLink{
			"alternate", "text/html",
			s.feedHref(page),
		},
		Category: atomCategory{kind}, Summary: text, at: at,
	}
}

// feedHref returns an absolute address if there is a base URL, else one relative to the feed.
func (s *site) feedHref(page string) string {
	if s.BaseURL == "" {
		return "../" + page
	}
	return strings.TrimSuffix(s.BaseURL, "/") + "/" + strings.TrimSuffix(page, "index.html")
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// uuid returns a version 8 UUID (RFC 9562) made of the hash of a name and the platform's name.
func (s *site) uuid(name string) string {
	sum := sha256.Sum256([]byte("ip3dp\x00" + s.report.Platform.Name + "\x00" + name))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
