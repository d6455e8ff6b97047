package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/format"
)

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
