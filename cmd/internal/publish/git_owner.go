package publish

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// us is the name and the address that commits of ours have.
const us, usAt = "ip3dp", "ip3dp@localhost"

// siteSubject begins the subject of commits that publish the site.
const siteSubject = "Publish the site as of "

// hold judges a branch, or the folder of a preview on it, as owner.hold judges a
// folder: files that others committed are not ours, and are named.
func (b *Branch) hold(ctx context.Context, c *change, prefix string) (holding, error) {
	files := c.files(prefix)
	o := c.owner(ctx, b.name, prefix)
	o.adopt = b.adopt
	if len(files) == 0 {
		return holding{}, nil
	}
	if _, damaged := o.lists(); (damaged || c.entries[path.Join(prefix, ManifestPath)] == entry{}) && prefix == "" {
		var err error
		if o.record, err = c.lastSite(ctx, b.remote, b.branch); err != nil {
			return holding{}, err
		}
	}
	held, err := o.judge(files, nil)
	if err != nil || !b.orphan {
		return held, err
	}
	return held, c.refuseEdited(ctx, o, held)
}

// refuseEdited refuses to drop a commit of others that changed files of ours: where
// the branch keeps one commit, their work would be lost.
func (c *change) refuseEdited(ctx context.Context, o *owner, held holding) error {
	who, err := c.git.run(ctx, nil, "log", "-1", "--format=%ce", c.base)
	if err != nil || strings.TrimSpace(who) == usAt || o.adopt {
		return err
	}
	data, err := o.read(ManifestPath)
	if err != nil {
		return nil // a site without hashes
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil // the same
	}
	var edited []string
	for _, name := range sortedNames(held.ours.files) {
		data, err := o.read(name)
		if err != nil {
			return err
		}
		if row, listed := m.Files[name]; listed && row != rowOf(data) {
			edited = append(edited, name)
		}
	}
	if len(edited) == 0 {
		return nil
	}
	return refuse("publish without --history 1, which keeps their commit, or pass --adopt to replace the files",
		"%s has a commit of others that changed %s", o.dir, nameSome(edited))
}

// lastSite returns the list that the tree of our last commit of the site is; nil if
// there is none.
func (c *change) lastSite(ctx context.Context, remote, branch string) ([]list, error) {
	_, err := c.git.run(ctx, nil, "fetch", "--quiet", "--no-tags", "--unshallow", "--", remote,
		"+refs/heads/"+branch+":refs/ip3dp/history")
	if err != nil {
		// A branch of one commit is whole already.
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	out, err := c.git.run(ctx, nil, "log", "-1", "--first-parent", "--format=%H", "--committer=<"+usAt+">",
		"--fixed-strings", "--grep="+siteSubject, c.base)
	commit := strings.TrimSpace(out)
	if err != nil || commit == "" {
		return nil, err
	}
	before := &change{git: c.git, base: commit, entries: map[string]entry{}}
	if err := before.load(ctx); err != nil {
		return nil, err
	}
	if data, err := before.owner(ctx, "", "").read(ManifestPath); err == nil {
		m, err := decodeManifest(data)
		if err != nil {
			return nil, nil // no list that can be trusted
		}
		return []list{m.list()}, nil
	}
	l := list{files: map[string]bool{}}
	for _, f := range before.files("") {
		if !isBeside(f.name) && !isPreview(f.name) {
			l.files[f.name] = true
		}
	}
	return []list{l}, nil
}

// files lists what is below a prefix.
func (c *change) files(prefix string) []treeFile {
	var files []treeFile
	for _, name := range c.paths() {
		below, ok := name, true
		if prefix != "" {
			below, ok = strings.CutPrefix(name, prefix+"/")
		}
		if ok {
			files = append(files, treeFile{below, c.entries[name].isRegular()})
		}
	}
	return files
}

// owner returns the judge of what is below a prefix.
func (c *change) owner(ctx context.Context, where, prefix string) *owner {
	if prefix != "" {
		where += ":" + prefix
	}
	return &owner{dir: where, read: func(name string) ([]byte, error) {
		e := c.entries[path.Join(prefix, name)]
		if !e.isRegular() {
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		data, err := c.git.run(ctx, nil, "cat-file", "blob", e.sha)
		return []byte(data), err
	}}
}

// remove removes a preview that we published, and nothing that others put there.
func (c *change) remove(ctx context.Context, where, prefix string) error {
	files := c.files(prefix)
	if len(files) == 0 {
		return nil
	}
	held, err := c.owner(ctx, where, prefix).judge(files, nil)
	if err != nil {
		return err
	}
	if len(held.carried) > 0 {
		return fmt.Errorf("%s:%s holds files that were not published by ip3dp: %s", where, prefix, nameSome(held.carried))
	}
	for name := range held.ours.files {
		delete(c.entries, path.Join(prefix, name))
		c.result.Removed++
	}
	c.result.Previews = append(c.result.Previews, prefix)
	return nil
}

// workPrefix begins the names of folders that commits are made in.
const workPrefix = "ip3dp-push-"

// sweepWork removes folders that commits of runs which died were made in. One without
// a repository may be that of a run that has not locked it yet.
func sweepWork(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if !e.IsDir() || !isNumbered(e.Name(), workPrefix) {
			continue
		}
		if _, err := os.Stat(filepath.Join(name, "repository", "HEAD")); err != nil {
			continue
		}
		if release, err := (system{}).Lock(name); err == nil {
			os.RemoveAll(name) // the next run will
			release()
		}
	}
}
