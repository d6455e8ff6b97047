package importer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/templates"
)

// Request is one call of the import.
type Request struct {
	File    string // the export, as seen from the working directory
	Name    string // of the source or wave; "": proposed
	Place   string // where the file is at night; "": asked, else Folder
	Answers map[string]string
	Print   bool // write nothing
	Ignore  bool // add the file to .gitignore if git would commit it
	JSON    bool // print the proposal as JSON
	// Ask reads the answers of a person; nil: nothing is asked.
	Ask *bufio.Reader
}

// importing is one import.
type importing struct {
	Request
	w   *workspace.Workspace
	out *console.Console

	in       *tabular.Inspection
	proposal *Proposal
	target   Target
	rel      string // the file as seen from the folder of the configuration
}

// Inspect reads a file for an import. It refuses everything that is not a regular file.
func Inspect(file string) (*tabular.Inspection, error) {
	r, err := rooted.OpenRegular(file)
	if err != nil {
		return nil, exit.BadInput("name an export", "import: %w", err)
	}
	defer r.Close() // read only
	in, err := tabular.Inspect(r, workspace.DisplayPath(file), tabular.Options{})
	if err != nil {
		return nil, exit.BadInput("", "import: %w", err)
	}
	return in, nil
}

// Import proposes the configuration of a file, asks about what is open, and writes it.
func Import(ctx context.Context, w *workspace.Workspace, out *console.Console, r Request) error {
	i := &importing{Request: r, w: w, out: out}
	if i.Answers == nil {
		i.Answers = map[string]string{}
	}
	if err := w.Check(); err != nil {
		return err
	}
	if r.Place != "" && !slices.Contains(Places(), r.Place) {
		return exit.BadInput("write one of "+strings.Join(Places(), ", "), "--night: %q is not a place", r.Place)
	}
	var err error
	if i.in, err = Inspect(r.File); err != nil {
		return err
	}
	if i.rel, err = relate(w.Root, r.File); err != nil {
		return exit.BadInput("", "import: %w", err)
	}
	if err := i.propose(); err != nil {
		return err
	}
	if r.JSON {
		return i.printJSON()
	}
	return i.finish(ctx)
}

// relate returns a file as seen from a folder, with slashes.
func relate(root, file string) (string, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	if root, err = filepath.Abs(root); err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, absolute)
	if err != nil {
		return filepath.ToSlash(absolute), nil // on another drive
	}
	return filepath.ToSlash(rel), nil
}

// propose makes the proposal and prints it. With somebody to ask, it asks first what each row is,
// and prints before the other questions.
func (i *importing) propose() error {
	known, err := listKnown()
	if err != nil {
		return exit.Fail("", err)
	}
	words, err := survey.ReadWords()
	if err != nil {
		return exit.Fail("", err)
	}
	input := Input{File: i.in, Words: words, Content: &i.w.Content, Known: known, Zone: i.findZone(), Answers: maps.Clone(i.Answers)}
	if i.proposal, err = Propose(input); err != nil {
		return exit.BadInput("", "import: %w", err)
	}
	if i.JSON {
		return nil
	}
	i.proposal.Show(i.out, i.in, workspace.DisplayPath(i.File))
	if i.Ask == nil || len(i.proposal.Open) == 0 {
		return nil
	}
	i.out.Printf("questions (enter takes the answer in brackets):")
	if i.proposal, err = Ask(i.out, i.Ask, input); err != nil {
		return err
	}
	return nil
}

// findZone returns the zone of another source, as a suggestion.
func (i *importing) findZone() string {
	for _, e := range i.w.Config.Events {
		if e.Timezone != "" {
			return e.Timezone
		}
	}
	for _, x := range i.w.Config.Exports() {
		if x.Timezone != "" {
			return x.Timezone
		}
	}
	for n := range i.w.Content.Surveys {
		if zone := i.w.Content.Surveys[n].Timezone; zone != "" {
			return zone
		}
	}
	return ""
}

// listKnown returns the questions of the surveys that ip3dp new writes.
func listKnown() ([]fact.SurveyItem, error) {
	samples, err := fs.Sub(templates.Scaffold, "new")
	if err != nil {
		return nil, err
	}
	var list []fact.SurveyItem
	for _, kind := range content.ListKinds() {
		if !strings.HasPrefix(kind, "survey") {
			continue
		}
		name, data, err := content.NewFile(samples, kind, "sample", time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return nil, err
		}
		var s fact.Survey
		if _, problems := content.Decode(name, data, &s); len(problems) > 0 {
			return nil, fmt.Errorf("%s: %w", kind, problems[0])
		}
		list = append(list, s.Items...)
	}
	return list, nil
}

// finish writes a proposal without open questions, after a trial.
func (i *importing) finish(ctx context.Context) error {
	p := i.proposal
	p.ShowOpen(i.out)
	if p.IsBlocked() {
		return exit.BadInput("answer them on a terminal, or with --answer KEY=VALUE; nothing was written",
			"import: required questions are open")
	}
	if strings.ContainsAny(i.rel, "*?[\\") {
		return exit.BadInput("rename it", "import: the file's name has a character of patterns")
	}
	if err := i.checkGit(ctx); err != nil {
		return err
	}
	if err := i.choosePlace(); err != nil {
		return err
	}
	if err := i.setTarget(); err != nil {
		return err
	}
	written, err := i.tryOut(ctx)
	if err != nil {
		return err
	}
	for _, f := range written {
		i.out.Printf("%s:", workspace.DisplayPath(f.path))
		ShowBlock(i.out, f.shown)
	}
	i.out.Printf("at night:")
	for _, line := range DescribePlace(i.Place, i.rel, i.isGitLab()) {
		i.out.Printf("  %s", line)
	}
	if i.Print {
		i.out.Printf("nothing was written")
		return nil
	}
	for _, f := range written {
		err := publish.ReplaceFile(f.path, func(w io.Writer) error { _, err := w.Write([]byte(f.text)); return err })
		if err != nil {
			return exit.Fail("make the folder writable", fmt.Errorf("import: %w", err))
		}
		i.out.Printf("written: %s", workspace.DisplayPath(f.path))
	}
	i.out.Printf("next: ip3dp check && ip3dp build")
	return nil
}

// isGitLab reports whether the nightly job is one of GitLab.
func (i *importing) isGitLab() bool {
	_, err := os.Stat(filepath.Join(i.w.Tree.Top(), ".gitlab-ci.yml"))
	return err == nil
}

// choosePlace asks where the file will be at night.
func (i *importing) choosePlace() error {
	if i.Place == "" && i.Ask != nil {
		q := Question{
			Key: "night", Text: "Where will the file be at night?",
			Choices: Places(), Suggest: Folder,
		}
		answer, err := askOne(i.out, i.Ask, &q)
		if err != nil {
			return err
		}
		i.Place = answer
	}
	if i.Place == "" || !slices.Contains(Places(), i.Place) {
		i.Place = Folder
	}
	return nil
}

// checkGit refuses a file about people that git would commit.
func (i *importing) checkGit(ctx context.Context) error {
	personal := slices.ContainsFunc(i.in.Columns, func(c tabular.Column) bool { return c.Personal })
	top, inTree := i.w.Tree.Rel(i.File)
	if !i.w.Tree.Clone || !inTree || !i.proposal.IsPersonal(personal) {
		return nil
	}
	commits, err := git.WouldCommit(ctx, i.w.Tree.Top(), top)
	if err != nil {
		return exit.Fail("", fmt.Errorf("import: does git ignore the file? %w", err))
	}
	if !commits {
		return nil
	}
	line := IgnoreLine(top)
	if !i.Ignore {
		return exit.BadInput("add the line "+line+" to .gitignore (--ignore does), or keep the file outside the repository",
			"import: git would commit %s, which is about people", workspace.DisplayPath(i.File))
	}
	name := filepath.Join(i.w.Tree.Top(), ".gitignore")
	if i.Print {
		i.out.Printf("would add to %s: %s", workspace.DisplayPath(name), line)
		return nil
	}
	return i.addIgnored(ctx, name, line, top)
}

// addIgnored adds a line to .gitignore, and verifies that git ignores the file then.
func (i *importing) addIgnored(ctx context.Context, name, line, top string) error {
	former, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return exit.Fail("", fmt.Errorf("import: %w", err))
	}
	if len(former) > 0 && !strings.HasSuffix(string(former), "\n") {
		former = append(former, '\n')
	}
	err = publish.ReplaceFile(name, func(w io.Writer) error { _, err := w.Write(append(former, line+"\n"...)); return err })
	if err != nil {
		return exit.Fail("make the folder writable", fmt.Errorf("import: %w", err))
	}
	i.out.Printf("written: %s", workspace.DisplayPath(name))
	if commits, err := git.WouldCommit(ctx, i.w.Tree.Top(), top); err != nil || commits {
		return exit.BadInput("remove it from git: git rm --cached", "import: git has %s already", workspace.DisplayPath(i.File))
	}
	return nil
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// setTarget names the source or wave and its file.
func (i *importing) setTarget() error {
	base := strings.TrimSuffix(path.Base(i.rel), ".gz")
	slug := strings.Trim(notID.ReplaceAllString(strings.ToLower(strings.TrimSuffix(base, path.Ext(base))), "-"), "-")
	if i.proposal.Kind != Survey {
		i.target = Target{Name: cmpOr(i.Name, cmpOr(slug, table(i.proposal.Kind))), File: i.rel}
		return nil
	}
	id := cmpOr(i.Name, cmpOr(slug, "survey"))
	i.target = Target{Name: id, File: i.rel, Title: strings.ToUpper(id[:1]) + strings.ReplaceAll(id[1:], "-", " ")}
	return i.placeSurvey()
}

// placeSurvey finds the file's name in the folder of exports of surveys, or the folder to declare.
func (i *importing) placeSurvey() error {
	folder := surveyFolder(i.w)
	rel, err := relate(folder, i.File)
	if err == nil && fs.ValidPath(rel) {
		i.target.File = rel
		return nil
	}
	if i.w.Config.Surveys.Folder != "" || len(i.w.Content.Surveys) > 0 {
		return exit.BadInput("move the file there, or change [surveys] folder in "+i.w.File,
			"import: the exports of surveys are in %s, and %s is not", workspace.DisplayPath(folder), workspace.DisplayPath(i.File))
	}
	i.target.Surveys, i.target.File = path.Dir(i.rel), path.Base(i.rel)
	return nil
}

// file is a file to write: its whole text, and the part to show.
type file struct{ path, text, shown string }

// tryOut reads the export as a build would with the proposal, prints the counts of its rows, and
// returns the files to write. Whatever a build would refuse is refused here.
func (i *importing) tryOut(ctx context.Context) ([]file, error) {
	block := ""
	if i.proposal.Kind == Survey {
		if i.target.Surveys != "" {
			block = fmt.Sprintf("[surveys]\nfolder = %s # exports of surveys, outside of git\n", config.Quote(i.target.Surveys))
		}
	} else {
		block = i.proposal.FormatTable(i.in, i.target)
	}
	text := string(i.w.Data)
	if block != "" {
		text = strings.TrimRight(text, "\n") + "\n\n" + block
		if text == "\n\n"+block {
			text = block
		}
	}
	setup := i.w.Setup()
	parsed, problems := config.Parse(filepath.ToSlash(i.w.File), []byte(text))
	if len(problems) > 0 {
		return nil, exit.BadInput("choose another name with --name, or correct "+i.w.File, "import: %w", problems[0])
	}
	setup.Config = &parsed
	name := i.target.Name
	wave := ""
	if i.proposal.Kind == Survey {
		wave = filepath.Join(i.w.ContentRoot(), "surveys", i.target.Name+".toml")
		if _, err := os.Lstat(wave); err == nil {
			return nil, exit.BadInput("edit it, or choose another name with --name", "import: %s exists", workspace.DisplayPath(wave))
		}
		s := i.proposal.newSurvey(i.target)
		changed := i.w.Content
		changed.Surveys = append(slices.Clone(changed.Surveys), s)
		setup.Content, name = &changed, "survey "+s.ID
	}
	im, err := i.readAsBuild(ctx, setup, name)
	if err != nil {
		return nil, err
	}
	var files []file
	if block != "" {
		files = append(files, file{i.w.File, text, block})
	}
	if wave != "" {
		i.target.First, i.target.Last = im.First, im.Last
		waveText := i.proposal.FormatWave(i.in, i.target)
		files = append(files, file{wave, waveText, waveText})
	}
	return files, nil
}

// readAsBuild reads one source of a configuration.
func (i *importing) readAsBuild(ctx context.Context, setup *sources.Setup, name string) (*fact.Import, error) {
	list, err := sources.List(setup)
	if err != nil {
		return nil, err
	}
	for _, src := range list {
		if src.Name() != name {
			continue
		}
		e, err := src.Collect(ctx, setup.Window(setup.Config.History.Days))
		if err != nil {
			return nil, exit.BadInput("correct the file, or answer otherwise; nothing was written", "import: %w", err)
		}
		im := &e.Imports[0]
		i.out.Printf("a build reads %s", sources.Reconcile(im))
		for _, note := range im.Notes {
			i.out.Printf("  %s", note)
		}
		if im.Used == 0 {
			return nil, exit.BadInput("answer otherwise, or see the reasons above; nothing was written", "import: no row would be counted")
		}
		return im, nil
	}
	return nil, exit.Fail("", fmt.Errorf("import: no source %q in the changed configuration", name))
}
