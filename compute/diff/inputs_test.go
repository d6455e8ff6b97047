package diff_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
)

var inputEdits = flag.Int("inputs", 200, "how many random edits of files that only Measure reads are measured again")

// platform is a part of the example with a published site.
type platform struct {
	content fact.Content
	events  fact.Events
	options compute.Options
	asOf    time.Time
	past    compute.Past
	base    compute.Measured
}

// thePlatform is the example cut down to three groups and half a year, so that one measurement
// takes a fraction of a second.
var thePlatform = sync.OnceValues(func() (*platform, error) {
	c, problems := content.Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		return nil, problems[0]
	}
	c.Groups = slices.Clone(c.Groups[:3])
	c.Groups[1].Parent = c.Groups[0].ID
	c.Teams = slices.DeleteFunc(c.Teams, func(t fact.Team) bool {
		return !slices.ContainsFunc(c.Groups, func(g fact.Group) bool { return g.ID == t.Group }) || len(t.ID)%3 == 0
	})
	o := demo.ExampleOptions(c.Teams)
	o.Targets, o.From = nil, o.AsOf.AddDate(0, -4, 0)
	o.Level = demo.Level{PerDay: 0.7, Lead: 68, Fail: .1, Restore: 45}
	e, err := demo.GenerateEvents(o)
	if err != nil {
		return nil, err
	}
	p := &platform{content: c, events: e, options: compute.DefaultOptions(), asOf: o.AsOf}
	p.options.Platform = compute.Platform{Name: "Fawkes", Developers: 250}
	var last fact.Deployment // in the weeks that count
	for _, d := range e.Deployments {
		if d.Created.Before(o.AsOf.AddDate(0, 0, -21)) && strings.HasPrefix(d.Environment, "prod") {
			last = d
		}
	}
	failed := true
	p.content.Failures = []fact.FailureOverride{{Deployment: last.ID, Repository: last.Repository, Failed: &failed, Reason: "x"}}
	first, err := p.measure(p.content)
	if err != nil {
		return nil, err
	}
	p.past = compute.Past{Rows: first.History, Looks: first.Looks, Waves: &first.Waves, Seen: true}
	p.base, err = p.measure(p.content)
	return p, err
})

// measure measures a content as the next night would.
func (p *platform) measure(c fact.Content) (compute.Measured, error) {
	m, _, err := compute.Measure(p.options, c, p.readAgain(c), p.past, p.asOf)
	return m, err
}

// readAgain returns the events with the answers that the files of surveys ask for. Questions with
// another column have no answers.
func (p *platform) readAgain(c fact.Content) fact.Events {
	e := p.events
	e.Answers = nil
	for _, a := range p.events.Answers {
		k := slices.IndexFunc(c.Surveys, func(s fact.Survey) bool { return s.ID == a.Wave })
		was := slices.IndexFunc(p.content.Surveys, func(s fact.Survey) bool { return s.ID == a.Wave })
		if k < 0 || was < 0 {
			continue
		}
		now, old := &c.Surveys[k], &p.content.Surveys[was]
		if now.File != old.File {
			continue
		}
		if now.NPS != old.NPS {
			a.Score = nil
		}
		if now.Columns.Team != old.Columns.Team {
			a.Team = ""
		}
		a.Features = slices.DeleteFunc(slices.Clone(a.Features), func(f fact.FeatureAnswer) bool {
			return !slices.ContainsFunc(now.Features, func(q fact.FeatureQuestion) bool { return q.Feature == f.Feature })
		})
		e.Answers = append(e.Answers, a)
	}
	return e
}

// figures are the numbers of a measurement: value, interval, counts and state as text.
func figures(m *compute.Measured) map[string]string {
	out := map[string]string{}
	put := func(id string, s metric.Scope, v any) { out[id+" "+string(s.Kind)+" "+s.ID] = fmt.Sprintf("%v", v) }
	value := func(f metric.Figure) string {
		var b strings.Builder
		for _, v := range []*float64{f.Value, f.Lo, f.Hi} {
			if v != nil {
				fmt.Fprint(&b, *v)
			}
			b.WriteString(" ")
		}
		return b.String()
	}
	for i := range m.Sections {
		for k := range m.Sections[i].Metrics {
			x := &m.Sections[i].Metrics[k]
			put(x.ID, x.Scope, fmt.Sprint(value(x.Figure), x.N, x.State, x.Unit))
		}
	}
	for _, t := range m.Support.Themes {
		put("support.theme", metric.Scope{Kind: "theme", ID: t.ID}, fmt.Sprint(t.Share, t.N, t.Before))
	}
	if len(m.Support.Themes) > 0 {
		put("support.unthemed", metric.Scope{Kind: metric.Organisation}, m.Support.Unmatched)
	}
	for _, f := range m.Adoption.Features {
		for _, p := range f.Parts {
			put("adoption.part", metric.Scope{Kind: "part", ID: f.ID + "/" + p.ID}, p.Share)
		}
	}
	for _, e := range m.Effects {
		put("impact.effect", metric.Scope{Kind: metric.Feature, ID: e.Feature}, value(metric.Figure{Value: e.Change, Lo: e.Lo, Hi: e.Hi}))
	}
	return out
}

// compareInputs returns the changes of files that only Measure reads.
func (p *platform) compareInputs(c fact.Content) diff.Diff {
	report := compute.Report{Measured: p.base}
	return diff.Compare(diff.Input{
		Base: diff.Side{Report: report, Content: p.content, Options: p.options},
		Head: diff.Side{Report: report, Content: c, Options: p.options}, Root: "site",
	})
}

// TestEveryNumberHasAnInput: a number that nothing could move would be missing in every comment.
func TestEveryNumberHasAnInput(t *testing.T) {
	p, err := thePlatform()
	if err != nil {
		t.Fatal(err)
	}
	report := compute.Report{Measured: p.base}
	in := diff.Input{
		Base: diff.Side{Report: report, Content: p.content, Options: p.options},
		Head: diff.Side{Report: report, Options: p.options},
	}
	for _, table := range []string{"git", "tickets", "usage", "measures", "tasks"} {
		in.Head.Settings = append(in.Head.Settings, diff.ConfigKey{Key: table, Sum: "[]", File: "config.toml", Nightly: true})
	}
	told := numbersOf(diff.Compare(in))
	for key := range figures(&p.base) {
		if !told[key] {
			t.Errorf("no file moves %s", key)
		}
	}
}

// TestKeysOfInputs changes one key of the configuration after the other and measures again.
func TestKeysOfInputs(t *testing.T) {
	p, err := thePlatform()
	if err != nil {
		t.Fatal(err)
	}
	// The data decide how many teams have such deployments or changes: few here.
	few := map[string]bool{"deploy.collapse_minutes": true, "dora.max_commit_age_days": true}
	for key, change := range map[string]func(*compute.Options){
		"platform.developers":      func(o *compute.Options) { o.Platform.Developers = 150 },
		"dora.maturity_days":       func(o *compute.Options) { o.MaturityDays = 14 },
		"people.bots":              func(o *compute.Options) { o.Bots = []string{"a"} },
		"changes.long_lived":       func(o *compute.Options) { o.LongLived = "^main$" },
		"deploy.production":        func(o *compute.Options) { o.DORA.Production = "stag" },
		"deploy.collapse_minutes":  func(o *compute.Options) { o.DORA.CollapseMinutes = 400 },
		"deploy.group":             func(o *compute.Options) { o.DORA.Group = "commit" },
		"dora.max_commit_age_days": func(o *compute.Options) { o.DORA.MaxCommitAge = 1 },
		"dora.lead_start":          func(o *compute.Options) { o.DORA.LeadStart = "merged" },
		"dora.lead_statistic":      func(o *compute.Options) { o.DORA.LeadStatistic = "mean" },
		"dora.fail_rate":           func(o *compute.Options) { o.DORA.FailRateOf = "incidents" },
		"dora.tiers":               func(o *compute.Options) { o.DORA.Tiers = "none" },
		"dora.failure_evidence":    func(o *compute.Options) { o.DORA.Classes = []string{"rollback"} },
		"dora.window_hours":        func(o *compute.Options) { o.DORA.WindowHours = 1 },
		"dora.blame":               func(o *compute.Options) { o.DORA.Blame = "previous" },
		"dora.bots":                func(o *compute.Options) { o.DORA.Bots = "counted" },
		"dora.hotfix_title":        func(o *compute.Options) { o.DORA.HotfixTitle = "." },
		"dora.exclude_title":       func(o *compute.Options) { o.DORA.ExcludeTitle = "e" },
		"sesoi.nps_points":         func(o *compute.Options) { o.NPSPoints = 20 },
		"sesoi.default_percent":    func(o *compute.Options) { o.DORA.Sesoi.Ratio = 0.5 },
		"privacy.sole_author":      func(o *compute.Options) { o.ShowFew = true },
		"calendar": func(o *compute.Options) {
			o.Breaks = []metric.Break{{Title: "Freeze", Kind: "freeze", Window: metric.Window{From: p.base.Current.From, To: p.base.Current.To}}}
		},
	} {
		t.Run(key, func(t *testing.T) {
			q := *p
			change(&q.options)
			m, err := q.measure(p.content)
			if err != nil {
				t.Fatal(err)
			}
			report := compute.Report{Measured: p.base}
			d := diff.Compare(diff.Input{
				Base: diff.Side{Report: report, Content: p.content, Options: p.options},
				Head: diff.Side{
					Report: report, Content: p.content, Options: q.options,
					Settings: []diff.ConfigKey{{Key: key, Value: "set", Sum: "other", File: "config.toml", Nightly: true}},
				},
			})
			was, now := figures(&p.base), figures(&m)
			if named, moved := countMissed(t, key, d, was, now); moved > 0 && named > 3*moved && !few[key] {
				t.Errorf("%d numbers are named, and %d move", named, moved)
			}
		})
	}
}

// numbersOf returns the numbers that a diff names.
func numbersOf(d diff.Diff) map[string]bool {
	told := map[string]bool{}
	for i := range d.Changes {
		if in := d.Changes[i].Input; in != nil {
			for _, n := range in.Numbers {
				told[n.Metric+" "+string(n.Scope.Kind)+" "+n.Scope.ID] = true
			}
		}
	}
	return told
}

// check compares the numbers that a diff names with those that move, and returns their counts.
func (p *platform) check(t *testing.T, what string, c fact.Content) (named, moved int) {
	t.Helper()
	m, err := p.measure(c)
	if err != nil {
		return 0, 0 // such a content is refused at night
	}
	was, now := figures(&p.base), figures(&m)
	d := p.compareInputs(c)
	for i := range d.Changes {
		if in := d.Changes[i].Input; in != nil {
			for _, n := range in.Numbers {
				key := n.Metric + " " + string(n.Scope.Kind) + " " + n.Scope.ID
				v, ok := now[key]
				if n.Lost && ok && !strings.Contains(v, "n/a") && v != "   " {
					t.Errorf("%s: %s is called lost, and is %s", what, key, v)
				} else if n.After != nil && !beginsWith(v, *n.After) {
					t.Errorf("%s: %s becomes %v, and is %s", what, key, *n.After, v)
				}
			}
		}
	}
	return holdTogether(t, what, d, was, now)
}

// holdTogether requires that the numbers named contain those that move, and are at most three
// times as many. It returns both counts.
func holdTogether(t *testing.T, what string, d diff.Diff, was, now map[string]string) (named, moved int) {
	t.Helper()
	named, moved = countMissed(t, what, d, was, now)
	if moved > 0 && named > 3*moved {
		t.Errorf("%s: %d numbers are named, and %d move", what, named, moved)
	}
	return named, moved
}

// countMissed requires that the numbers named contain those that move.
func countMissed(t *testing.T, what string, d diff.Diff, was, now map[string]string) (named, moved int) {
	t.Helper()
	told := numbersOf(d)
	var missed []string
	for key, v := range now {
		if was[key] != v {
			moved++
			if !told[key] {
				missed = append(missed, fmt.Sprintf("%s (%s → %s)", key, was[key], v))
			}
		}
	}
	for key := range was {
		if _, ok := now[key]; !ok {
			moved++
			if !told[key] {
				missed = append(missed, key+" is gone")
			}
		}
	}
	slices.Sort(missed)
	if len(missed) > 0 {
		t.Errorf("%s: %d of %d numbers that move are not named: %s", what, len(missed), moved, strings.Join(missed[:min(4, len(missed))], "; "))
	}
	return len(told), moved
}

// beginsWith reports whether a text begins with a number, as it is published.
func beginsWith(text string, v float64) bool {
	first, _, _ := strings.Cut(text, " ")
	got, err := strconv.ParseFloat(first, 64)
	return err == nil && math.Abs(got-v) <= 1e-6*math.Max(1, math.Abs(v))
}

// leaf is one value of a content that a person may write, with the path of its fields.
type leaf struct {
	path  string
	value reflect.Value
}

// listLeaves lists the values of the parts of a content that Measure reads.
func listLeaves(c *fact.Content) []leaf {
	var out []leaf
	v := reflect.ValueOf(c).Elem()
	for _, name := range []string{"Groups", "Teams", "Measures", "Features", "Themes", "Failures", "Surveys"} {
		list := v.FieldByName(name)
		out = append(out, leaf{name, list})
		for i := range list.Len() {
			out = appendLeaves(out, fmt.Sprintf("%s.%d", name, i), list.Index(i))
		}
	}
	return out
}

func appendLeaves(out []leaf, path string, v reflect.Value) []leaf {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return append(out, leaf{path, v})
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Type == reflect.TypeFor[fact.Origin]() || f.Type == reflect.TypeFor[fact.Lines]() || f.Name == "Body" || f.Name == "BodyLine" {
				continue
			}
			if f.Anonymous {
				out = appendLeaves(out, path, v.Field(i))
				continue
			}
			out = appendLeaves(out, path+"."+f.Name, v.Field(i))
		}
		return out
	case reflect.Slice:
		out = append(out, leaf{path, v})
		for i := range v.Len() {
			out = appendLeaves(out, fmt.Sprintf("%s.%d", path, i), v.Index(i))
		}
		return out
	}
	return append(out, leaf{path, v})
}

// edit changes a value as a person might, and describes it; "" if it cannot be changed.
func edit(r *rand.Rand, l leaf) string {
	v := l.value
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			x = time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)
		}
		v.Set(reflect.ValueOf(x.AddDate(0, 0, []int{-60, -1, 7, 100}[r.IntN(4)])))
		return l.path + " is another day"
	}
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" && !strings.HasSuffix(l.path, "ID") && r.IntN(3) == 0 {
			v.SetString("")
			return l.path + " is removed"
		}
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + int64(1+r.IntN(40)))
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.Pointer:
		n := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			n.Elem().Set(v.Elem())
			edit(r, leaf{l.path, n.Elem()})
		}
		v.Set(n)
	case reflect.Slice:
		if v.Len() == 0 {
			return ""
		}
		i := r.IntN(v.Len())
		short := reflect.MakeSlice(v.Type(), 0, v.Len())
		for k := range v.Len() {
			if k != i {
				short = reflect.Append(short, v.Index(k))
			}
		}
		v.Set(short)
		return fmt.Sprintf("%s loses its entry %d", l.path, i)
	default:
		return ""
	}
	return l.path + " is another"
}

// clone returns a deep copy of the lists of a content.
func clone(c fact.Content) fact.Content {
	return deepCopy(reflect.ValueOf(c)).Interface().(fact.Content)
}

func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(deepCopy(v.Field(i)))
			}
		}
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(deepCopy(v.Index(i)))
		}
	}
	return out
}

func TestNumbersOfInputs(t *testing.T) {
	p, err := thePlatform()
	if err != nil {
		t.Fatal(err)
	}
	named, moved, still := 0, 0, 0
	for seed := range uint64(*inputEdits) {
		r := rand.New(rand.NewPCG(seed, 3))
		c := clone(p.content)
		leaves := listLeaves(&c)
		lists := []string{"Groups", "Teams", "Measures", "Features", "Themes", "Failures", "Surveys"}
		kind := lists[r.IntN(len(lists))]
		of := slices.DeleteFunc(leaves, func(l leaf) bool { return !strings.HasPrefix(l.path, kind) })
		what := edit(r, of[r.IntN(len(of))])
		if r.IntN(4) == 0 {
			what += ", " + edit(r, of[0])
		}
		if what == "" {
			continue
		}
		n, m := p.check(t, fmt.Sprintf("seed %d, %s", seed, what), c)
		if m == 0 && n > 0 {
			still++
			t.Logf("%s: %d named, none moves", what, n)
		}
		named, moved = named+n, moved+m
	}
	t.Logf("%d edits: %d numbers named, %d moved; %d edits moved nothing that was named", *inputEdits, named, moved, still)
}
