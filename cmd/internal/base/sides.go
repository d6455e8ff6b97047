package base

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// Input returns the input of a comparison of the working tree with the base, both decided on
// the numbers m. missing is the reason for a comparison without numbers.
func (b *Base) Input(w *workspace.Workspace, m compute.Measured, missing string) diff.Input {
	in := diff.Input{
		Head: b.headSide(w, m), Base: b.side(w, m), BaseName: b.Name, Missing: missing,
		Root: workspace.DisplayPath(w.ContentRoot()), Unread: b.listUnread(w),
	}
	switch {
	case b.isConfigBroken(w):
		faults := w.ConfigProblems()
		in.Ended = diff.ConfigurationErrors
		in.Head.Findings = diffFindings(content.AsErrors(faults))
		in.Base.Findings = diffFindings(content.AsErrors(b.faults))
	case b.broken != nil && len(b.broken.Unexplained) > 0:
		in.Ended = diff.ConfigurationErrors
		in.Head.Findings, in.Base.Findings = diffFindings(blameConfig(w, b.broken.Unexplained)), nil
	case b.report != nil && len(w.Problems) > 0:
		in.Ended = diff.NoFiles
		in.Head.Findings = diffFindings(content.AsErrors(w.Problems))
	}
	return in
}

// HasConfig reports whether the base is a state with a configuration.
func (b *Base) HasConfig() bool { return b.report == nil && !b.empty }

// HasContent reports whether the base has a configuration that was read, so that its content can
// be compared. The base of a preview that nobody named may have none.
func (b *Base) HasContent() bool { return b.HasConfig() && len(b.data) > 0 }

// UnreadInput returns the input of a comparison for a working tree whose configuration or
// content folder cannot be opened.
func (b *Base) UnreadInput(w *workspace.Workspace, fault *exit.Failure) diff.Input {
	found := diff.Finding{
		File: workspace.DisplayPath(w.File), Level: string(content.Error), Text: fault.Err.Error(), Next: fault.Next,
	}
	side := diff.Side{Report: compute.Report{Measured: compute.Measured{AsOf: w.AsOf}}}
	in := diff.Input{Head: side, Base: side, BaseName: b.Name, Ended: diff.ConfigurationErrors}
	in.Head.Findings = []diff.Finding{found}
	return in
}

// blameConfig returns errors of content that the configuration causes as errors of it.
func blameConfig(w *workspace.Workspace, problems []content.Problem) []content.Finding {
	out := make([]content.Problem, len(problems))
	for i, p := range problems {
		out[i] = p
		out[i].File, out[i].Line = filepath.ToSlash(w.File), 0
		out[i].Text = fmt.Sprintf("does not fit %s:%d: %s", workspace.DisplayPath(w.ContentFile(p.File)), p.Line, p.Text)
	}
	return content.AsErrors(out)
}

// isConfigBroken reports whether the configuration of the working tree has errors, so that
// nothing can be compared. Errors that the base has in the same bytes change nothing, if the
// file is TOML.
func (b *Base) isConfigBroken(w *workspace.Workspace) bool {
	if len(w.ConfigProblems()) == 0 {
		return false
	}
	again := config.Default()
	lines, _ := content.Decode(w.File, w.Data, &again)
	return lines == nil || !slices.Equal(w.Data, b.data)
}

// isConfigUnread reports whether only the base's configuration has errors. Then both sides have
// that of the working tree.
func (b *Base) isConfigUnread(w *workspace.Workspace) bool {
	return len(b.faults) > 0 && len(w.ConfigProblems()) == 0 && !slices.Equal(w.Data, b.data)
}

// readWorkTree compares the content with that of the working tree.
func (b *Base) readWorkTree(w *workspace.Workspace) {
	if !b.isBroken(w) {
		return
	}
	root, err := w.Tree.Folder(w.ContentRoot())
	if err != nil {
		return // reading the working tree has reported it
	}
	defer root.Close() // read only
	b.readBroken(w, root.FS())
}

// isBroken reports whether the content of either side has errors, or the working tree has other
// names for things.
func (b *Base) isBroken(w *workspace.Workspace) bool {
	return (len(b.problems) > 0 || len(w.Problems) > 0 || content.HasRenames(&w.Content, &b.content)) && !b.isConfigBroken(w)
}

// readBroken reads the content of both sides again, so that no difference comes from a file that
// cannot be read, or from another name.
func (b *Base) readBroken(w *workspace.Workspace, head fs.FS) {
	check := func(c *config.Config) func(fact.Content) []content.Problem {
		return func(read fact.Content) []content.Problem { return workspace.CheckGoals(c, read) }
	}
	both := content.ReadBoth(content.Folder{Files: head, Check: check(&w.Config)},
		content.Folder{Files: b.files, Check: check(&b.Config)},
		func(file string) string { return workspace.DisplayPath(w.ContentFile(file)) })
	b.broken, b.content, b.problems = &both, both.Base, both.BaseProblems
}

// listUnread returns the files of which both sides have one version.
func (b *Base) listUnread(w *workspace.Workspace) []diff.Unread {
	var out []diff.Unread
	if b.isConfigUnread(w) {
		out = append(out, diff.Unread{File: workspace.DisplayPath(w.File), AtBase: true, Errors: len(b.faults)})
	}
	if b.broken == nil {
		return out
	}
	for _, u := range b.broken.Unread {
		x := diff.Unread{File: workspace.DisplayPath(w.ContentFile(u.File)), AtBase: u.AtBase, Errors: u.Errors}
		if u.Was != "" {
			x.Was = workspace.DisplayPath(w.ContentFile(u.Was))
		}
		out = append(out, x)
	}
	return out
}

// side returns the base.
func (b *Base) side(w *workspace.Workspace, m compute.Measured) diff.Side {
	if b.report != nil {
		return diff.Published(*b.report, m)
	}
	data := b.data
	if b.isConfigUnread(w) {
		data = w.Data
	}
	o := content.LintOptions{AsOf: w.AsOf, Impact: b.Config.RICE.Impact, Confidence: b.Config.RICE.Confidence}
	findings := append(content.AsErrors(b.problems), content.Lint(b.content, o)...)
	for i := range findings { // as the head's files are called
		file := findings[i].File
		if b.broken != nil && b.broken.Renamed[file] != "" {
			file = b.broken.Renamed[file]
		}
		findings[i].File = w.ContentFile(file)
	}
	findings = append(findings, content.AsErrors(b.faults)...)
	return diff.Side{
		Report: compute.Decide(b.Config.Options(), b.content, compute.FollowNames(m, b.content)), Content: b.content,
		Settings: ListKeys(workspace.DisplayPath(w.File), data, &b.Config), Findings: diffFindings(findings), Empty: b.empty,
		Options: b.Config.Options(),
	}
}

// headSide returns the working tree.
func (b *Base) headSide(w *workspace.Workspace, m compute.Measured) diff.Side {
	problems := w.Problems
	if b.broken != nil {
		settled := *w
		settled.Content = b.broken.Head
		w = &settled
		problems = w.ConfigProblems()
		for _, p := range b.broken.HeadProblems {
			p.File = w.ContentFile(p.File)
			problems = append(problems, p)
		}
	}
	return diff.Side{
		Report:   compute.Decide(w.Config.Options(), w.Content, compute.FollowNames(m, w.Content)),
		Content:  w.Content,
		Settings: ListKeys(workspace.DisplayPath(w.File), w.Data, &w.Config),
		Findings: diffFindings(append(content.AsErrors(problems), w.Lint()...)),
		Options:  w.Config.Options(),
	}
}
