package demo

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"
)

// Snapshot is the state of all files at a commit.
type Snapshot struct {
	At      time.Time
	Subject string            // the first line of the message
	Files   map[string][]byte // by path, with slashes
}

// edit is the change of one file in a commit. Files are below the content folder.
type edit struct {
	file string
	// The text before and after. Both are "" if the commit adds the file as it is today;
	// after is "" if it removes the file.
	before, after string
}

// commit is one commit of the example's history.
type commit struct {
	day, subject string
	edits        []edit
}

// add returns the edits that add files. A pattern of path.Match names several files.
func add(patterns ...string) []edit {
	var out []edit
	for _, p := range patterns {
		out = append(out, edit{file: p})
	}
	return out
}

// ListSnapshots returns the history of the example's content, the oldest state first. The last
// state is that of files, which are the present ones with their paths below the content folder.
// The earlier ones follow from them by undoing the commits of exampleCommits. If an edit does not
// fit, the history begins with its commit, and the error names the file.
func ListSnapshots(files map[string][]byte) ([]Snapshot, error) {
	now := maps.Clone(files)
	commits := exampleCommits()
	out := make([]Snapshot, len(commits))
	for i := len(commits) - 1; i >= 0; i-- {
		c := &commits[i]
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			return out[i+1:], fmt.Errorf("history of content: %w", err)
		}
		out[i] = Snapshot{At: at.Add(9 * time.Hour), Subject: c.subject, Files: now}
		now = maps.Clone(now)
		for k := len(c.edits) - 1; k >= 0; k-- {
			if err := c.edits[k].undo(now); err != nil {
				return out[i:], fmt.Errorf("history of content: commit of %s: %w", c.day, err)
			}
		}
	}
	return out, nil
}

// undo changes files to their state before an edit.
func (e *edit) undo(files map[string][]byte) error {
	data, ok := files[e.file]
	switch {
	case e.before == "" && e.after == "":
		return undoAdd(files, e.file)
	case e.after == "" && ok:
		return fmt.Errorf("%s was removed, but exists today", e.file)
	case e.after == "":
		files[e.file] = []byte(e.before)
		return nil
	case !ok:
		return fmt.Errorf("%s: %w", e.file, fs.ErrNotExist)
	}
	if n := bytes.Count(data, []byte(e.after)); n != 1 {
		return fmt.Errorf("%s has the text %q %d times, not once", e.file, e.after, n)
	}
	files[e.file] = bytes.Replace(data, []byte(e.after), []byte(e.before), 1)
	return nil
}

// undoAdd removes the files that match a pattern, at least one.
func undoAdd(files map[string][]byte, pattern string) error {
	found := false
	for _, name := range slices.Sorted(maps.Keys(files)) {
		match, err := path.Match(pattern, name)
		if err != nil {
			return fmt.Errorf("%s: %w", pattern, err)
		}
		if match {
			delete(files, name)
			found = true
		}
	}
	if !found {
		return fmt.Errorf("no file matches %s", pattern)
	}
	return nil
}
