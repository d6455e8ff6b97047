package notify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
)

var changes = []compute.DecisionLogEntry{
	{ID: "a", Kind: compute.RecommendationChanged, Subject: "gitops", Title: "GitOps", From: "invest", To: "make default", Text: "satisfied: yes; improved: yes"},
	{ID: "b", Kind: compute.GateNotPassed, Subject: "gitops-rollout", Title: "GitOps rollout", Text: "left beta with 1 criterion not met", Reason: "the audit has a date"},
}

func options(format string) Options {
	return Options{Format: format, Platform: "Fawkes", Site: "https://platform.example/x/", CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
}

func TestText(t *testing.T) {
	for format, want := range map[string]string{
		Slack: `*Fawkes: 2 decisions changed* (data to 3 November 2024)
• <https://platform.example/x/features/gitops/|GitOps: recommended is now: make default (before: invest)>
   satisfied: yes; improved: yes
• <https://platform.example/x/initiatives/gitops-rollout/|GitOps rollout: left beta with 1 criterion not met>
   the audit has a date

Recommendations are advice until people decide. <https://platform.example/x/decisions/|All decisions>`,
		Markdown: `**Fawkes: 2 decisions changed** (data to 3 November 2024)
- [GitOps: recommended is now: make default \(before: invest\)](https://platform.example/x/features/gitops/)
   satisfied: yes; improved: yes
- [GitOps rollout: left beta with 1 criterion not met](https://platform.example/x/initiatives/gitops-rollout/)
   the audit has a date

Recommendations are advice until people decide. [All decisions](https://platform.example/x/decisions/)`,
	} {
		t.Run(format, func(t *testing.T) {
			if got := Text(options(format), changes); got != want {
				t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
			}
		})
	}
	o := options(Slack)
	o.Site = ""
	if got := Text(o, changes[:1]); strings.Contains(got, "http") || !strings.HasPrefix(got, "*Fawkes: 1 decision changed*") {
		t.Errorf("without an address: %s", got)
	}
}

// hostile are names that want to be more than names.
var hostile = []string{
	"<!channel>", "<!here|x>", "<@U123>", "@here @channel @everyone", "<https://evil.example|Buildpacks>", "https://evil.example", "www.evil.example",
	"[x](https://evil.example)", "![x](https://evil.example/p.png)", "*bold* _it_ ~st~ `code`", "a\n\n# Heading\n* item", "\u202egnp.exe", "<at>all</at>", "&lt;!channel&gt;", "<script>", "a|b", `\[x](https://evil.example)`,
}

func TestNeutral(t *testing.T) {
	for _, format := range Formats {
		m := markups[format]
		for _, name := range hostile {
			safe := m.plain(name)
			for _, bad := range []string{"<", ">", "@h", "@c", "@e", "@U", "://", "www.", "\n", "\u202e"} {
				if strings.Contains(safe, bad) {
					t.Errorf("%s: %q becomes %q with %q", format, name, safe, bad)
				}
			}
			switch format {
			case Slack:
				if strings.ContainsAny(safe, "`*~") {
					t.Errorf("%s: %q becomes %q", format, name, safe)
				}
			default:
				if unescaped(safe) {
					t.Errorf("%s: %q becomes %q", format, name, safe)
				}
			}
		}
		e := compute.DecisionLogEntry{Kind: compute.RecommendationChanged, Subject: "../../x", Title: "a", To: "b"}
		if got := Text(options(format), []compute.DecisionLogEntry{e}); strings.Contains(got, "..") {
			t.Errorf("%s: a subject leads out: %s", format, got)
		}
	}
}

// unescaped reports whether a character of Markdown stands without a backslash.
func unescaped(text string) bool {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.IndexByte("`*_~[]()!|", text[i]) >= 0:
			return true
		}
	}
	return false
}

func TestPayloadFits(t *testing.T) {
	many := make([]compute.DecisionLogEntry, 300)
	for i := range many {
		many[i] = compute.DecisionLogEntry{
			Kind: compute.DecisionMade, Subject: "gitops", Title: strings.Repeat("<&*_", 500), Text: "accepted", Reason: strings.Repeat("\u20ac@", 3000),
		}
	}
	for _, format := range Formats {
		text := Text(options(format), many)
		if len(text) > limits[format]+200 || !strings.Contains(text, "and ") || !strings.Contains(text, "more") || !strings.Contains(text, "All decisions") {
			t.Errorf("%s: %d bytes, ends %q", format, len(text), text[len(text)-200:])
		}
		data, err := Payload(options(format), many)
		if err != nil || !json.Valid(data) || len(data) > 28<<10 {
			t.Errorf("%s: %d bytes, %v", format, len(data), err)
		}
		again, _ := Payload(options(format), many)
		if string(again) != string(data) {
			t.Errorf("%s: another message the second time", format)
		}
	}
}

func TestTeamsCard(t *testing.T) {
	data, err := Payload(options(Teams), changes)
	if err != nil {
		t.Fatal(err)
	}
	var card struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type string
				Body []struct{ Type, Text string }
			}
		}
	}
	if err := json.Unmarshal(data, &card); err != nil {
		t.Fatal(err)
	}
	body := card.Attachments[0].Content.Body
	if card.Type != "message" || card.Attachments[0].Content.Type != "AdaptiveCard" || len(body) != 6 || body[0].Text != "**Fawkes: 2 decisions changed** (data to 3 November 2024)" {
		t.Errorf("card %s", data)
	}
}

func TestNew(t *testing.T) {
	log := &compute.DecisionLog{Changes: []compute.DecisionLogEntry{{ID: "b", On: time.Unix(2, 0)}, {ID: "a", On: time.Unix(1, 0)}, {ID: "c", On: time.Unix(3, 0)}}}
	got := New(log, []string{"c", "gone"})
	if len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" {
		t.Errorf("%+v", got)
	}
}

func FuzzNeutral(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, format := range Formats {
			m := markups[format]
			safe := m.plain(name)
			if strings.ContainsAny(safe, "<>\n\r") || strings.Contains(safe, "://") {
				t.Errorf("%s: %q becomes %q", format, name, safe)
			}
			if format != Slack && unescaped(safe) {
				t.Errorf("%s: %q becomes %q", format, name, safe)
			}
		}
	})
}
