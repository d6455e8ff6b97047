package tickets

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// The first theme that matches wins, and a comparison of texts never hides a match.
func TestFindTheme(t *testing.T) {
	patterns := []string{
		"slow.*build", "(login|log ?in|sso)", "größe", "vault|secret.*rotat", `\blogs?\b`, "a+b?", "x{2,3}y", "[ck]ubernetes",
		"(?-i:ABC)", "", "k8s", "(foo|)bar", "permission|access (to|for)", "ſ",
	}
	titles := []string{
		"The SLOW build", "log in fails", "SSO", "Größe ändern", "GRÖSSE", "Vault", "secrets rotate", "my logs", "blogs", "AB", "xxy", "Kubernetes",
		"ABC", "abc", "", " ", "\u212a8s", "k8S", "bar", "Foobar", "access for me", "s", "no match at all", "Grüße",
	}
	for _, p := range patterns {
		rules, plain := NewThemes([]fact.Theme{{Match: []string{p}}}), regexp.MustCompile("(?i)"+p)
		for _, title := range titles {
			want := int16(fact.Unthemed)
			switch {
			case strings.TrimSpace(title) == "":
				want = 0
			case plain.MatchString(title):
				want = 1
			}
			if got := rules.Find(title); got != want {
				t.Errorf("%q in %q: got %d, want %d", p, title, got, want)
			}
		}
	}
	ordered := NewThemes([]fact.Theme{{Match: []string{"("}}, {Match: []string{"x", "build"}}, {Match: []string{"slow build"}}})
	if got := ordered.Find("slow build"); got != 2 {
		t.Errorf("theme %d of a title that two match", got)
	}
}

func FuzzFindTheme(f *testing.F) {
	f.Add("slow.*build|(log ?in|sso)", "A slow build")
	f.Add("(?i)ſ+[a-z]?k", "SK")
	f.Fuzz(func(t *testing.T, pattern, title string) {
		re, err := regexp.Compile("(?i)" + pattern)
		if err != nil || strings.TrimSpace(title) == "" {
			return
		}
		if got := NewThemes([]fact.Theme{{Match: []string{pattern}}}).Find(title) == 1; got != re.MatchString(title) {
			t.Errorf("%q in %q: got %v", pattern, title, got)
		}
	})
}

// Words of titles without a theme are counted, each once for a ticket; what may name a person
// or a thing is no word.
func TestTitleWords(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("id,opened,team,title\n")
	for i := range 6 {
		fmt.Fprintf(&rows, "%d,2024-10-15,team %d,Please help: quota quota for Julia (VPN) INC%07d ann@example.org @bob https://x.example/quota?key=s3cret\n", i, i%4, i)
	}
	rows.WriteString("0,2024-10-15,team 0,quota\n7,2024-10-15,team 0,slow build quota\n")
	e, err := New("support", inMemory(rows.String()), Options{Themes: rules}).Collect(context.Background(), window)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range e.TitleWords {
		got = append(got, fmt.Sprintf("%s %d plain %d ids %d teams %d", w.Word, w.Tickets, w.Plain, len(w.IDs), len(w.Teams)))
	}
	want := "julia 6 plain 0 ids 5 teams 3, quota 6 plain 6 ids 5 teams 3, vpn 6 plain 6 ids 5 teams 3"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// The counter has a limit, and keeps the frequent words.
func TestTitleWordsAreBounded(t *testing.T) {
	var c wordCounter
	for i := range 40_000 {
		c.count("quota "+strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%07d", i)), fmt.Sprint(i), "")
		if len(c.words) > 2*maxWords {
			t.Fatal(len(c.words))
		}
	}
	if list := c.list(); list[0].Word != "quota" || list[0].Tickets < 39_000 || len(list) > maxWords {
		t.Errorf("%d words, first %+v", len(list), list[0])
	}
}

func BenchmarkFindTheme(b *testing.B) {
	var themes []fact.Theme
	for i := range 20 {
		themes = append(themes, fact.Theme{Match: []string{fmt.Sprintf("word%d.*other", i), "permission|access to", `\blogs?\b`}})
	}
	compiled := NewThemes(themes)
	b.ReportAllocs()
	for b.Loop() {
		compiled.Find("How do I deploy my service to the cluster?")
	}
}
