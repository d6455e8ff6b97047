package markdown

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestRender(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text", "Charts that *teams* write ~~alone~~.", "<p>Charts that <em>teams</em> write <del>alone</del>.</p>\n"},
		{"headings go below those of the page", "# A\n###### B\n", "<h3 id=\"p-a\">A</h3>\n<h4 id=\"p-b\">B</h4>\n"},
		{"ids are unique", "# A b!\n# a-B\n# A b 2\n# ✨\n# Über *uns*", "<h3 id=\"p-a-b\">A b!</h3>\n<h3 id=\"p-a-b-2\">a-B</h3>\n<h3 id=\"p-a-b-2-2\">A b 2</h3>\n<h3 id=\"p-section\">✨</h3>\n<h3 id=\"p-über-uns\">Über <em>uns</em></h3>\n"},
		{"html is text", "a <b onclick=x>b</b>\n\n<script>alert(1)</script>\n", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"comments are left out", "a <!-- note --> b\n\n<!-- for\nauthors -->\n\nc", "<p>a  b</p>\n<p>c</p>\n"},
		{"links", "[a](https://x.org \"t\") [b](../b.html#c) [c](mailto:a@b.c) <https://y.org>", "<p><a href=\"https://x.org\" title=\"t\" rel=\"noopener noreferrer\">a</a> <a href=\"../b.html#c\">b</a> <a href=\"mailto:a@b.c\">c</a> <a href=\"https://y.org\" rel=\"noopener noreferrer\">https://y.org</a></p>\n"},
		{"dangerous links are text", "[a](javascript:alert(1)) [*b*](JaVaScRiPt&colon;alert(1)) [c](data:text/html,x) [d](vbscript:x) [e](//evil.org) [f](/\\\\evil.org) <javascript:x>", "<p>a <em>b</em> c d e f javascript:x</p>\n"},
		{"local image", "![alt](img/a.png)", "<p><img src=\"img/a.png\" alt=\"alt\" loading=\"lazy\"></p>\n"},
		{"foreign image is a link", "![a *chart*](https://x.org/a.png)", "<p><a href=\"https://x.org/a.png\" rel=\"noopener noreferrer\">a <em>chart</em></a></p>\n"},
		{"foreign image without words", "![](https://x.org/a.png)", "<p><a href=\"https://x.org/a.png\" rel=\"noopener noreferrer\">image</a></p>\n"},
		{"foreign image in a link", "[![alt](https://x.org/a.png)](b.html)", "<p><a href=\"b.html\">alt</a></p>\n"},
		{"dangerous image is its words", "![alt](data:image/svg+xml,x) ![b](//x.org/a.png)", "<p>alt b</p>\n"},
		{"code scrolls", "```go\n<x>\n```", "<pre tabindex=\"0\"><code class=\"language-go\">&lt;x&gt;\n</code></pre>\n"},
		{"direction is not turned", "abc\u202egnp &#x202e;x\u0007", "<p>abcgnp x</p>\n"},
		{"no attributes", "# A {#x onclick=y}", "<h3 id=\"p-a-x-onclick-y\">A {#x onclick=y}</h3>\n"},
		{"broken utf-8", "a\xffb", "<p>a\uFFFDb</p>\n"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Render([]byte(c.in), Options{Top: 3, Prefix: "p-"})
			if err != nil || string(got) != c.want {
				t.Errorf("%s: %v\n got %q\nwant %q", c.name, err, got, c.want)
			}
		})
	}
}

func TestRelativeAddressesAreResolved(t *testing.T) {
	resolve := func(to string) string {
		return map[string]string{"../research/a.md": "../../research/a/index.html", "b.png": "c.png", "evil": "javascript:alert(1)", "host": "//evil.org"}[to]
	}
	const in = "[a](../research/a.md) [gone](x.md) ![b](b.png) ![d](d.png) [e](evil) [f](host) [g](https://x.org)"
	const want = `<p><a href="../../research/a/index.html">a</a> gone <img src="c.png" alt="b" loading="lazy"> d e f <a href="https://x.org" rel="noopener noreferrer">g</a></p>` + "\n"
	if got, err := Render([]byte(in), Options{Resolve: resolve}); err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

func TestHeadingsAreNumberedByDepth(t *testing.T) {
	for in, want := range map[string]string{
		"# A\n# B\n## C":                 "h2 h2 h3",
		"## A\n#### B\n### C\n## D\n# E": "h2 h3 h3 h2 h2",
		"###### A":                       "h2",
		"# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6": "h2 h3 h4 h5 h6 h6",
	} {
		t.Run(in, func(t *testing.T) {
			out, err := Render([]byte(in), Options{Top: 2})
			var got []string
			for part := range strings.SplitSeq(string(out), "</h") {
				if n := strings.LastIndex(part, "<h"); n >= 0 {
					got = append(got, part[n+1:n+3])
				}
			}
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%q: %v, got %v, want %s", in, err, got, want)
			}
		})
	}
}

func TestTableHasScopeAndScrolls(t *testing.T) {
	got, err := Render([]byte("| a | b |\n|---|--:|\n| 1 | 2 |\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<div class="table" role="group" tabindex="0"`, `<th scope="col">a</th>`, `<th scope="col" class="num">b</th>`, `<td class="num">2</td>`, `</table></div>`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"size", strings.Repeat("a", MaxSize+1), "larger than 1048576"},
		{"quotes", "ok\n" + strings.Repeat(">", 100), "line 2: more than 64"},
		{"lists", strings.Repeat("- ", 100) + "x", "line 1: more than 64"},
		{"numbers", strings.Repeat("1. ", 100) + "x", "line 1: more than 64"},
		{"columns", strings.Repeat("a|", 100), "line 1: table with more than 64 columns"},
		{"brackets", strings.Repeat("[", 3000), "line 1: more than 2000 brackets"},
		{"stars", strings.Repeat("*a\n", 10_002), "line 10001: more than"},
		{"emphasis", strings.Repeat("*a **b ", 60) + strings.Repeat("c** d* ", 60), "more than 64 elements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Render([]byte(c.in), Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
		})
	}
	if _, err := Render([]byte(strings.Repeat("-", 200)+"\n\n"+strings.Repeat("a", 500)+"\n"+strings.Repeat("=", 200)), Options{}); err != nil {
		t.Errorf("rules are no lists: %v", err)
	}
}

// Texts that are small for their cost must not hold up a build.
func TestPathologicalTextsAreQuick(t *testing.T) {
	const n = 30_000
	for _, unit := range []string{"[", "![", "*a", "**a ", "a**b", "`", "<", "<!--", "[a](", "[a]: b\n", "&#", "\\", "_a *", "~~a", "](", "a|", "\t", "- a\n", "> a\n>> b\n", "1) x\n"} {
		start := time.Now()
		_, err := Render([]byte(strings.Repeat(strings.Repeat(unit, 1+5_000/len(unit))+"\n\n", n/5_000)), Options{})
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%q: %v (%v)", unit, d, err)
		}
	}
}

var (
	allowedElements = []string{"p", "em", "strong", "del", "a", "img", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "div"}
	allowedAttrs    = []string{"href", "title", "rel", "src", "alt", "loading", "id", "class", "scope", "tabindex", "role", "aria-label", "start"}
)

// check parses output as a browser does and fails on whatever is not allowed.
func check(t *testing.T, out string) {
	t.Helper()
	ids := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(out))
	for z.Next() != html.ErrorToken {
		tok := z.Token()
		if tok.Type == html.CommentToken || tok.Type == html.DoctypeToken {
			t.Fatalf("token %v in %q", tok, out)
		}
		if tok.Type == html.TextToken {
			continue
		}
		if !slices.Contains(allowedElements, tok.Data) {
			t.Fatalf("element %s in %q", tok.Data, out)
		}
		for _, a := range tok.Attr {
			if !slices.Contains(allowedAttrs, a.Key) {
				t.Fatalf("attribute %s in %q", a.Key, out)
			}
			v := strings.ToLower(strings.TrimSpace(a.Val))
			scheme, _, colon := strings.Cut(v, ":")
			if (a.Key == "href" || a.Key == "src") && colon && !strings.ContainsAny(scheme, "/?#") && !slices.Contains([]string{"http", "https", "mailto"}, scheme) {
				t.Fatalf("%s=%q in %q", a.Key, a.Val, out)
			}
			if a.Key == "src" && (strings.HasPrefix(v, "http") && colon || strings.HasPrefix(v, "//") || strings.HasPrefix(v, `/\`)) {
				t.Fatalf("foreign image %q", a.Val)
			}
			if a.Key == "id" {
				if ids[a.Val] {
					t.Fatalf("id %q twice in %q", a.Val, out)
				}
				ids[a.Val] = true
			}
		}
	}
	if strings.ContainsAny(out, "\u202e\u2066\u2028\x00\x1b") {
		t.Fatalf("control character in %q", out)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{
		"# A\n\n- b\n  1. c\n", "<a href=javascript:alert(1)>x</a>", "[x](java\tscript:alert(1))", "[x]: javascript:alert(1)\n[x]",
		"![a](//x/y.png)", "<script>\nalert(1)\n</script>", "[a](<javascript:b>)", "[a](&#106;avascript:b)", "| a |\n|---|\n| <b> |",
		"```\"onload=x\n```", "![a](x \"t\\\" onerror=alert(1)\")", "<!-- -- > --><img>", "# a\n# a\n# a-2\n", "&#x202e; &NewLine;", "[a](\\\\evil)", "<mailto:x>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := Render([]byte(s), Options{Top: 2, Prefix: "x-"})
		if err != nil {
			return
		}
		check(t, string(out))
		again, _ := Render([]byte(s), Options{Top: 2, Prefix: "x-"})
		if again != out {
			t.Fatalf("two renders differ: %q and %q", out, again)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	source := []byte(strings.Repeat("## Why\n\nCharts that *teams* write, see [docs](../x.html).\n\n- one\n- two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n", 5))
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(source, Options{Top: 2, Prefix: "x-"}); err != nil {
			b.Fatal(err)
		}
	}
}
