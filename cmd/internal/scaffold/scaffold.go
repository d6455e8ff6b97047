package scaffold

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
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/templates"
)

// Answers are the answers to the questions of init.
type Answers struct {
	Code       []string // folders of clones
	TokenEnv   string   // variable with the token of a forge
	Production string   // name of the environment
	Name       string   // of the platform
}

// Start has the findings and answers of init: the values of its templates.
type Start struct {
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
	Audience    string // of the site, and the reason for it
	AudienceWhy string
	Later       string // half a year from now: when a sample goal is due
}

// FindClone returns the top folder of the clone around dir, relative to dir; "" without a
// clone.
func FindClone(dir string) string {
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

// Find settles what to write. Clones are read from where the user is, and
// written as seen from dir.
func Find(ctx context.Context, dir string, f Answers) (*Start, error) {
	s := &Start{dir: dir, Name: f.Name}
	if f.TokenEnv != "" && !config.IsVariable(f.TokenEnv) {
		return nil, exit.BadInput("name the variable, such as GITHUB_TOKEN, never the token itself",
			"--token-env is not the name of an environment variable")
	}
	if f.Production != "" && f.Production != "production" {
		s.Production = "(?i)^" + regexp.QuoteMeta(f.Production)
		s.Environment = f.Production
	}
	for _, code := range f.Code {
		name, err := git.RepositoryName(ctx, config.Resolve(dir, code))
		if err != nil {
			return nil, exit.BadInput("name the top folder of a git clone, or leave out --code", "%s: %w", code, err)
		}
		s.Clones = append(s.Clones, config.Git{Path: code, Repository: name})
		teams, file, err := proposeTeams(config.Resolve(dir, code), name)
		if err != nil {
			return nil, exit.Fail("", fmt.Errorf("owners: %w", err))
		}
		s.Teams = mergeTeams(s.Teams, teams)
		s.FromOwners = text.Join(", ", s.FromOwners, file)
	}
	if f.TokenEnv != "" && len(f.Code) > 0 {
		remote, err := git.FindRemote(ctx, config.Resolve(dir, f.Code[0]))
		if err != nil {
			return nil, exit.BadInput("", "%s: %w", f.Code[0], err)
		}
		s.Forge = newForgeBeginning(remote, f.TokenEnv, s.Clones)
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
	s.Content = FindContentFolder(dir)
	return s, nil
}

// forgeBeginning is the forge that a token is for.
type forgeBeginning struct {
	Table, Single, Whole string // keys of config.toml
	BaseURL              string // of a forge that an organisation runs itself; else ""
	Repositories         []string
	TokenEnv             string
}

// newForgeBeginning returns the forge of the clones; GitHub if their remotes do not name one.
func newForgeBeginning(remote git.Remote, tokenEnv string, clones []config.Git) *forgeBeginning {
	k := cmp.Or(config.FindKind(remote.Kind), config.KindGitHub)
	f := &forgeBeginning{Table: k.Table, Single: k.Singles, Whole: k.Owners, TokenEnv: tokenEnv}
	if remote.Kind == k.Table && remote.Host != k.Host {
		f.BaseURL = "https://" + remote.Host + "/" // a token is sent by https only
	}
	for _, c := range clones {
		if !strings.Contains(c.Repository, "/") {
			return nil // a clone without a remote names no repository
		}
		f.Repositories = append(f.Repositories, c.Repository)
	}
	return f
}

// ownTeam returns the one team of clones without owners.
func ownTeam(clones []config.Git) fact.Team {
	t := fact.Team{ID: "platform"}
	for _, c := range clones {
		t.Owns = append(t.Owns, fact.Ownership{Repository: c.Repository})
	}
	return t
}

// FindContentFolder returns the folder for content: that of a present configuration, else this
// folder, unless it has entries of those names. A code repository's own pages/ or features/
// would be read as ours.
func FindContentFolder(dir string) string {
	if data, err := workspace.ReadSmall(filepath.Join(dir, "config.toml")); err == nil {
		if c, problems := config.Parse("config.toml", data); len(problems) == 0 {
			return c.Content.Path
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

// File is a file to write.
type File struct {
	path string
	text []byte
}

// Files returns the files that init writes. Samples are drafts, which do not count.
func (s *Start) Files(now time.Time) ([]File, error) {
	var files []File
	s.Later = now.AddDate(0, 6, 0).Format(time.DateOnly)
	for _, f := range []struct{ path, template string }{
		{"config.toml", "config.toml.tmpl"},
		{filepath.Join(s.Content, "teams.toml"), "teams.toml.tmpl"},
		{filepath.Join(s.Content, "goals.toml"), "goals.toml.tmpl"},
	} {
		text, err := Fill(f.template, s)
		if err != nil {
			return nil, err
		}
		files = append(files, File{filepath.Join(s.dir, f.path), text})
	}
	samples, err := fs.Sub(templates.Scaffold, "new")
	if err != nil {
		return nil, exit.Fail("", err)
	}
	for _, kind := range []string{"feature", "initiative", "conversation"} {
		name, text, err := content.NewFile(samples, kind, "sample-"+kind, now)
		if err != nil {
			return nil, exit.Fail("", err)
		}
		files = append(files, File{filepath.Join(s.dir, s.Content, filepath.FromSlash(name)), text})
	}
	return files, nil
}

// WriteFile writes one file unless there is one already.
func WriteFile(out *console.Console, f File, force bool) error {
	if _, err := os.Lstat(f.path); err == nil && !force {
		out.Printf("kept: %s", f.path)
		return nil
	}
	err := publish.ReplaceFile(f.path, func(w io.Writer) error { _, err := w.Write(f.text); return err })
	if err != nil {
		return exit.Fail("make the folder writable", fmt.Errorf("init: %w", err))
	}
	out.Printf("written: %s", f.path)
	return nil
}

// ignored are the lines of .gitignore that keep what builds write out of git.
var ignored = []string{"/public/", "/public.ip3dp-*/", "/.ip3dp/"}

// IgnoreBuilds adds to .gitignore what it lacks; it never removes a line.
func IgnoreBuilds(out *console.Console, dir string) error {
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
	out.Printf("written: %s", name)
	return nil
}

// PrintNext prints the commands to run next.
func (s *Start) PrintNext(out *console.Console, jobs bool) {
	config := ""
	if s.dir != "." {
		config = " --config " + filepath.Join(s.dir, "config.toml")
	}
	out.Printf("next:")
	if len(s.Clones) == 0 {
		out.Printf("  no git clone found: add a [[git]], [[github]], [[gitlab]] or [[events]] table to config.toml")
	}
	if s.Forge != nil {
		out.Printf("  ip3dp doctor%s   what the token can see, and what reading the forge will cost", config)
		out.Printf("  ip3dp run%s      read the forge, then build the site, in public/", config)
	} else {
		out.Printf("  ip3dp build%s    the site, in public/", config)
	}
	out.Printf("  ip3dp serve%s    the same, rebuilt and reloaded on every edit", config)
	if jobs {
		out.Printf("  commit and push, and the jobs written above publish it every night: see docs/github-actions.md " +
			"or docs/gitlab-ci.md")
	}
	out.Printf("  teams.toml says who owns what; the samples are drafts until you remove \"draft = true\"")
}
