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

// committerName and committerEmail identify the committer of published sites.
const committerName, committerEmail = "ip3dp", "ip3dp@localhost"

// siteSubject begins the subject of commits that publish the site.
const siteSubject = "Publish the site as of "

// inspectBranch inspects a branch, or the folder of a preview on it, as inspectFolder does a
// folder. Files of other committers are listed.
func (b *Branch) inspectBranch(ctx context.Context, c *treeEdit, prefix string) (contents, error) {
	files := c.listFiles(prefix)
	o := c.newOwner(ctx, b.name, prefix)
	o.adopt = b.adopt
	if len(files) == 0 {
		return contents{}, nil
	}
	if _, damaged := o.readLists(); (damaged || c.entries[path.Join(prefix, ManifestPath)] == entry{}) && prefix == "" {
		var err error
		if o.record, err = c.lastSite(ctx, b.remote, b.branch); err != nil {
			return contents{}, err
		}
	}
	held, err := o.classify(files, nil)
	if err != nil || !b.orphan {
		return held, err
	}
	return held, c.refuseEdited(ctx, o, held)
}

// refuseEdited returns an error if dropping commits would lose the work of others: a branch
// with one commit keeps no commit that changed published files.
func (c *treeEdit) refuseEdited(ctx context.Context, o *owner, held contents) error {
	who, err := c.git.run(ctx, nil, "log", "-1", "--format=%ce", c.base)
	if err != nil || strings.TrimSpace(who) == committerEmail || o.adopt {
		return err
	}
	data, err := o.read(ManifestPath)
	if err != nil {
		return nil // a site without hashes
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil // also without hashes
	}
	var edited []string
	for _, name := range sortedNames(held.ours.files) {
		data, err := o.read(name)
		if err != nil {
			return err
		}
		if row, listed := m.Files[name]; listed && row != newFileSum(data) {
			edited = append(edited, name)
		}
	}
	if len(edited) == 0 {
		return nil
	}
	return refuse("publish without --history 1, which keeps their commit, or pass --adopt to replace the files",
		"%s has a commit of others that changed %s", o.dir, formatSome(edited))
}

// lastSite returns the files in the last commit that published the site; nil without one.
func (c *treeEdit) lastSite(ctx context.Context, remote, branch string) ([]nameList, error) {
	_, err := c.git.run(ctx, nil, "fetch", "--quiet", "--no-tags", "--unshallow", "--", remote,
		"+refs/heads/"+branch+":refs/ip3dp/history")
	if err != nil {
		// A branch of one commit is complete already.
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	out, err := c.git.run(ctx, nil, "log", "-1", "--first-parent", "--format=%H", "--committer=<"+committerEmail+">",
		"--fixed-strings", "--grep="+siteSubject, c.base)
	commit := strings.TrimSpace(out)
	if err != nil || commit == "" {
		return nil, err
	}
	before := &treeEdit{git: c.git, base: commit, entries: map[string]entry{}}
	if err := before.loadTree(ctx); err != nil {
		return nil, err
	}
	if data, err := before.newOwner(ctx, "", "").read(ManifestPath); err == nil {
		m, err := decodeManifest(data)
		if err != nil {
			return nil, nil // the list cannot be trusted
		}
		return []nameList{m.listNames()}, nil
	}
	l := nameList{files: map[string]bool{}}
	for _, f := range before.listFiles("") {
		if !isHostFile(f.name) && !isPreview(f.name) {
			l.files[f.name] = true
		}
	}
	return []nameList{l}, nil
}

// listFiles lists the files below a prefix.
func (c *treeEdit) listFiles(prefix string) []treeFile {
	var files []treeFile
	for _, name := range c.listPaths() {
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

// newOwner returns the owner check of the files below a prefix.
func (c *treeEdit) newOwner(ctx context.Context, where, prefix string) *owner {
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

// removePreview removes a published preview, but no files of others.
func (c *treeEdit) removePreview(ctx context.Context, where, prefix string) error {
	files := c.listFiles(prefix)
	if len(files) == 0 {
		return nil
	}
	held, err := c.newOwner(ctx, where, prefix).classify(files, nil)
	if err != nil {
		return err
	}
	if len(held.carried) > 0 {
		return fmt.Errorf("%s:%s holds files that were not published by ip3dp: %s", where, prefix, formatSome(held.carried))
	}
	for name := range held.ours.files {
		delete(c.entries, path.Join(prefix, name))
		c.result.Removed++
	}
	c.result.Previews = append(c.result.Previews, prefix)
	return nil
}

// workPrefix begins the names of temporary folders for commits.
const workPrefix = "ip3dp-push-"

// sweepWork removes the temporary folders of killed runs. A folder without a repository may
// belong to a run that has not locked it yet.
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
