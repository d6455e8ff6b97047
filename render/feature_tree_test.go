package render

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// treeCase is what is known about a feature: "" is unknown.
type treeCase struct {
	satisfied string // "yes" or "no"
	adoption  string // "high", "middle" or "low"
	effect    string // "improved", "none" or "worse"
	successor bool
	given     bool
}

func (c treeCase) name() string {
	return fmt.Sprintf("satisfied=%s adoption=%s effect=%s successor=%t given=%t", c.satisfied, c.adoption, c.effect, c.successor, c.given)
}

// recommend asks package decision about a feature with these facts.
func (c treeCase) recommend() decision.Recommendation {
	between := func(lo, v, hi float64) decision.Estimate {
		return decision.Estimate{Figure: metric.Figure{Value: &v, Lo: &lo, Hi: &hi}, N: 80}
	}
	in := decision.Input{
		Feature: "x", Title: "X", AsOf: exampleDay, Thresholds: decision.Defaults(),
		Available:    decision.Availability{At: exampleDay.AddDate(-1, 0, 0), By: decision.ByContent},
		Answers:      decision.Answers{Wave: "w", Sent: exampleDay.AddDate(0, -1, 0), Teams: 9},
		Satisfaction: map[string]decision.Estimate{"yes": between(0.7, 0.8, 0.9), "no": between(0.1, 0.2, 0.3), "": between(0.4, 0.6, 0.8)}[c.satisfied],
		Delivery: decision.Effect{
			Outcome: "dora.lead_time", Better: metric.Down, Comparators: 9, Change: between(-0.3, -0.1, 0.1),
			Verdict: map[string]string{"improved": decision.EffectImproved, "none": decision.EffectNone, "worse": decision.EffectWorse, "": decision.EffectInsufficient}[c.effect],
		},
	}
	if active, ok := map[string]int{"high": 50, "middle": 30, "low": 6}[c.adoption]; ok {
		in.Adoption = decision.Adoption{Known: true, Unit: "team", Active: active, Eligible: 60, Week: exampleDay}
	}
	if c.given {
		in.Adoption.Given = "default"
	}
	if c.successor {
		in.Successor, in.SuccessorTitle = "y", "Y"
	}
	return decision.Recommend(in)
}

// ways walks the tree as the documentation has it, for all that may be true, and
// returns how many of those worlds come to each place: "" is the first question,
// "yn" is what follows yes and then no.
func (c treeCase) ways() (visits map[string]int, worlds int) {
	any := func(known string, all ...string) []string {
		if known != "" {
			return []string{known}
		}
		return all
	}
	visits = map[string]int{}
	for _, satisfied := range any(c.satisfied, "yes", "no") {
		for _, adoption := range any(c.adoption, "high", "middle", "low") {
			for _, effect := range any(c.effect, "improved", "none", "worse") {
				worlds++
				failing := effect == "worse" || adoption == "low" && !c.given
				var answers []bool
				switch {
				case satisfied == "yes" && effect != "improved":
					answers = []bool{true, false}
				case satisfied == "yes" && c.given:
					answers = []bool{true, true}
				case satisfied == "yes":
					answers = []bool{true, true, adoption == "high"}
				case !failing:
					answers = []bool{false, false}
				default:
					answers = []bool{false, true, c.successor}
				}
				at := ""
				visits[at]++
				for _, yes := range answers {
					at += map[bool]string{true: "y", false: "n"}[yes]
					visits[at]++
				}
			}
		}
	}
	return visits, worlds
}

// check compares the drawn tree with all ways through it.
func (c treeCase) check(t *testing.T, s *site) {
	t.Helper()
	r := c.recommend()
	visits, worlds := c.ways()
	questions, ends, possible := 0, 0, map[string]bool{}
	var walk func(n *treeNode, at string)
	walk = func(n *treeNode, at string) {
		want := wayClass(visits[at] == worlds, visits[at] > 0)
		got := strings.Fields(n.Class)
		if got[0] != want {
			t.Errorf("%s: %q is drawn as %q, %d of %d ways come there", c.name(), n.Text, n.Class, visits[at], worlds)
		}
		if len(n.Nodes) == 0 {
			ends++
			if want != "un" {
				possible[strings.ToLower(n.Text)] = true
			}
			return
		}
		questions++
		stops := want == "on" && visits[at+"y"] < worlds && visits[at+"n"] < worlds
		if slices.Contains(got, "stop") != stops {
			t.Errorf("%s: %q stops: %t", c.name(), n.Text, stops)
		}
		if (n.Answer.Word != "") != (want != "un") {
			t.Errorf("%s: %q has the answer %q", c.name(), n.Text, n.Answer.Word)
		}
		if by := "by-" + wayClass(visits[at+"n"] == worlds, visits[at+"n"] > 0); !strings.HasSuffix(n.Nodes[0].Class, by) && !strings.Contains(n.Nodes[0].Class, by+" ") {
			t.Errorf("%s: the line past %q is %q, want %s", c.name(), n.Nodes[0].Text, n.Nodes[0].Class, by)
		}
		walk(n.Nodes[0], at+"y")
		walk(n.Nodes[1], at+"n")
	}
	walk(s.newTree(&r), "")
	wantQuestions, wantEnds := 5, 6
	if c.given {
		wantQuestions, wantEnds = 4, 5
	}
	if questions != wantQuestions || ends != wantEnds {
		t.Errorf("%s: %d questions and %d ends", c.name(), questions, ends)
	}
	for _, v := range r.Possible {
		if leaf := s.treeWords(&r).Leaf(v); !possible[strings.ToLower(leaf)] {
			t.Errorf("%s: %q is possible and not drawn so", c.name(), leaf)
		}
	}
	if len(possible) != len(r.Possible) {
		t.Errorf("%s: drawn as possible %v, want %v", c.name(), possible, r.Possible)
	}
}

func emptySite(t *testing.T) *site {
	t.Helper()
	s, err := newSite(options, compute.Report{}, fact.Content{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheTreeShowsEveryWay(t *testing.T) {
	s := emptySite(t)
	for _, satisfied := range []string{"yes", "no", ""} {
		for _, adoption := range []string{"high", "middle", "low", ""} {
			for _, effect := range []string{"improved", "none", "worse", ""} {
				for _, successor := range []bool{true, false} {
					for _, given := range []bool{true, false} {
						treeCase{satisfied, adoption, effect, successor, given}.check(t, s)
					}
				}
			}
		}
	}
}

// The cases of package decision are drawn with their verdicts.
func TestTheTreeOfEveryVector(t *testing.T) {
	raw, err := os.ReadFile("../compute/decision/testdata/decisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name     string
		Facts    map[string]string
		Possible []decision.Verdict
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	s := emptySite(t)
	for _, v := range cases {
		if v.Facts == nil {
			continue // it replays weeks
		}
		t.Run(v.Name, func(t *testing.T) {
			pick := func(yes, no, both, a, b string) string {
				switch {
				case a == "true":
					return yes
				case b == "true":
					return no
				case a == "false" && b == "false":
					return both
				}
				return ""
			}
			c := treeCase{
				satisfied: map[string]string{"true": "yes", "false": "no"}[v.Facts["satisfied"]],
				adoption:  pick("high", "low", "middle", v.Facts["adoption_high"], v.Facts["adoption_low"]),
				effect:    pick("improved", "worse", "none", v.Facts["dora_improved"], v.Facts["dora_worse"]),
				successor: v.Facts["successor"] == "true",
			}
			c.check(t, s)
			if v.Facts["successor"] == "unknown" { // a feature's file names one or none
				v.Possible = slices.DeleteFunc(v.Possible, func(l decision.Verdict) bool { return l == decision.Deprecate })
			}
			if r := c.recommend(); !slices.Equal(r.Possible, v.Possible) {
				t.Errorf("possible %q, want %q", r.Possible, v.Possible)
			}
		})
	}
}

// A certain recommendation is marked at its end; on a feature that people decided
// about, their decision is.
func TestTheEndOfTheTreeIsMarked(t *testing.T) {
	s := emptySite(t)
	tagOf := func(r *decision.Recommendation) (tags []string) {
		var walk func(n *treeNode)
		walk = func(n *treeNode) {
			if n.Tag != nil {
				tags = append(tags, n.Text+": "+n.Tag.Word+" ("+n.Tag.Class+")")
			}
			for _, b := range n.Nodes {
				walk(b)
			}
		}
		walk(s.newTree(r))
		return tags
	}
	sure := treeCase{satisfied: "yes", adoption: "high", effect: "improved"}.recommend()
	flat := treeCase{satisfied: "", adoption: "middle", effect: "none"}.recommend()
	open := treeCase{satisfied: "yes", adoption: "middle"}.recommend()
	accepted, rejected := sure, sure
	accepted.Decision = decision.Decided{State: decision.Accepted, On: exampleDay, Recommended: "make default"}
	rejected.Decision = decision.Decided{State: decision.Rejected, On: exampleDay, Recommended: "make default"}
	earlier := sure
	earlier.Decision = decision.Decided{State: decision.Accepted, On: exampleDay, Recommended: "deprecate"}
	day := "11\u00a0Nov\u00a02024"
	for name, c := range map[string]struct {
		r    decision.Recommendation
		want []string
	}{
		"recommended":             {sure, []string{"Make default for all new services: Recommended (rec)"}},
		"accepted":                {accepted, []string{"Make default for all new services: ✓ Decided " + day + " (ok)"}},
		"rejected":                {rejected, []string{"Make default for all new services: ✗ Rejected " + day + " (no)"}},
		"earlier":                 {earlier, []string{"Make default for all new services: Recommended (rec)", "Deprecate: Earlier: accepted (no)"}},
		"a question on every way": {flat, []string{"Investigate: Find out on every way (unknown)", "Investigate: Find out on every way (unknown)"}},
		"open":                    {open, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tagOf(&c.r); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
