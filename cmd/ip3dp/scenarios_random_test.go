package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"
)

var randomRequests = flag.Int("requests", 200, "how many random requests are compared with a rebuild")

// fiddler makes random edits of files that a decision reads.
type fiddler struct {
	*rand.Rand
	r     *request
	files map[string]string // the texts of the base, by file
	now   map[string]string // those that were edited
	notes []string
}

func newFiddler(r *request) *fiddler {
	r.tb.Helper()
	f := &fiddler{r: r, files: map[string]string{}, now: map[string]string{}}
	for _, pattern := range []string{"config.toml", "site/*.toml", "site/*/*"} {
		names, err := filepath.Glob(r.path(pattern))
		if err != nil {
			r.tb.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				r.tb.Fatal(err)
			}
			rel, err := filepath.Rel(r.dir, name)
			if err != nil {
				r.tb.Fatal(err)
			}
			f.files[filepath.ToSlash(rel)] = string(data)
		}
	}
	return f
}

// begin restores the base and begins another request.
func (f *fiddler) begin(seed uint64) {
	f.r.tb.Helper()
	for file := range f.now {
		if text, was := f.files[file]; was {
			f.r.put(file, text)
		} else {
			f.r.remove(file)
		}
	}
	f.now, f.notes, f.Rand = map[string]string{}, nil, rand.New(rand.NewPCG(seed, 4711))
}

func (f *fiddler) text(file string) string {
	if text, edited := f.now[file]; edited {
		return text
	}
	return f.files[file]
}

func (f *fiddler) write(file, text string) {
	f.r.tb.Helper()
	f.now[file] = text
	f.r.put(file, text)
}

// pick returns a random element.
func pick[T any](f *fiddler, list ...T) T { return list[f.IntN(len(list))] }

// list returns the files of a folder, in order.
func (f *fiddler) list(folder string) []string {
	var out []string
	for _, file := range slices.Sorted(maps.Keys(f.files)) {
		if strings.HasPrefix(file, folder) && strings.HasSuffix(file, ".md") {
			out = append(out, file)
		}
	}
	return out
}

// change replaces one match of a pattern in one of the files, by the text that make returns. It
// reports whether there was a match.
func (f *fiddler) change(files []string, pattern string, replacement func(match []string) string) bool {
	f.r.tb.Helper()
	expression := regexp.MustCompile("(?m)" + pattern)
	order := f.Perm(len(files))
	for _, i := range order {
		text := f.text(files[i])
		all := expression.FindAllStringSubmatchIndex(text, -1)
		if len(all) == 0 {
			continue
		}
		at := all[f.IntN(len(all))]
		var match []string
		for k := 0; k < len(at); k += 2 {
			part := ""
			if at[k] >= 0 {
				part = text[at[k]:at[k+1]]
			}
			match = append(match, part)
		}
		with := replacement(match)
		f.notes = append(f.notes, fmt.Sprintf("%s: %q → %q", files[i], match[0], with))
		f.write(files[i], text[:at[0]]+with+text[at[1]:])
		return true
	}
	return false
}

func numeral(v float64) string { return fmt.Sprintf("%g", v) }

// fiddles are kinds of random edits of what a decision reads.
var fiddles = []func(f *fiddler, plans, features []string) bool{
	func(f *fiddler, plans, _ []string) bool { // a number
		return f.change(plans, `^(reach|effort) = [\d.]+$`, func(m []string) string {
			return m[1] + " = " + numeral(pick(f, 0.5, 1, 2, 3, 8, 20, 50, 125, 200, 250))
		})
	},
	func(f *fiddler, plans, _ []string) bool { // a confidence
		return f.change(plans, `^confidence = .+$`, func([]string) string {
			return "confidence = " + pick(f, "30", "50", "80", "100", `"low"`, `"medium"`, `"high"`)
		})
	},
	func(f *fiddler, plans, _ []string) bool { // a word
		return f.change(plans, `^impact = .+$`, func([]string) string {
			return "impact = " + pick(f, "0.5", "3.5", `"low"`, `"medium"`, `"high"`, `"very high"`)
		})
	},
	func(f *fiddler, plans, _ []string) bool { // a range
		return f.change(plans, `^(reach|impact|effort)_range = .+\n`, func(m []string) string {
			lo := pick(f, 0.5, 1, 2, 40, 160)
			return pick(f, "", m[1]+"_range = ["+numeral(lo)+", "+numeral(lo*pick(f, 1.2, 2, 5))+"]\n")
		})
	},
	func(f *fiddler, plans, _ []string) bool { // a status
		return f.change(plans, `^status = "(requested|idea|approved|active|done|wont-build)"`, func(m []string) string {
			if m[1] != "wont-build" && f.IntN(3) == 0 {
				return "reason = \"not now\"\nstatus = \"wont-build\""
			}
			return `status = "` + pick(f, "requested", "idea", "approved", "active", "done") + `"`
		})
	},
	func(f *fiddler, plans, _ []string) bool { // an override
		return f.change(plans, `^\[override\]\npriority = \d\n`, func([]string) string { return "[override]\npriority = " + numeral(float64(1+f.IntN(4))) + "\n" })
	},
	func(f *fiddler, plans, _ []string) bool { // an override that ends
		return f.change(plans, `^on = 2024-10-07\n`, func([]string) string { return "on = 2024-10-07\nuntil = " + pick(f, "2024-11-01", "2025-01-01") + "\n" })
	},
	func(f *fiddler, plans, _ []string) bool { // a new override
		return f.change([]string{assistant, theme, rotation}, `^\[rice\]\n`, func([]string) string {
			return "[override]\npriority = " + numeral(float64(1+f.IntN(4))) + "\nreason = \"asked for\"\nby = \"head of platform\"\non = 2024-11-01\n[rice]\n"
		})
	},
	func(f *fiddler, _, features []string) bool { // a successor
		return f.change([]string{helm}, `^successor = .+\n`, func([]string) string { return pick(f, "", "successor = \"gitops\"\n", "successor = \"vault\"\n") })
	},
	func(f *fiddler, _, features []string) bool { // a new successor
		return f.change(features, `^owner = .+\n`, func(m []string) string { return m[0] + "retired = " + pick(f, "2024-10-01", "2025-10-01") + "\n" })
	},
	func(f *fiddler, _, features []string) bool { // thresholds of a feature
		return f.change(features, `^\[adoption\]\n`, func(m []string) string {
			return "[decision]\nsatisfied = " + numeral(pick(f, 20.0, 50, 60, 71, 73, 90)) + "\nadoption_high = " + numeral(pick(f, 30.0, 70, 90)) + "\n" + m[0]
		})
	},
	func(f *fiddler, plans, _ []string) bool { // dates
		return f.change(append(plans, activities), `^start = 2024-\d\d-\d\d$`, func([]string) string {
			return "start = " + pick(f, "2024-09-02", "2024-10-28", "2024-11-04", "2024-12-02", "2025-01-06")
		})
	},
	func(f *fiddler, plans, _ []string) bool { // lengths
		return f.change(append(plans, activities), `^weeks = \d+$`, func([]string) string { return "weeks = " + numeral(float64(1+f.IntN(9))) })
	},
	func(f *fiddler, plans, _ []string) bool { // states of phases
		return f.change(plans, `^(name = "(?:prototype|alpha|beta|ga)"\n)(?:status = ".+"\n)?`, func(m []string) string {
			return m[1] + "status = \"" + pick(f, "planned", "active", "done", "stopped") + "\"\n"
		})
	},
	func(f *fiddler, plans, _ []string) bool { // criteria
		return f.change(plans, `\{ text = ("[^"]+")(, met = [\d-]+)? \}`, func(m []string) string {
			if m[2] != "" {
				return "{ text = " + m[1] + " }"
			}
			return "{ text = " + m[1] + ", met = " + pick(f, "2024-11-01", "2024-11-08") + " }"
		})
	},
	func(f *fiddler, plans, _ []string) bool { // limits of criteria
		return f.change(plans, `(under|at_least) = [\d.]+ \}`, func(m []string) string { return m[1] + " = " + numeral(pick(f, 1.0, 5, 30, 80, 99.5)) + " }" })
	},
	func(f *fiddler, _, _ []string) bool { // decisions
		return f.change(f.list("site/decisions/"), `^decision = ".+?"`, func([]string) string { return `decision = "` + pick(f, "accept", "reject", "postpone") + `"` })
	},
	func(f *fiddler, _, _ []string) bool { // deadlines
		return f.change(f.list("site/decisions/"), `^deadline = .+\n`, func([]string) string { return pick(f, "", "deadline = 2024-12-31\n", "deadline = 2026-06-30\n") })
	},
	func(f *fiddler, _, _ []string) bool { // levels of goals
		return f.change([]string{goalsOf}, `^(at_least|at_most) = \d+$`, func(m []string) string { return m[1] + " = " + numeral(pick(f, 5.0, 30, 40, 60, 90)) })
	},
	func(f *fiddler, _, _ []string) bool { // days of goals
		return f.change([]string{goalsOf}, `^by = .+$`, func([]string) string { return "by = " + pick(f, "2024-10-31", "2024-12-31", "2025-06-30") })
	},
	func(f *fiddler, _, _ []string) bool { // scales
		return f.change([]string{settings}, `^impact = \{ low = 1, medium = 2, high = 3`, func([]string) string {
			return "impact = { low = " + numeral(pick(f, 0.5, 1)) + ", medium = " + numeral(pick(f, 1.5, 2)) + ", high = " + numeral(pick(f, 2.5, 3, 3.5))
		})
	},
	func(f *fiddler, _, _ []string) bool { // thresholds
		return f.change([]string{settings}, `^satisfied = 60$`, func([]string) string { return "satisfied = " + numeral(pick(f, 30.0, 50, 65, 73, 80)) })
	},
	func(f *fiddler, _, _ []string) bool { // thresholds of adoption
		return f.change([]string{settings}, `^adoption_high = 70\nadoption_leave = 60 `, func([]string) string {
			high := pick(f, 50.0, 75, 80, 90)
			return "adoption_high = " + numeral(high) + "\nadoption_leave = " + numeral(high-pick(f, 0.0, 5, 10)) + " "
		})
	},
	func(f *fiddler, _, _ []string) bool {
		return f.change([]string{settings}, `^adoption_low = 20$`, func([]string) string { return "adoption_low = " + numeral(pick(f, 5.0, 10, 15, 30)) })
	},
}

// TestRandomRequests makes random edits of what a decision reads. The comment must show what a
// full rebuild of both sides changes in scores, order, recommendations and gates, and no more.
func TestRandomRequests(t *testing.T) {
	newRequest := newRequests(t)
	head, base := newRequest(t)
	f := newFiddler(head)
	plans, features := f.list("site/roadmap/"), f.list("site/features/")
	wrong, missing, refused, moved := 0, 0, 0, 0
	for seed := range *randomRequests {
		f.begin(uint64(seed))
		for range 1 + f.IntN(3) {
			for !pick(f, fiddles...)(f, plans, features) {
			}
		}
		d, in, _ := head.compare(base)
		if len(d.Unread) > 0 || d.Ended != "" {
			refused++ // two edits that do not fit
			continue
		}
		more, fewer := judgeTruth(&d, &in)
		fewer = append(fewer, judgeWords(&d, &in)...)
		if seed%10 == 0 {
			more = append(more, rebuilt(t, head, &in)...)
		}
		if len(d.Changes) > 0 {
			moved++
		}
		wrong, missing = wrong+len(more), missing+len(fewer)
		if len(more)+len(fewer) > 0 {
			t.Errorf("request %d: %s\nfalse: %v\nmissing: %v\n%s", seed, strings.Join(f.notes, "\n"), more, fewer, comment.Text(d))
		}
	}
	t.Logf("random requests: %d, with changes %d, refused %d, false %d, missing %d", *randomRequests, moved, refused, wrong, missing)
	if moved < *randomRequests*3/4 || refused > *randomRequests/5 {
		t.Errorf("%d requests of %d change something, and %d are refused", moved, *randomRequests, refused)
	}
}

// judgeWords returns what the text leaves out: the title of something that moves, or a statement
// that nothing does where something did.
func judgeWords(d *diff.Diff, in *diff.Input) (missing []string) {
	text := comment.Text(*d)
	for i := range d.Changes {
		x := &d.Changes[i]
		if (x.Rank != nil || x.Verdict != nil || x.Gate != nil) && !strings.Contains(text, x.Subject.Title) {
			missing = append(missing, "the title "+x.Subject.Title)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	still := strings.ToLower(lines[len(lines)-1])
	still, _, _ = strings.Cut(still, "nothing moves")
	before, after := placesOf(&in.Base.Report.Plan), placesOf(&in.Head.Report.Plan)
	same := map[string]bool{"ranks": maps.EqualFunc(before, after, func(a, b place) bool { return a.score == b.score && a.published == b.published })}
	same["gates"] = maps.Equal(gatesOf(&in.Base.Report), gatesOf(&in.Head.Report))
	same["recommendations"] = true
	for i := range in.Head.Content.Features {
		id := in.Head.Content.Features[i].ID
		same["recommendations"] = same["recommendations"] && verdictOf(&in.Base.Report, id) == verdictOf(&in.Head.Report, id)
	}
	for _, name := range []string{"ranks", "recommendations", "gates"} {
		if strings.Contains(still, name) && !same[name] {
			missing = append(missing, "that "+name+" move")
		}
	}
	return missing
}

// rebuilt returns where the head of a comparison is not what a rebuild from its files gives.
func rebuilt(t *testing.T, head *request, in *diff.Input) (wrong []string) {
	t.Helper()
	data, err := os.ReadFile(head.path(settings))
	if err != nil {
		t.Fatal(err)
	}
	c, problems := config.Parse(settings, data)
	read, more := content.Read(os.DirFS(head.path("site")))
	if len(problems)+len(more) > 0 {
		t.Fatal(problems, more)
	}
	m := head.measured
	m.AsOf = in.Head.Report.AsOf
	report := compute.Decide(c.Options(), read, m)
	if !maps.Equal(placesOf(&report.Plan), placesOf(&in.Head.Report.Plan)) || !maps.Equal(gatesOf(&report), gatesOf(&in.Head.Report)) ||
		!reflect.DeepEqual(report.Recommendations, in.Head.Report.Recommendations) {
		wrong = append(wrong, "the head is not what a rebuild gives")
	}
	return wrong
}
