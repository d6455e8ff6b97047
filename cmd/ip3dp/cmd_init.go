package main

import (
	"bufio"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/readers"
	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/render/format"
)

// askQuestions puts the three questions of init. Enter takes the suggestion in brackets.
func (p *program) askQuestions(f *scaffold.Answers) error {
	in := bufio.NewReader(p.stdin)
	code, err := console.Ask(p.stdout, in, "Where does the code live? Folders of git clones", strings.Join(f.Code, ","))
	if err != nil {
		return err
	}
	f.Code = strings.FieldsFunc(code, func(r rune) bool { return r == ',' || r == ' ' })
	if f.TokenEnv, err = console.Ask(p.stdout, in, "Which environment variable holds a read token of the forge? A "+
		"clone needs none", f.TokenEnv); err != nil {
		return err
	}
	f.Production, err = console.Ask(p.stdout, in, "What is the production environment called?",
		cmp.Or(f.Production, "production"))
	return err
}

// proposeAudience returns the audience of a new site and the reason. It asks the forge only if a
// token is there.
func (p *program) proposeAudience(ctx context.Context, dir string, f *scaffold.Answers) (audience, why string) {
	var place *readers.Place
	if len(f.Code) > 0 {
		place = readers.FindByRemote(ctx, config.Resolve(dir, f.Code[0]), f.TokenEnv, p.env)
	}
	answer := readers.Ask(ctx, place)
	audience, why = answer.Propose()
	p.out.Printf("who can read the site: %s; site.audience = %q, because %s", answer.Words(), audience, why)
	return audience, format.UpperFirst(why)
}

// initJobs adds the jobs of a forge to a configuration that is there.
func (p *program) initJobs(ctx context.Context, dir, kind string) error {
	jobs, err := scaffold.ListJobs(ctx, dir, kind, scaffold.FindContentFolder(dir), ownRelease())
	if err != nil {
		return err
	}
	for _, file := range jobs {
		if err := scaffold.WriteFile(p.out, file, false); err != nil {
			return err
		}
	}
	return nil
}

// initFlags are the flags of init.
type initFlags struct {
	scaffold.Answers
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
	c.Flags().StringSliceVar(&f.Code, "code", nil, "the `folders` of git clones (default: the clone around FOLDER)")
	c.Flags().StringVar(&f.TokenEnv, "token-env", "", "the `name` of the variable with a read token of the forge")
	c.Flags().StringVar(&f.Production, "production", "", "the `name` of the production environment (default: production)")
	c.Flags().StringVar(&f.Name, "name", "", "the platform's `name` (default: the repository's)")
	c.Flags().StringVar(&f.ci, "ci", "auto", "the `forge` to write nightly and preview jobs for: auto, github, "+
		"gitlab or none")
	c.Flags().BoolVarP(&f.yes, "yes", "y", false, "ask nothing")
	c.Flags().BoolVar(&f.force, "force", false, "overwrite files that exist")
	return c
}

func (p *program) init(ctx context.Context, dir string, f initFlags) error {
	file := filepath.Join(dir, "config.toml")
	kind := config.FindKind(f.ci)
	if _, err := os.Lstat(file); err == nil && !f.force {
		if kind != nil {
			return p.initJobs(ctx, dir, f.ci)
		}
		return exit.BadInput("edit it, overwrite it with --force, or add only jobs with --ci github or --ci gitlab",
			"%s exists",
			file)
	}
	if kind == nil && f.ci != "auto" && f.ci != "none" {
		return exit.BadInput("write auto, github, gitlab or none", "--ci: %q is unknown", f.ci)
	}
	if len(f.Code) == 0 {
		if top := scaffold.FindClone(dir); top != "" {
			f.Code = []string{top}
		}
	}
	if !f.yes && console.IsTerminal(p.stdin) && console.IsTerminal(p.stdout) {
		if err := p.askQuestions(&f.Answers); err != nil {
			return err
		}
	}
	s, err := scaffold.Find(ctx, dir, f.Answers)
	if err != nil {
		return err
	}
	s.Audience, s.AudienceWhy = p.proposeAudience(ctx, dir, &f.Answers)
	files, err := s.Files(p.clock().UTC())
	if err != nil {
		return err
	}
	jobs, err := scaffold.ListJobs(ctx, dir, f.ci, s.Content, ownRelease())
	if err != nil {
		return err
	}
	files = append(files, jobs...)
	for _, file := range files {
		if err := scaffold.WriteFile(p.out, file, f.force); err != nil {
			return err
		}
	}
	if err := scaffold.IgnoreBuilds(p.out, dir); err != nil {
		return err
	}
	s.PrintNext(p.out, len(jobs) > 0)
	return nil
}
