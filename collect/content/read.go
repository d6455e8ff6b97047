package content

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Read reads a content folder:
//
//	teams.toml  measures.toml  failures.toml  goals.toml  features/*.md  roadmap/*.md  roadmap/activities.toml
//	research/*.md  cases/*.md  tickets/themes.toml  surveys/*.toml  decisions/*.md  pages/*.md
//
// Whatever is missing is empty. IDs are file names; links between items may use
// former IDs and come back as the current ones. Every problem of every file is
// returned, in order of file and line; a file with problems is still in the
// content as far as it could be read, so a caller that publishes must stop when
// there are any. Credentials in texts and addresses are left out, and the lines that
// have one are listed.
func Read(fsys fs.FS) (fact.Content, []Problem) {
	r := reader{fsys: fsys, broken: map[string]bool{}}
	var c fact.Content
	r.teams(&c)
	r.measures(&c)
	r.failures(&c)
	r.goals(&c)
	c.Features = readItems(&r, "features", func(f *fact.Feature) *fact.Item { return &f.Item })
	c.Initiatives = readItems(&r, "roadmap", func(i *fact.Initiative) *fact.Item { return &i.Item })
	c.Research = readItems(&r, "research", func(x *fact.Research) *fact.Item { return &x.Item })
	c.Cases = readItems(&r, "cases", func(x *fact.Case) *fact.Item { return &x.Item })
	c.Decisions = readItems(&r, "decisions", func(d *fact.Decision) *fact.Item { return &d.Item })
	c.Pages = readItems(&r, "pages", func(p *fact.Page) *fact.Item { return &p.Item })
	r.activities(&c)
	r.themes(&c)
	r.surveys(&c)
	setTitles(&c)
	k := checker{
		content: &c, teamLines: r.teamLines, measureLines: r.measureLines, themeLines: r.themeLines, failureLines: r.failureLines,
	}
	problems := sortProblems(r.withoutEchoes(k.check()))
	c.Credentials = r.credentials
	return collect.ContentWithoutSecrets(c), problems
}

// withoutEchoes adds what was found wrong with meanings to what was found wrong
// with form, except in broken files and on lines that have a problem already: a
// value that could not be read is not also missing.
func (r *reader) withoutEchoes(meaning []Problem) []Problem {
	type spot struct {
		file string
		line int
	}
	taken := map[spot]bool{}
	for _, p := range r.problems {
		taken[spot{p.File, p.Line}] = true
	}
	all := r.problems
	for _, p := range meaning {
		if !r.broken[p.File] && !taken[spot{p.File, p.Line}] {
			all = append(all, p)
		}
	}
	return all
}

// reader collects problems while files are read.
type reader struct {
	fsys        fs.FS
	problems    []Problem
	broken      map[string]bool // files that are not even TOML
	credentials []fact.Origin
	// Lines of the files that hold many items.
	teamLines, measureLines, themeLines, failureLines fact.Lines
}

func (r *reader) problem(file string, line int, text, next string) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Text: text, Next: next})
}

// file reads one file; false if there is none or it can not be read. A symbolic
// link is not followed: in a repository of someone else it could lead anywhere.
func (r *reader) file(name string) ([]byte, bool) {
	info, err := fs.Lstat(r.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err == nil && !info.Mode().IsRegular() {
		r.problem(name, 0, "is no regular file", "put the file itself here")
		return nil, false
	}
	if err == nil && info.Size() > maxSize {
		r.problem(name, 0, "file is larger than 1024 KiB", "content is written by hand; data belongs in a CSV file")
		return nil, false
	}
	var data []byte
	if err == nil {
		data, err = fs.ReadFile(r.fsys, name)
	}
	if err != nil {
		r.problem(name, 0, "can not be read: "+reason(err), "")
		return nil, false
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if text.HasSecret(string(line)) {
			r.credentials = append(r.credentials, fact.Origin{File: name, Line: i + 1})
		}
	}
	return data, true
}

// reason is the cause without the path, which the problem names already.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// toml reads one TOML file into a struct; false if there is no such file.
func (r *reader) toml(name string, into any) (fact.Lines, bool) {
	data, ok := r.file(name)
	if !ok {
		return nil, false
	}
	return r.decode(name, data, 1, into), true
}

func (r *reader) decode(name string, data []byte, first int, into any) fact.Lines {
	lines, problems := decodeAt(name, data, first, into)
	r.problems = append(r.problems, problems...)
	r.broken[name] = lines == nil
	return lines
}

// list returns the files with the given ending in a folder, by name. Other
// entries are problems, because what lies there looks as if it were read;
// hidden files, editors' copies and those in allowed are not.
func (r *reader) list(dir, ending string, allowed func(name string) bool) []string {
	if info, err := fs.Lstat(r.fsys, dir); err == nil && !info.IsDir() {
		r.problem(dir, 0, "is no folder", "make it a folder of "+ending+" files")
		return nil
	}
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.problem(dir, 0, "can not be read: "+reason(err), "")
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		full := path.Join(dir, name)
		switch {
		case strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || name == "README.md" || allowed(name):
		case entry.Type()&fs.ModeSymlink != 0:
			r.problem(full, 0, "is a symbolic link", "put the file itself here")
		case entry.IsDir():
			r.problem(full, 0, "folders inside "+dir+" are not read", "move its files into "+dir)
		case !strings.HasSuffix(name, ending):
			r.problem(full, 0, "is not read", "only "+ending+" files belong in "+dir)
		case r.validID(full, strings.TrimSuffix(name, ending)):
			files = append(files, full)
		}
	}
	slices.Sort(files)
	return files
}

func (r *reader) validID(file, id string) bool {
	if reserved(id) {
		text, next := wrongID(id, "-")
		r.problem(file, 0, text, next)
		return false
	}
	if validID(id, "-") {
		return true
	}
	r.problem(file, 0, "file name is no ID", "use lower-case letters, digits and dashes, at most 80: "+slug(id))
	return false
}

// readItems reads a folder of Markdown files into one kind.
func readItems[T any](r *reader, dir string, item func(*T) *fact.Item) []T {
	files := r.list(dir, ".md", func(name string) bool { return dir == "roadmap" && name == "activities.toml" })
	items := make([]T, 0, len(files))
	for _, file := range files {
		data, ok := r.file(file)
		if !ok {
			continue
		}
		var v T
		it := item(&v)
		it.ID = strings.TrimSuffix(path.Base(file), ".md")
		it.Origin = fact.Origin{File: file, Line: 1}
		doc, bad := split(data)
		if p := unreadable(file, data, 1); p != nil {
			bad = &fault{p.Line, p.Text, p.Next}
		}
		if bad != nil {
			r.problem(file, bad.line, bad.text, bad.next)
			r.broken[file] = true
			items = append(items, v) // its ID exists, so links to it are right
			continue
		}
		it.Lines = r.decode(file, doc.head, doc.headLine, &v)
		it.Body, it.BodyLine = doc.body, doc.bodyLine
		items = append(items, v)
	}
	return items
}
