package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/templates"
)

func (p *program) newCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "new KIND ID",
		Short: "Write a commented file of content to start from",
		Long: `new writes a feature, an initiative, a survey or another file of content, with
every key explained, below the content folder. It is a draft, counted nowhere
until its line "draft = true" is removed. Without arguments it lists the kinds.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return p.listKinds()
			case 1:
				return exit.BadInput(fmt.Sprintf("run it with a name: ip3dp new %s my-%[1]s", args[0]), "new: a %s needs an ID",
					args[0])
			}
			return p.newContent(args[0], args[1], force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "overwrite a file that exists")
	return c
}

// listKinds prints a line for every kind of file.
func (p *program) listKinds() error {
	p.out.Printf("kinds: %s", strings.Join(content.ListKinds(), ", "))
	p.out.Printf("next: ip3dp new KIND ID")
	return nil
}

// newContent writes one file below the content folder. It works on content with problems, too:
// the new file may be the one that mends them.
func (p *program) newContent(kind, id string, force bool) error {
	w, err := p.load()
	if err != nil {
		return err
	}
	if config.LeadsOut(w.Config.Content.Path) {
		return w.Check()
	}
	samples, err := fs.Sub(templates.Scaffold, "new")
	if err != nil {
		return exit.Fail("", err)
	}
	name, text, err := content.NewFile(samples, kind, id, w.AsOf)
	if err != nil {
		return exit.BadInput(`run "ip3dp new" for the kinds there are`, "new: %w", err)
	}
	path := filepath.Join(w.ContentRoot(), filepath.FromSlash(name))
	if content.IsSharedFile(kind) {
		if text, err = scaffold.AppendTo(path, text); err != nil {
			return err
		}
		force = true // the things in it are kept
	}
	if _, err := os.Lstat(path); err == nil && !force {
		return exit.BadInput("edit it, choose another ID, or overwrite it with --force", "%s exists", path)
	}
	if err := publish.ReplaceFile(path, func(out io.Writer) error { _, err := out.Write(text); return err }); err != nil {
		return exit.Fail("make the folder writable", fmt.Errorf("new: %w", err))
	}
	p.out.Printf("written: %s", path)
	p.out.Printf(`next: edit it, remove "draft = true", and run "ip3dp check"`)
	return nil
}
