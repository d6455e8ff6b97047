package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// hostileTitle is a title that tries to be markup.
const hostileTitle = "Search</title></text><script>alert(1)</script> & \"quotes\" \u202eevil\x00"

// pictured is an initiative with a score and a phase.
func pictured(id, title string, effort float64, weeks int) fact.Initiative {
	in := fact.Initiative{Status: fact.Active}
	in.ID, in.Title = id, title
	reach := 200.0
	in.Rice = &fact.RICE{Reach: &reach, Impact: &fact.Level{Word: "high"}, Confidence: &fact.Level{Number: 70}, Effort: &effort}
	in.Phases = []fact.Phase{{
		Name: "alpha", Status: "active", Start: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC), Weeks: float64(weeks),
		Audience: fact.Audience{Developers: 15},
	}}
	return in
}

// decide is a side with these initiatives and the numbers of all.
func decide(initiatives ...fact.Initiative) *diff.Side {
	c := fact.Content{Initiatives: initiatives}
	o := compute.DefaultOptions()
	o.Platform = compute.Platform{Name: "Fawkes", Developers: 250}
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	return &diff.Side{Report: compute.Decide(o, c, compute.Measured{AsOf: asOf, CutOff: asOf}), Content: c}
}

// changed renders the changed charts of two sides.
func changed(t *testing.T, before, after *diff.Side) map[string]string {
	t.Helper()
	pages, err := ChangedCharts(options, before, after)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range pages {
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(p.Path, ChartsFolder+"/")] = b.String()
	}
	return out
}

// TestChangedCharts: the charts that differ, and no others, are drawn before and after, in files
// that need nothing else and let no name become markup.
func TestChangedCharts(t *testing.T) {
	same, other := pictured("deploy", "Deploy", 3, 3), pictured("gone", "Gone", 5, 2)
	before := decide(pictured("search", hostileTitle, 4, 3), same, other)
	if files := changed(t, before, before); len(files) != 0 {
		t.Errorf("nothing changes, and there is %d files", len(files))
	}
	after := decide(pictured("search", hostileTitle, 2, 6), same, pictured("fresh", "Fresh", 5, 2))
	files := changed(t, before, after)
	var names []string
	for name, text := range files {
		names = append(names, name)
		if strings.HasSuffix(name, ".svg") {
			checkPicture(t, name, text)
		}
	}
	slices.Sort(names)
	want := []string{
		"charts.css", "index.html", "initiative-fresh-after.svg", "initiative-gone-before.svg", "initiative-search-after.svg", "initiative-search-before.svg",
		"roadmap-order-after.svg", "roadmap-order-before.svg", "roadmap-plan-after.svg", "roadmap-plan-before.svg",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	index := files["index.html"]
	for _, m := range regexp.MustCompile(`(?:src|href)="([^":]+)"`).FindAllStringSubmatch(index, -1) {
		if _, ok := files[m[1]]; !ok {
			t.Errorf("the page leads to %s, which is not there", m[1])
		}
	}
	for _, text := range []string{"This chart is new.", "This chart is removed.", "default-src &#39;none&#39;", `default-src 'none'`} {
		if strings.Contains(text, "&#39;") == strings.Contains(index, text) {
			t.Errorf("the page and %q:\n%s", text, index)
		}
	}
	if strings.Contains(index, "<script") || strings.Contains(index, "\x00") {
		t.Errorf("the page has a script or a control character:\n%s", index)
	}
	// The axes are those of both sides.
	labels := regexp.MustCompile(`today, 11[^<]*`)
	place := regexp.MustCompile(`<text class="tdy" x="([^"]+)"`)
	a, b := files["initiative-search-before.svg"], files["initiative-search-after.svg"]
	if !labels.MatchString(a) || fmt.Sprint(place.FindStringSubmatch(a)) != fmt.Sprint(place.FindStringSubmatch(b)) {
		t.Errorf("today is at %v before and at %v after", place.FindStringSubmatch(a), place.FindStringSubmatch(b))
	}
	if again := changed(t, before, after); fmt.Sprint(again) != fmt.Sprint(files) {
		t.Error("the same sides give other files")
	}
}

// checkPicture fails unless a picture is XML with the elements of a drawing only.
func checkPicture(t *testing.T, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	title := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains([]string{"svg", "title", "style", "rect", "text", "line", "circle", "g", "path"}, start.Name.Local) {
			t.Errorf("%s has an element %s", name, start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" || strings.Contains(a.Value, "javascript:") {
				t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
			}
		}
		if start.Name.Local == "title" {
			if err := d.DecodeElement(&title, &start); err != nil {
				t.Fatal(err)
			}
		}
	}
	if title == "" || strings.Contains(text, "url(") || strings.Contains(text, "@import") || strings.ContainsAny(text, "\x00\u202e") {
		t.Errorf("%s has the title %q, or text that is not clean", name, title)
	}
	if !strings.Contains(text, "light-dark(") {
		t.Errorf("%s has the colours of one scheme only", name)
	}
}

// TestManyChangedCharts: a change of everything has the first charts and the number of the others.
func TestManyChangedCharts(t *testing.T) {
	var before, after []fact.Initiative
	for i := range 64 {
		id := fmt.Sprintf("initiative-%02d", i)
		before, after = append(before, pictured(id, id, 2, 2)), append(after, pictured(id, strings.Repeat("long ", 200)+id, 3, 3))
	}
	files := changed(t, decide(before...), decide(after...))
	if n := len(files); n != 2*mostPictures+2 {
		t.Errorf("%d files, want %d", n, 2*mostPictures+2)
	}
	if !strings.Contains(files["index.html"], "6\u00a0more charts changed") {
		t.Errorf("the others are not counted:\n%.3000s", files["index.html"])
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".svg") && len(text) > 200_000 {
			t.Errorf("%s has %d bytes", name, len(text))
		}
	}
}
