package digest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/notify"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// crowded returns the data of a month with many events, whose titles are a text.
func crowded(title string) Input {
	in := Input{Month: day("2024-10-01"), Now: day("2024-11-11"), Site: "https://platform.example.com/"}
	in.Report.Platform.Name, in.Report.CutOff = title, day("2024-11-04")
	window := metric.Window{From: day("2024-10-07"), To: day("2024-11-04")}
	sec := metric.Section{Family: "dora"}
	for i := range 12 {
		id := fmt.Sprintf("feature-%d", i)
		sec.Metrics = append(sec.Metrics, metric.Metric{
			ID: fmt.Sprint("dora.m", i), Title: title, Scope: metric.Scope{Kind: metric.Organisation}, Unit: metric.Points,
			Better: metric.Up, Figure: metric.Figure{Value: metric.Of(5)}, Window: window,
			Was: &metric.Was{Figure: metric.Figure{Value: metric.Of(3)}}, Change: &metric.Change{Value: 2},
			Trend: &metric.Trend{Outcome: metric.Changed, Change: 2, Better: metric.Up},
		})
		in.Report.Recommendations = append(in.Report.Recommendations, decision.Recommendation{
			Feature: id, Title: title, Strength: decision.Recommended, Verdict: decision.MakeDefault,
			Decisions: []decision.Decided{{State: decision.Accepted, On: day("2024-10-05"), Role: title, Recommended: title}},
		})
		in.Content.Features = append(in.Content.Features, fact.Feature{Item: fact.Item{ID: id, Title: title}, Owner: title})
		in.Report.Goals = append(in.Report.Goals, goals.Standing{Title: title, By: day("2024-12-01")})
	}
	in.Report.Sections = []metric.Section{sec}
	return in
}

// hostile has mark-up of each format, an address, a mention, a line break and a turned direction.
const hostile = "<script>alert(1)</script><img src=x> <!channel> <https://evil.example|x> [x](https://evil.example) " +
	"*b* @here https://evil.example www.evil.example\r\nBcc: a@b.example\u202e\x00"

func TestDigestIsShortAndHarmless(t *testing.T) {
	d := New(crowded(hostile))
	forbidden := map[string]*regexp.Regexp{
		HTML:     regexp.MustCompile(`<script|<img|<!channel|https://evil`),
		Markdown: regexp.MustCompile(`<script|<img|[^\\]\]\(https://evil|[^\\]\*b[^\\]*\*|@here|https://evil`),
		Text:     regexp.MustCompile(`@here|https://evil|www\.evil`),
		Mail:     regexp.MustCompile(`(?m)^Bcc:`),
	}
	for _, format := range Formats {
		t.Run(format, func(t *testing.T) {
			text, err := d.Write(format)
			if err != nil {
				t.Fatal(err)
			}
			if found := forbidden[format].FindString(text); found != "" {
				t.Errorf("it has %q:\n%s", found, text)
			}
			if strings.ContainsAny(text, "\u202e\x00") {
				t.Error("it has a character that turns the direction or ends a text")
			}
			lines := strings.Count(text, "\n")
			switch format {
			case HTML:
				lines = strings.Count(text, "<tr>")
			case Mail:
				return // two of them
			}
			if lines != 20 {
				t.Errorf("%d lines:\n%s", lines, text)
			}
		})
	}
	for _, format := range notify.Formats {
		t.Run("chat "+format, func(t *testing.T) {
			data, err := d.Chat(format)
			if err != nil || !json.Valid(data) {
				t.Fatalf("%v: %s", err, data)
			}
			if strings.Contains(string(data), "<!channel>") || strings.Contains(string(data), "https://evil") {
				t.Errorf("it has mark-up of others: %s", data)
			}
		})
	}
}

// TestMailHasTwoParts: a mail program finds text and HTML, and no header that a title added.
func TestMailHasTwoParts(t *testing.T) {
	d := New(crowded(hostile))
	text, err := d.Write(Mail)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Header) != 3 {
		t.Errorf("headers: %v", m.Header)
	}
	_, boundary, _ := strings.Cut(m.Header.Get("Content-Type"), `boundary="`)
	parts := multipart.NewReader(m.Body, strings.TrimSuffix(boundary, `"`))
	for _, want := range []string{"text/plain", "text/html"} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil || !strings.HasPrefix(p.Header.Get("Content-Type"), want) || !strings.Contains(string(body), "Waiting for a decision") {
			t.Errorf("%s: %v: %s", want, err, body)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("a third part: %v", err)
	}
}

// TestEmptyDigest: a platform without anything has one line for each part.
func TestEmptyDigest(t *testing.T) {
	d := New(Input{Report: compute.Report{}, Month: day("2024-10-01"), Now: day("2024-11-11")})
	got, err := d.Write(Text)
	if err != nil {
		t.Fatal(err)
	}
	want := `Platform: October 2024
Changed beyond chance: no comparison of this month is on the site
Decided: no decision is recorded in this month
Waiting for a decision: nothing waits for a decision
Next dates: no date is planned
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
