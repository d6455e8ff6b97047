package config

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	_ "time/tzdata" // zones by name, also where the system has no list of them

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/compute"
)

// removedKeys maps the beginning of the message about an unknown key to the message about a
// key of earlier versions, and to the next step.
var removedKeys = map[string][2]string{
	`unknown key "graphql" in github`: {"github.graphql no longer exists", "remove it: GitHub is always read by GraphQL"},
	`unknown key "freeze"`: {
		"[[freeze]] is now [[calendar]]",
		`write [[calendar]] with kind = "freeze" or "holiday"; until is now the last day, one day earlier than before`,
	},
}

// Parse reads config.toml and reports every problem in it. Keys without a problem are set
// even then, so that content can be checked in the same run.
func Parse(name string, data []byte) (Config, []content.Problem) {
	c := Default()
	lines, problems := content.Decode(name, data, &c)
	for i := range problems {
		for unknown, removed := range removedKeys {
			if strings.HasPrefix(problems[i].Text, unknown) {
				problems[i].Text, problems[i].Next = removed[0], removed[1]
				if problems[i].Line == 0 { // a list of tables has a line for each of them
					key, _, _ := strings.Cut(strings.TrimPrefix(unknown, `unknown key "`), `"`)
					problems[i].Line = lines.At(key + ".0")
				}
			}
		}
	}
	k := checker{file: name, lines: lines, config: &c}
	k.setDefaults()
	k.nameSources()
	for at := range keysOf(&c) {
		k.check(at)
	}
	k.checkCalendar()
	k.checkThresholds()
	for _, f := range c.Forges() {
		k.checkForgeTable(&f)
	}
	for i := range c.Git {
		k.checkGit(i)
	}
	for i := range c.Events {
		k.checkEvents(i)
	}
	for _, x := range c.Exports() {
		k.checkFiles(x.key, x.FileKeys)
	}
	for i := range c.SQL {
		k.checkSQL(i)
	}
	problems = withoutEchoes(problems, k.problems)
	slices.SortStableFunc(problems, func(a, b content.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return c, problems
}

// withoutEchoes adds problems of meaning to those of form, but not on the same line: a value
// that could not be read is not also missing.
func withoutEchoes(form, meaning []content.Problem) []content.Problem {
	all := slices.Clone(form)
	for _, p := range meaning {
		if !slices.ContainsFunc(form, func(f content.Problem) bool { return f.Line == p.Line }) {
			all = append(all, p)
		}
	}
	return all
}

// checker finds values that are well-formed but cannot be used.
type checker struct {
	file     string
	lines    fact.Lines
	config   *Config
	problems []content.Problem
}

func (k *checker) problem(key, text, next string) {
	k.problems = append(k.problems, content.Problem{File: k.file, Line: k.lines.At(key), Text: text, Next: next})
}

// setDefaults fills the keys of forges that the file does not contain: tables of a list do
// not exist before it is read.
func (k *checker) setDefaults() {
	o := compute.DefaultOptions()
	for at := range keysOf(k.config) {
		if _, written := k.lines[at.path]; !written && at.value.IsZero() {
			at.setDefault(&o)
		}
	}
	for _, f := range k.config.Forges() {
		if _, written := k.lines[f.key+".token_env"]; !written {
			f.TokenEnv = f.Kind.TokenEnv
		}
	}
}

// nameSources gives every source without a name a default. Names are shown on the
// data-quality page, so no two may be alike.
func (k *checker) nameSources() {
	seen := map[string]string{}
	setName := func(key string, name *string, byDefault string) {
		*name = cmp.Or(*name, byDefault)
		if other, taken := seen[*name]; taken {
			k.problem(key, fmt.Sprintf("two sources are named %q, the other on line %d", *name, k.lines.At(other)),
				"give one of them another name")
		}
		seen[*name] = key
	}
	for _, f := range k.config.Forges() {
		// From the second on with a number: another forge does not rename the first.
		name := f.Kind.Table
		if f.index > 0 {
			name = fmt.Sprintf("%s-%d", name, f.index+1)
		}
		setName(f.key, &f.Name, name)
	}
	for i := range k.config.Git {
		g := &k.config.Git[i]
		name := "git"
		if base := path.Base(path.Clean("/" + g.Path)); len(k.config.Git) > 1 && base != "/" {
			name = base
		}
		setName(fmt.Sprintf("git.%d", i), &g.Name, name)
	}
	for i := range k.config.Events {
		e := &k.config.Events[i]
		setName(fmt.Sprintf("events.%d", i), &e.Name, e.Kind)
	}
	for _, x := range k.config.Exports() {
		setName(x.key, &x.Name, x.Table)
	}
	for i := range k.config.SQL {
		setName(fmt.Sprintf("sql.%d", i), &k.config.SQL[i].Name, k.config.SQL[i].Kind)
	}
}

// longestBreak is the largest number of days of an entry of the calendar.
const longestBreak = 366

func (k *checker) checkCalendar() {
	for i, b := range k.config.Calendar {
		key := fmt.Sprintf("calendar.%d", i)
		switch {
		case b.From.IsZero():
			k.problem(key+".from", key+".from is missing", "write its first day, such as 2024-12-23")
		case b.Until.IsZero():
			k.problem(key+".until", key+".until is missing", "write its last day, such as 2025-01-05")
		case b.Until.Before(b.From):
			k.problem(key+".until", "until is before from", "it is the last day")
		case b.Until.Sub(b.From).Hours() >= 24*longestBreak:
			k.problem(key+".until", "the entry is longer than a year", "windows would have no weeks left: check the year")
		}
	}
}

func (k *checker) checkThresholds() {
	d := k.config.Decision
	switch {
	case d.AdoptionLow > d.AdoptionHigh:
		k.problem("decision.adoption_low", "decision.adoption_low is above decision.adoption_high", "")
	case d.AdoptionLeave > d.AdoptionHigh:
		k.problem("decision.adoption_leave", "decision.adoption_leave is above decision.adoption_high", "")
	case d.AdoptionLeave < d.AdoptionLow:
		k.problem("decision.adoption_leave", "decision.adoption_leave is below decision.adoption_low", "")
	}
}

// checkForgeTable reports keys of a forge that do not fit each other.
func (k *checker) checkForgeTable(f *Forge) {
	for i, word := range f.Deployments {
		if !slices.Contains(f.Kind.Deployments, word) {
			k.problem(fmt.Sprintf("%s.deployments.%d", f.key, i), fmt.Sprintf("%s.deployments: unknown source %q", f.key, word),
				"use "+strings.Join(f.Kind.Deployments, ", "))
		}
	}
	// Without owners or repositories a token would decide which are read, and another token
	// would change every number.
	if owners, singles := f.owners(); len(owners) == 0 && len(singles) == 0 {
		k.problem(f.key, fmt.Sprintf("%s names neither %s nor %s", f.key, f.Kind.Owners, f.Kind.Singles),
			fmt.Sprintf(`add %s = ["acme"], or %s = ["acme/checkout"]`, f.Kind.Owners, f.Kind.Singles))
	}
	word, n, example := f.rules()
	asked := slices.Contains(f.Deployments, word)
	switch {
	case n > 0 && !asked:
		k.problem(f.key+"."+word, fmt.Sprintf("%s.%s has rules, but deployments does not ask for %s", f.key, word, word),
			fmt.Sprintf("add %q to deployments", word))
	case n == 0 && asked:
		k.problem(f.key+".deployments", fmt.Sprintf("%s.deployments asks for %s, but has no rule for it", f.key, word),
			"add "+example+"; ip3dp doctor lists those that look like deployments")
	}
	if f.GitHub != nil {
		k.checkApp(f.key, f.GitHub)
	}
}

// checkApp checks the credentials of a GitHub App: all of them or none.
func (k *checker) checkApp(key string, g *GitHub) {
	switch {
	case g.AppIDEnv == "" && g.AppKeyEnv == "":
		if g.Installation != 0 {
			k.problem(key+".installation", key+".installation belongs to an App, which is not named",
				"set app_id_env and app_key_env, too")
		}
		return
	case g.AppIDEnv == "":
		k.problem(key+".app_id_env", key+".app_id_env is missing", "an App needs its ID and its key")
	case g.AppKeyEnv == "":
		k.problem(key+".app_key_env", key+".app_key_env is missing", "an App needs its ID and its key")
	}
	if g.Installation < 0 {
		k.problem(key+".installation", key+".installation is not a number of an installation",
			"it is the last part of the installation's address; leave it out to have it found")
	}
}

func (k *checker) checkGit(i int) {
	g := k.config.Git[i]
	if g.Path == "" {
		return
	}
	if err := g.Options(g.Path, false).Validate(); err != nil {
		for text := range strings.SplitSeq(err.Error(), "\n") {
			field, _, _ := strings.Cut(text, " ")
			k.problem(fmt.Sprintf("git.%d.%s", i, strings.TrimSuffix(field, ":")), text, "")
		}
	}
}

func (k *checker) checkEvents(i int) {
	e := k.config.Events[i]
	key := fmt.Sprintf("events.%d", i)
	k.checkFiles(key, &e.FileKeys)
	if !e.CoversFrom.IsZero() && !e.CoversTo.IsZero() && !e.CoversFrom.Before(e.CoversTo) {
		k.problem(key+".covers_to", "covers_to is not after covers_from", "")
	}
	if e.Kind == "" {
		return
	}
	o, _ := e.Options()
	if _, err := events.New(e.Name, events.Kind(e.Kind), tabular.File{}, o); err != nil {
		_, text, _ := strings.Cut(err.Error(), ": ")
		k.problem(key+".kind", text, "")
	}
}

// checkFiles checks the dialect of export files.
func (k *checker) checkFiles(key string, f *FileKeys) {
	_, errs := f.Tabular()
	for _, err := range errs {
		k.problem(key+"."+err.Key, err.Text, err.Next)
	}
}
