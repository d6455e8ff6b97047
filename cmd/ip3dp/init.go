package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/templates"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// initFlags are the flags of init. The first three answer its questions.
type initFlags struct {
	code       []string
	tokenEnv   string
	production string
	name       string
	ci         string
	yes, force bool
}

func (p *program) initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a configuration to start from",
		Long: `init writes config.toml, teams.toml and a few sample files into a folder, by
default this one. On a terminal it asks three questions; elsewhere, and with
--yes, it takes flags and what it finds. In a git clone "ip3dp build" then gives
a first site, without a token.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return p.init(c.Context(), dir, f)
		},
	}
	c.Flags().StringSliceVar(&f.code, "code", nil, "the `folders` of git clones (default: the clone around FOLDER)")
	c.Flags().StringVar(&f.tokenEnv, "token-env", "", "the `name` of the variable with a read token of the forge")
	c.Flags().StringVar(&f.production, "production", "", "the `name` of the production environment (default: production)")
	c.Flags().StringVar(&f.name, "name", "", "the platform's `name` (default: the repository's)")
	c.Flags().StringVar(&f.ci, "ci", "auto", "the `forge` to write nightly and preview jobs for: auto, github, "+
		"gitlab or none")
	c.Flags().BoolVarP(&f.yes, "yes", "y", false, "ask nothing")
	c.Flags().BoolVar(&f.force, "force", false, "overwrite files that exist")
	return c
}

// beginning is what init found and was told: the values of its templates.
type beginning struct {
	dir         string
	Content     string
	Name        string
	Forge       *forgeBeginning // nil without a token
	Production  string          // regular expression; "" for the default
	Environment string          // of the clones' deployments; "" for the default
	Clones      []config.Git
	FromForge   string // the forges that teams were proposed from
	FromOwners  string // the file that teams were proposed from
	Teams       []fact.Team
	Later       string // half a year from now: when a sample goal is due
}

func (p *program) init(ctx context.Context, dir string, f initFlags) error {
	file := filepath.Join(dir, "config.toml")
	kind := config.FindKind(f.ci)
	if _, err := os.Lstat(file); err == nil && !f.force {
		if kind != nil {
			return p.initJobs(ctx, dir, f.ci)
		}
		return exit.BadInput("edit it, write it anew with --force, or add only jobs with --ci github or --ci gitlab", "%s exists",
			file)
	}
	if kind == nil && f.ci != "auto" && f.ci != "none" {
		return exit.BadInput("write auto, github, gitlab or none", "--ci: %q is not known", f.ci)
	}
	if len(f.code) == 0 {
		if top := cloneAround(dir); top != "" {
			f.code = []string{top}
		}
	}
	if !f.yes && console.IsTerminal(p.stdin) && console.IsTerminal(p.stdout) {
		if err := p.ask(&f); err != nil {
			return err
		}
	}
	s, err := found(ctx, dir, f)
	if err != nil {
		return err
	}
	files, err := s.files(p)
	if err != nil {
		return err
	}
	jobs, err := ciFiles(ctx, dir, f.ci, s.Content)
	if err != nil {
		return err
	}
	files = append(files, jobs...)
	for _, file := range files {
		if err := p.put(file, f.force); err != nil {
			return err
		}
	}
	if err := p.ignore(dir); err != nil {
		return err
	}
	p.nextSteps(s, len(jobs) > 0)
	return nil
}

// cloneAround is the top folder of the clone that dir lies in, relative to dir;
// "" if it lies in none.
func cloneAround(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for rel := "."; ; rel = filepath.Join(rel, "..") {
		if _, err := os.Stat(filepath.Join(abs, rel, ".git")); err == nil {
			return filepath.ToSlash(rel)
		}
		if parent := filepath.Join(abs, rel); parent == filepath.Dir(parent) {
			return ""
		}
	}
}

// found settles what to write. Clones are read from where the user is, and
// written as seen from dir.
func found(ctx context.Context, dir string, f initFlags) (*beginning, error) {
	s := &beginning{dir: dir, Name: f.name}
	if f.tokenEnv != "" && !config.IsVariable(f.tokenEnv) {
		return nil, exit.BadInput("name the variable, such as GITHUB_TOKEN, never the token itself",
			"--token-env is not the name of an environment variable")
	}
	if f.production != "" && f.production != "production" {
		s.Production = "(?i)^" + regexp.QuoteMeta(f.production)
		s.Environment = f.production
	}
	for _, code := range f.code {
		name, err := git.Name(ctx, workspace.ResolvePath(dir, code))
		if err != nil {
			return nil, exit.BadInput("name the top folder of a git clone, or leave out --code", "%s: %w", code, err)
		}
		s.Clones = append(s.Clones, config.Git{Path: code, Repository: name})
		teams, file, err := proposeTeams(workspace.ResolvePath(dir, code), name)
		if err != nil {
			return nil, exit.Fail("", fmt.Errorf("owners: %w", err))
		}
		s.Teams = mergeTeams(s.Teams, teams)
		s.FromOwners = text.Join(", ", s.FromOwners, file)
	}
	if f.tokenEnv != "" && len(f.code) > 0 {
		kind, err := git.Forge(ctx, workspace.ResolvePath(dir, f.code[0]))
		if err != nil {
			return nil, exit.BadInput("", "%s: %w", f.code[0], err)
		}
		s.Forge = newForgeBeginning(kind, f.tokenEnv, s.Clones)
	}
	if s.Name == "" {
		s.Name = "Platform"
		if len(s.Clones) > 0 {
			s.Name = s.Clones[0].Repository[strings.LastIndexByte(s.Clones[0].Repository, '/')+1:]
		}
	}
	if len(s.Teams) == 0 && len(s.Clones) > 0 {
		s.Teams = []fact.Team{ownTeam(s.Clones)}
	}
	s.Content = contentFolder(dir)
	return s, nil
}

// forgeBeginning is the forge that a token is for.
type forgeBeginning struct {
	Table, Single, Whole string // keys of config.toml
	Repositories         []string
	TokenEnv             string
}

// newForgeBeginning is the forge that the clones come from; GitHub if their
// remotes do not tell.
func newForgeBeginning(kind, tokenEnv string, clones []config.Git) *forgeBeginning {
	k := cmp.Or(config.FindKind(kind), config.KindGitHub)
	f := &forgeBeginning{Table: k.Table, Single: k.Singles, Whole: k.Owners, TokenEnv: tokenEnv}
	for _, c := range clones {
		if !strings.Contains(c.Repository, "/") {
			return nil // without a remote nobody knows what to ask for
		}
		f.Repositories = append(f.Repositories, c.Repository)
	}
	return f
}

// ownTeam is the one team of clones that name no owners.
func ownTeam(clones []config.Git) fact.Team {
	t := fact.Team{ID: "platform"}
	for _, c := range clones {
		t.Owns = append(t.Owns, fact.Ownership{Repository: c.Repository})
	}
	return t
}

// contentFolder is where content goes: where a configuration that is written anew
// had it, else here, unless entries of those names are here already. A code
// repository's own pages/ or features/ would be read as ours.
func contentFolder(dir string) string {
	if data, err := workspace.ReadSmall(filepath.Join(dir, "config.toml")); err == nil {
		if c, problems := config.Parse("config.toml", data); len(problems) == 0 {
			return c.Content
		}
	}
	names := append([]string{"teams.toml", "measures.toml", "goals.toml"}, workspace.ContentFolders[1:]...)
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return "ip3dp"
		}
	}
	return "."
}

// newFile is a file to write.
type newFile struct {
	path string
	text []byte
}

// files are what init writes. Samples are drafts, which are counted nowhere.
func (s *beginning) files(p *program) ([]newFile, error) {
	var files []newFile
	s.Later = p.clock().UTC().AddDate(0, 6, 0).Format(time.DateOnly)
	for _, f := range []struct{ path, template string }{
		{"config.toml", "config.toml.tmpl"},
		{filepath.Join(s.Content, "teams.toml"), "teams.toml.tmpl"},
		{filepath.Join(s.Content, "goals.toml"), "goals.toml.tmpl"},
	} {
		text, err := scaffold(f.template, s)
		if err != nil {
			return nil, err
		}
		files = append(files, newFile{filepath.Join(s.dir, f.path), text})
	}
	samples, err := fs.Sub(templates.Scaffold, "new")
	if err != nil {
		return nil, exit.Fail("", err)
	}
	for _, kind := range []string{"feature", "initiative", "conversation"} {
		name, text, err := content.New(samples, kind, "sample-"+kind, p.clock().UTC())
		if err != nil {
			return nil, exit.Fail("", err)
		}
		files = append(files, newFile{filepath.Join(s.dir, s.Content, filepath.FromSlash(name)), text})
	}
	return files, nil
}

// put writes one file unless there is one already.
func (p *program) put(f newFile, force bool) error {
	if _, err := os.Lstat(f.path); err == nil && !force {
		p.out.Printf("kept: %s", f.path)
		return nil
	}
	err := publish.ReplaceFile(f.path, func(w io.Writer) error { _, err := w.Write(f.text); return err })
	if err != nil {
		return exit.Fail("make the folder writable", fmt.Errorf("init: %w", err))
	}
	p.out.Printf("written: %s", f.path)
	return nil
}

// ignored are the lines of .gitignore that keep what builds write out of git.
var ignored = []string{"/public/", "/public.ip3dp-*/", "/.ip3dp/"}

// ignore adds to .gitignore what it lacks; it never removes a line.
func (p *program) ignore(dir string) error {
	name := filepath.Join(dir, ".gitignore")
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return exit.Fail("", fmt.Errorf("init: %w", err))
	}
	have := strings.Fields(string(text))
	var add bytes.Buffer
	for _, line := range ignored {
		if !slices.Contains(have, line) {
			add.WriteString(line + "\n")
		}
	}
	if add.Len() == 0 {
		return nil
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	err = publish.ReplaceFile(name, func(w io.Writer) error { _, err := w.Write(append(text, add.Bytes()...)); return err })
	if err != nil {
		return exit.Fail("", fmt.Errorf("init: %w", err))
	}
	p.out.Printf("written: %s", name)
	return nil
}

func (p *program) nextSteps(s *beginning, jobs bool) {
	config := ""
	if s.dir != "." {
		config = " --config " + filepath.Join(s.dir, "config.toml")
	}
	p.out.Printf("next:")
	if len(s.Clones) == 0 {
		p.out.Printf("  no git clone found: add a [[git]], [[github]], [[gitlab]] or [[events]] table to config.toml")
	}
	if s.Forge != nil {
		p.out.Printf("  ip3dp doctor%s   what the token can see, and what reading the forge will cost", config)
		p.out.Printf("  ip3dp run%s      read the forge, then build the site, in public/", config)
	} else {
		p.out.Printf("  ip3dp build%s    the site, in public/", config)
	}
	p.out.Printf("  ip3dp serve%s    the same, rebuilt and reloaded on every edit", config)
	if jobs {
		p.out.Printf("  commit and push, and the jobs written above publish it every night: see docs/github-actions.md " +
			"or docs/gitlab-ci.md")
	}
	p.out.Printf("  teams.toml says who owns what; the samples are drafts until you remove \"draft = true\"")
}
