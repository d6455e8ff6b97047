package main_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A habit is a turn of phrase that makes a reader read twice. Hits per 1,000 words
// stay within the budgets: comments of Go files, pages of docs/, and texts that the
// program prints or publishes.
type habit struct {
	name                  string
	pattern               *regexp.Regexp
	except                *regexp.Regexp // hits that begin so are right
	comments, docs, texts float64
}

var habits = []habit{
	{
		"say, tell, know, speak", regexp.MustCompile(`\b(says?|said|tells?|told|speaks?|spoke|knows?|known)\b`),
		nil, 1.5, 3, 3,
	},
	{
		"headless what", regexp.MustCompile(`(?m)^\s*//\s*(?:[A-Za-z]+ (?:is|are|says|tells|gives|finds|reads|returns) )?what\b|` +
			`\bof what\b|\bto what\b|\bby what\b|\bfor what\b|\bin what\b|\bwith what\b`), nil, 0.3, 0.3, 0.3,
	},
	{
		"stands, lies, goes before, held against", regexp.MustCompile(`\b(stands? (?:for|beside|at|there|in)|` +
			`lies? (?:in|before|below)|goes before|held against|holds? .{1,20} against|laid)\b`), nil, 0.1, 0.1, 0.1,
	},
	{
		"is no X", regexp.MustCompile(`\b(?:is|are|was|be) no [a-z]+`),
		regexp.MustCompile(`no (?:longer|more\b|one\b|need)`), 0.3, 0.3, 0.3,
	},
	{
		"anew, nowhere, meanwhile, hence", regexp.MustCompile(`\b(anew|lest|whence|hence|thereof|therein|hitherto|` +
			`heretofore|meanwhile|nowhere|henceforth)\b`), nil, 0.1, 0.1, 0.1,
	},
	{
		"until when, of which, by when", regexp.MustCompile(`\b(until when|by when|of which|in which|from which|` +
			`to which|about which|among which|of whom)\b`), nil, 0.4, 0.4, 0.4,
	},
}

// Shares of functions, in percent, and lines over 120 characters per 1,000.
const (
	maxNounComments = 8  // function comments that begin with "NAME is" or "NAME are"
	maxOneWord      = 35 // unexported functions named by one lower-case word
	maxLongLines    = 3
	longLine        = 120
)

var word = regexp.MustCompile(`[A-Za-z']+`)

// countHits returns the number of hits of a habit in a text.
func (h habit) countHits(text string) int {
	n := 0
	for _, hit := range h.pattern.FindAllString(text, -1) {
		if h.except == nil || !h.except.MatchString(hit) {
			n++
		}
	}
	return n
}

// checkHabits fails where a text has more hits per 1,000 words than its budget.
func checkHabits(t *testing.T, text string, budget func(habit) float64) {
	words := len(word.FindAllString(text, -1))
	if words < 1000 {
		t.Fatalf("%d words, too few to measure", words)
	}
	for _, h := range habits {
		n := h.countHits(text)
		rate := 1000 * float64(n) / float64(words)
		t.Logf("%-42s %.2f per 1,000 words, budget %.2f", h.name, rate, budget(h))
		if rate > budget(h) {
			t.Errorf("%s: %d hits in %d words, %.2f per 1,000, budget %.2f", h.name, n, words, rate, budget(h))
		}
	}
}

// TestVoiceOfComments keeps the comments of Go files in plain technical English.
func TestVoiceOfComments(t *testing.T) {
	comment := regexp.MustCompile(`(?:^|\s)//\s?(.*)`)
	notProse := regexp.MustCompile(`^(?:go:|line |    http|\+build)`)
	var text strings.Builder
	for _, name := range productFiles(t) {
		for line := range strings.SplitSeq(read(t, name), "\n") {
			if m := comment.FindStringSubmatch(line); m != nil && !notProse.MatchString(m[1]) {
				text.WriteString("// " + m[1] + "\n")
			}
		}
	}
	checkHabits(t, text.String(), func(h habit) float64 { return h.comments })
}

// TestVoiceOfDocs does the same for the pages of documentation.
func TestVoiceOfDocs(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```.*?```")
	var text strings.Builder
	for _, name := range moduleFiles(t) {
		if path.Ext(name) == ".md" && (strings.HasPrefix(name, "docs/") || name == "README.md" || name == "CONTRIBUTING.md") {
			text.WriteString(blocks.ReplaceAllString(read(t, name), "") + "\n")
		}
	}
	checkHabits(t, text.String(), func(h habit) float64 { return h.docs })
}

// TestVoiceOfTexts does the same for the texts of pages and messages: string literals
// of four words and more, and the text of templates.
func TestVoiceOfTexts(t *testing.T) {
	code := regexp.MustCompile(`(?s)\{\{.*?\}\}|<(?:script|style).*?</(?:script|style)>|<[^>]*>`)
	var text strings.Builder
	for _, file := range parseModule(t) {
		if file.test || strings.HasPrefix(file.pkg, "collect/demo") || strings.HasPrefix(file.pkg, "collect/testkit") {
			continue
		}
		ast.Inspect(file.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || strings.Count(lit.Value, " ") < 3 {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString(s + "\n")
			return true
		})
	}
	for _, name := range moduleFiles(t) {
		if path.Ext(name) == ".html" && strings.HasPrefix(name, "templates/") && !strings.Contains(name, "scaffold") {
			text.WriteString(code.ReplaceAllString(read(t, name), " ") + "\n")
		}
	}
	checkHabits(t, text.String(), func(h habit) float64 { return h.texts })
}

// productFiles lists the Go files that are not tests.
func productFiles(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(moduleFiles(t), func(name string) bool {
		return path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata/")
	})
}

// TestNamesOfFunctions holds names to verb + noun, comments of functions to a verb.
func TestNamesOfFunctions(t *testing.T) {
	var commented, nouns, unexported, oneWord, lines, long int
	for _, name := range productFiles(t) {
		for line := range strings.SplitSeq(read(t, name), "\n") {
			lines++
			if len([]rune(line)) > longLine {
				long++
			}
		}
		for _, decl := range parse(t, name, nil).ast.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if words := strings.Fields(f.Doc.Text()); len(words) > 1 {
				commented++
				if words[1] == "is" || words[1] == "are" {
					nouns++
				}
			}
			if !f.Name.IsExported() {
				unexported++
				if f.Name.Name == strings.ToLower(f.Name.Name) && !strings.ContainsAny(f.Name.Name, "0123456789_") {
					oneWord++
				}
			}
		}
	}
	for _, m := range []struct {
		name          string
		n, of, budget int
		per           float64
	}{
		{"function comments “NAME is”", nouns, commented, maxNounComments, 100},
		{"unexported functions of one word", oneWord, unexported, maxOneWord, 100},
		{"lines over 120 characters", long, lines, maxLongLines, 1000},
	} {
		t.Run(m.name, func(t *testing.T) {
			share := m.per * float64(m.n) / float64(m.of)
			t.Logf("%d of %d, %.1f of %.0f, budget %d", m.n, m.of, share, m.per, m.budget)
			if share > float64(m.budget) {
				t.Error("more than the budget")
			}
		})
	}
}

// TestHabits tries the patterns themselves: a pattern that matches nothing would let
// everything pass.
func TestHabits(t *testing.T) {
	for name, hits := range map[string]string{
		"say, tell, know, speak":                  "the file says it",
		"headless what":                           "the sum of what is there",
		"stands, lies, goes before, held against": "the name goes before it",
		"is no X":                         "it is no file",
		"anew, nowhere, meanwhile, hence": "read it anew",
		"until when, of which, by when":   "two of which are old",
	} {
		t.Run(name, func(t *testing.T) {
			for _, h := range habits {
				if got, want := h.countHits(hits), 0; h.name == name && got != 1 || h.name != name && got != want {
					t.Errorf("%s: %d hits in %q", h.name, got, hits)
				}
			}
			if n := habits[3].countHits("there is no longer a reason; it is no more"); n != 0 {
				t.Errorf("%d hits in plain English", n)
			}
		})
	}
}
