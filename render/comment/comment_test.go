package comment

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func of(v float64) *float64 { return &v }

func day(month time.Month, d int) time.Time { return time.Date(2024, month, d, 0, 0, 0, 0, time.UTC) }

func initiative(id, title string) diff.Subject {
	return diff.Subject{Kind: "initiative", ID: id, Title: title}
}

// specimen has a change of every kind, with the name given wherever one stands.
func specimen(name string) diff.Diff {
	units := 5
	helm := diff.Subject{Kind: "feature", ID: "helm", Title: name}
	deploy := initiative("deploy", name)
	return diff.Diff{
		Version: diff.Version, Base: name, AsOf: day(11, 11), CutOff: day(11, 4), Old: 1,
		Changes: []diff.Change{
			{Kind: diff.Broken, Failed: true, File: name, Line: 2, Finding: &diff.Finding{File: name, Line: 2, Level: "error", Text: name, Next: name}},
			{Kind: diff.Gated, Failed: true, Subject: initiative("rollout", name), File: name, Line: 9, Gate: &diff.Gate{
				Phase: name, Entered: "ga", Unmet: []diff.Criterion{{Text: name}, {Measure: name, AtLeast: of(0.8), Value: of(0.76), Unit: metric.Share}, {Text: name, Measure: name, Feature: name, Under: of(5), LimitUnit: name, Why: name}},
			}},
			{Kind: diff.Gated, Subject: initiative("other", name), Gate: &diff.Gate{Phase: "alpha", Unmet: []diff.Criterion{{Text: name}}, Reason: name, By: name}},
			{Kind: diff.Verdicts, Subject: helm, File: name, Line: 4, Verdict: &diff.Verdict{
				Before: diff.Advice{Verdict: decision.Pivot}, After: diff.Advice{Verdict: decision.Deprecate, Strength: decision.Recommended, Holds: true, Successor: name},
				Steps: []diff.Step{
					{Ask: decision.AskSatisfied, Before: decision.False, After: decision.False, Value: of(0.3), From: of(0.6), To: of(0.6)},
					{Ask: decision.AskFailing, Before: decision.True, After: decision.True, Value: of(0.12), From: of(0.2), To: of(0.25)},
					{Ask: decision.AskSuccessor, Before: decision.False, After: decision.True},
					{Ask: decision.Question(name), After: decision.Unknown},
				},
				Causes: []diff.Cause{{Key: name, After: name, File: name, Line: 4}, {Key: name, Before: name}, {Key: name, Before: name, After: name}},
				Again:  []decision.Flip{{Of: decision.AdoptionHigh, Units: &units, Verdict: decision.Investigate}, {Of: decision.Satisfied, From: 0.6, To: 1, Verdict: decision.Verdict(name)}},
				Active: 7, Of: 60, Unit: name, History: []float64{0.2, 0.16, 0.12},
			}},
			{Kind: diff.Refused, Subject: initiative("flags", name), File: name, Refusal: &diff.Refusal{Before: "wont-build", After: name, Reason: name, Instead: name, Revisit: day(12, 2)}},
			{Kind: diff.Overridden, Subject: deploy, File: name, Override: &diff.Override{After: &diff.Ruling{Priority: 1, Reason: name, By: name}}},
			{Kind: diff.Ranked, Subject: deploy, File: name, Line: 17, Rank: &diff.Rank{
				Before: &diff.Place{Score: 180, Computed: 2, Published: 1}, After: &diff.Place{Score: 270, Computed: 1, Published: 1},
				Inputs:   []diff.Judgement{{Name: name, Before: &diff.Judged{Value: 3, Range: metric.Range{Lo: 2, Hi: 4.5}, Word: name}, After: &diff.Judged{Value: 2, Range: metric.Range{Lo: 1.3, Hi: 3}, Word: name}, Unit: name, Line: 17}},
				Against:  []diff.Against{{ID: name, Title: name, Before: of(0.44), After: of(0.69), Passed: true, Close: true}},
				Override: &diff.Redundant{Close: []string{name}},
			}},
			{Kind: diff.Predicted, Subject: deploy, File: name, Prediction: &diff.Prediction{Approved: day(10, 7), Effort: diff.Pair{Before: 3, After: 2}, Unit: name}},
			{Kind: diff.Displaced, Subject: initiative("theme", name), Rank: &diff.Rank{Before: &diff.Place{Published: 1}, After: &diff.Place{Published: 2}}},
			{Kind: diff.Decided, Subject: diff.Subject{Kind: "decision", ID: "d", Title: name}, Decision: &diff.Decision{Change: name, Feature: name, Decision: name, Recommended: name, Now: name, Reason: name, Deadline: day(12, 2)}},
			{Kind: diff.Limited, File: name, Setting: &diff.Setting{Key: "x." + name, Before: name, After: name}},
			{Kind: diff.Dated, Subject: deploy, Dates: []diff.Span{
				{Name: name, Before: diff.Dates{From: day(11, 1), To: day(11, 22), State: name}, After: diff.Dates{From: day(11, 8), To: day(11, 29)}},
				{Name: name, Before: diff.Dates{Gone: true}, After: diff.Dates{From: day(12, 2)}},
			}},
			{Kind: diff.Listed, Subject: initiative("new", name), File: name, Item: &diff.Item{Change: name, Before: name, Status: name}},
			{Kind: diff.Found, Finding: &diff.Finding{File: name, Level: "warning", Text: name}},
			{Kind: diff.Mended, Finding: &diff.Finding{File: name, Text: name, Next: name}},
			{Kind: diff.Nightly, What: name},
			{Kind: diff.Listed, Warn: true, Subject: diff.Subject{Kind: "feature", ID: "gone", Title: name}, File: name, Item: &diff.Item{
				Change: "removed", Advice: &diff.Advice{Verdict: decision.Pivot}, Active: 1, Of: 60, Unit: name,
				Refers: []diff.Subject{initiative("a", name), initiative("b", name), initiative("c", name), initiative("d", name)},
			}},
			{Kind: diff.Overridden, Warn: true, Subject: initiative("ended", name), File: name, Line: 3, Override: &diff.Override{
				Before: &diff.Ruling{Priority: 1, Reason: name}, After: &diff.Ruling{Priority: 1, Reason: name, Until: day(11, 1), Expired: true},
			}},
			{Kind: diff.Conditions, Warn: true, Subject: initiative("rollout", name), File: name, Line: 9, Criteria: []diff.Judgeable{
				{Phase: name, Begun: true, Before: &diff.Criterion{Text: name, Measure: name, AtLeast: of(99.5)}, After: &diff.Criterion{Text: name, Measure: name, AtLeast: of(95)}, Was: "not met", Now: "met"},
				{Phase: name, Before: &diff.Criterion{Text: name}, Was: "not met"},
				{Phase: name, After: &diff.Criterion{Text: name + "!"}, MetAfter: day(12, 1), Future: true, Now: name},
			}},
			{Kind: diff.Decided, Warn: true, Subject: diff.Subject{Kind: "decision", ID: "moved", Title: name}, File: name, Line: 4, Decision: &diff.Decision{
				Change: "changed", Feature: name, Decision: "accept", Recommended: "deprecate", Moved: true, Before: day(12, 2), Deadline: day(12, 1),
				Leaving: &diff.Leaving{Left: 1, Unit: name, Early: day(11, 20), Late: day(12, 24), Risk: compute.EndMaybe},
			}},
			{Kind: diff.Progressed, Subject: initiative("started", name), File: name, Line: 2, Status: &diff.Status{Before: name, After: name}},
			{Kind: diff.Evidenced, Subject: initiative("asked", name), File: name, Evidence: &diff.Evidence{Gained: []string{name}, Lost: []string{name}}},
			{Kind: diff.Evidenced, Evidence: &diff.Evidence{Name: name, Before: of(9), After: of(10), Goal: of(10), Unit: metric.Number}},
		},
	}
}

// The words of every kind of change, as a comment and on a terminal.
func TestGolden(t *testing.T) {
	d := specimen("a name")
	golden(t, "every.md", Markdown(d, Options{Full: "https://example.com/run/1", Preview: "https://example.com/pr/1/"}))
	golden(t, "every.txt", Text(d))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: go test -update, and read the difference\n%s", name, diff)
	}
}

func TestHeadline(t *testing.T) {
	every := specimen("Auto-deploy")
	one := func(i int) diff.Diff { return diff.Diff{Changes: every.Changes[i : i+1]} }
	for _, c := range []struct {
		d    diff.Diff
		want string
	}{
		{diff.Diff{}, "Nothing moves."},
		{diff.Diff{Missing: "no site answers"}, "Not all could be compared; nothing moves in the rest."},
		{diff.Diff{First: true}, "The first content: there is nothing to compare it with."},
		{diff.Diff{First: true, Changes: every.Changes[:1]}, "The first content: there is nothing to compare it with, but it has 1 error."},
		{one(1), "Auto-deploy leaves Auto-deploy for GA without its criteria and without a reason."},
		{one(2), "Auto-deploy leaves alpha without its criteria, with a reason."},
		{one(3), "Auto-deploy: pivot or sunset → deprecate in favour of Auto-deploy."},
		{one(6), "Auto-deploy: score 180 → 270. Published order unchanged."},
		{one(15), "Nothing moves now: it takes effect with the next nightly run."},
		{one(13), "1 new finding."},
		{one(10), "x.Auto-deploy Auto-deploy → Auto-deploy."},
		{every, "1 new error, 2 phases are left (1 without meeting the criteria), 1 recommendation changes and 1 won’t-build changes."},
	} {
		t.Run(fmt.Sprint(c.d), func(t *testing.T) {
			if got := Headline(c.d); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// hostile are names that strangers could choose.
var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- ip3dp:diff -->", "--> <b>", "@everyone", "@org/team", "a@b.example",
	"x](http://evil.example)", "[x]: http://evil.example", "![x](https://evil.example/p.png)", "https://evil.example/?q", "www.evil.example", "WWW.evil.example",
	"a | b | c", "line\n# heading\n- item", "line\r\n```mermaid", "`code` ``two``", "```", "~~~", "**bold** _it_ ~~gone~~", "$x$ $$y$$", "#123", "owner/repo#12", "GH-123", "gh-12",
	"!45", "%\"milestone\"", "~label", "&12 &amp; &#64;everyone", "deadbeef", "0123456789abcdef0123456789abcdef01234567", ":tada:", "\u202etxt.exe", "\u2066x\u2069", "a\u200bb\ufeff",
	"e\u0301\u0302\u0303\u0304\u0305\u0306", "\x1b[31mred\x1b[0m", "\xff\xfe", strings.Repeat("x", 100_000), strings.Repeat("@a ", 30_000), "end", "section x", "a:b;c,d%%{init}%%", "click a href \"javascript:x\"",
	"::error::x", "\u2028\u2029", "\\`", "\\[x\\](http://evil.example)", "\U000e0041tag", "1. one", "> quote", "- [ ] task", "",
}

// live are the signs that a forge would act on.
var live = regexp.MustCompile(`[@#!%~&^$][A-Za-z0-9"_-]|\b(?:GH|gh)-\d|\b[0-9a-fA-F]{7,}\b|://|(?i:www)\.|[A-Za-z]-\d`)

func TestHostileNames(t *testing.T) {
	for _, name := range hostile {
		label := fmt.Sprintf("%.40q", name)
		d := specimen(name)
		text := Markdown(d, Options{})
		check(t, label, text)
		if strings.Count(text, Marker) != 1 || !strings.HasPrefix(text, Marker+"\n") {
			t.Errorf("%s: the marker stands there %d times", label, strings.Count(text, Marker))
		}
		want := strings.Count(Markdown(specimen("a name"), Options{}), "\n")
		if got := strings.Count(text, "\n"); got != want && cleanText(name) != "" {
			t.Errorf("%s: %d lines, want %d", label, got, want)
		}
		for line := range strings.Lines(Text(d)) {
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), hidden) {
				t.Errorf("%s: %q", label, line)
			}
		}
	}
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) || r == utf8.RuneError
}

// check finds what a forge would act on in a comment, outside of code.
func check(t *testing.T, label, text string) {
	t.Helper()
	if !utf8.ValidString(text) || len(text) > MaxComment {
		t.Errorf("%s: %d bytes, valid: %v", label, len(text), utf8.ValidString(text))
	}
	body := strings.TrimPrefix(text, Marker+"\n")
	body = regexp.MustCompile("(?s)```mermaid\n.*?\n```").ReplaceAllStringFunc(body, func(chart string) string {
		if strings.ContainsAny(strings.TrimPrefix(chart, "```mermaid"), "<>;\"[](){}@#|") {
			t.Errorf("%s: %q", label, chart)
		}
		return ""
	})
	marks, shown := asShown(body)
	if found := live.FindString(shown); found != "" {
		t.Errorf("%s: %q is live in %.200q", label, found, shown)
	}
	if i := strings.IndexAny(marks, "<>[]|`{}$_"); i >= 0 {
		t.Errorf("%s: %q is live", label, marks[i:min(i+40, len(marks))])
	}
	if strings.ContainsFunc(strings.ReplaceAll(body, "\n", ""), hidden) {
		t.Errorf("%s: it has hidden characters", label)
	}
}

// asShown splits Markdown of ours into what still acts on its form, and the text
// that a reader sees, without code.
func asShown(body string) (marks, shown string) {
	var m, s strings.Builder
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\' && i+1 < len(body):
			i++
			s.WriteByte(body[i])
		case c == '`':
			end := strings.IndexByte(body[i+1:], '`')
			if end < 0 {
				return body[i:], s.String()
			}
			i += end + 1
		case strings.HasPrefix(body[i:], "**"), strings.HasPrefix(body[i:], "~~"):
			i++
		default:
			m.WriteByte(c)
			s.WriteByte(c)
		}
	}
	return m.String(), strings.NewReplacer("&amp;", "&", "&#36;", "$").Replace(s.String())
}

func TestCut(t *testing.T) {
	var d diff.Diff
	for i := range 5000 {
		x := diff.Change{Kind: diff.Found, Finding: &diff.Finding{File: fmt.Sprintf("roadmap/%d.md", i), Level: "warning", Text: strings.Repeat("é", 50)}}
		d.Changes = append(d.Changes, x)
	}
	d.Changes = append([]diff.Change{specimen("Auto-deploy").Changes[6]}, d.Changes...)
	for _, limit := range []int{0, 2000, 5000, MaxSummary} {
		text := Markdown(d, Options{Full: "https://example.com/run/1", Limit: limit})
		most := limit
		if limit == 0 {
			most = MaxComment
		}
		if len(text) > most || !utf8.ValidString(text) {
			t.Errorf("limit %d: %d bytes", limit, len(text))
		}
		shown := strings.Count(text, "- `roadmap/")
		if rows := regexp.MustCompile("(?m)^- `roadmap/\\d+\\.md` é{50}$").FindAllString(text, -1); len(rows) != shown {
			t.Errorf("limit %d: a row is cut", limit)
		}
		notice := fmt.Sprintf("**%d more changes are not shown here.** [See all of them](https://example.com/run/1)", 5000-shown)
		if strings.Contains(text, notice) != (shown < 5000) || !strings.Contains(text, "Published order unchanged") {
			t.Errorf("limit %d: %d shown\n%.600s", limit, shown, text[len(text)-300:])
		}
	}
}

func TestLinks(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "//evil.example", "data:text/html,x", "https://", "x", "https://a b\n"} {
		if got := webLink("x", address); got != "" && !strings.HasPrefix(got, "[x](https://") {
			t.Errorf("%q: %q", address, got)
		}
	}
	if got := webLink("x", "https://example.com/a(b)<c>"); strings.ContainsAny(strings.TrimSuffix(got, ")")[len("[x]("):], "()<>") {
		t.Errorf("%q", got)
	}
}

func TestSentences(t *testing.T) {
	d := specimen("Auto-deploy")
	for i, got := range Sentences(d) {
		if got == "" || strings.ContainsRune(got, '\n') {
			t.Errorf("%s: %q", d.Changes[i].Kind, got)
		}
	}
}

// What JSON can hold, hostile numbers and times among it, is worded without a panic.
func FuzzMarkdown(f *testing.F) {
	for _, name := range hostile[:12] {
		data, err := json.Marshal(specimen(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"version":2,"changes":[{"kind":"dates","subject":{},"dates":[{"name":"x","before":{"from":"0001-01-02T00:00:00Z","to":"9999-01-01T00:00:00Z"},"after":{}}]}]}`))
	f.Add([]byte(`{"version":2,"changes":[{"kind":"rank","subject":{"id":"x"},"rank":{"before":{"score":1e308,"lo":0,"hi":0,"computed":-1,"published":0}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := diff.Read(data)
		if err != nil {
			return
		}
		text := Markdown(d, Options{})
		if len(text) > MaxComment || !utf8.ValidString(text) || strings.Count(text, Marker) != 1 {
			t.Errorf("%d bytes", len(text))
		}
		Text(d)
	})
}

func FuzzEscape(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r := line("a %s b ", shortText(name)).strong(name).text(" ").struck(name).text(" ").code(name)
		check(t, "a name", r.markdown())
		if strings.ContainsFunc(r.String(), hidden) {
			t.Errorf("%q", r.String())
		}
		if !slices.Equal([]string{label(name)}, strings.Split(label(name), "\n")) || strings.ContainsAny(label(name), ":;,#%") {
			t.Errorf("%q", label(name))
		}
	})
}

func BenchmarkMarkdown(b *testing.B) {
	d := specimen("Auto-deploy on merge")
	b.ReportAllocs()
	for b.Loop() {
		Markdown(d, Options{})
	}
}
