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
// Every file is optional. IDs are file names. Links between items may use former IDs; Read
// replaces them by the current ones. It returns every problem of every file, in order of file
// and line. The content includes files with problems as far as they could be read, so a caller
// that publishes must stop when there are any. Credentials in texts and addresses are left out,
// and their lines are listed.
func Read(fsys fs.FS) (fact.Content, []Problem) {
	r := readAll(fsys, aliases{})
	return r.content, r.problems
}

// reading is the content of a folder with what is needed to find the causes of its problems.
type reading struct {
	content  fact.Content
	problems []Problem
	form     map[Problem]bool // the problems of form: a file or a key cannot be read
	causes   map[Problem][]reference
	known    map[kind]map[string]string // ID or former ID → ID
}

// aliases are names of things that the content itself does not have.
type aliases struct {
	// elsewhere are IDs that count as known, each with the ID that links to it get.
	elsewhere map[reference]string
	// renamed are things that get another ID, which links to them get, too.
	renamed map[reference]string
}

// readAll reads a folder.
func readAll(fsys fs.FS, names aliases) reading {
	r := reader{fsys: fsys, broken: map[string]bool{}}
	var c fact.Content
	r.readTeams(&c)
	r.readMeasures(&c)
	r.readFailures(&c)
	r.readGoals(&c)
	c.Features = readItems(&r, "features", func(f *fact.Feature) *fact.Item { return &f.Item })
	c.Initiatives = readItems(&r, "roadmap", func(i *fact.Initiative) *fact.Item { return &i.Item })
	c.Research = readItems(&r, "research", func(x *fact.Research) *fact.Item { return &x.Item })
	c.Cases = readItems(&r, "cases", func(x *fact.Case) *fact.Item { return &x.Item })
	c.Decisions = readItems(&r, "decisions", func(d *fact.Decision) *fact.Item { return &d.Item })
	c.Pages = readItems(&r, "pages", func(p *fact.Page) *fact.Item { return &p.Item })
	r.readActivities(&c)
	r.readThemes(&c)
	r.readSurveys(&c)
	setTitles(&c)
	renameAll(&c, names.renamed)
	k := checker{content: &c, lines: r.lines, elsewhere: names.elsewhere}
	out := reading{form: map[Problem]bool{}}
	for _, p := range r.problems {
		out.form[p] = true
	}
	out.problems = sortProblems(r.withoutEchoes(k.checkAll()))
	c.Credentials = r.credentials
	out.content, out.causes, out.known = collect.ContentWithoutSecrets(c), k.causes, k.known
	return out
}

// withoutEchoes adds problems of meaning to the reader's problems of form. It leaves out broken
// files, and lines with a problem of form: a value that could not be read is not also missing.
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
	broken      map[string]bool // files that are not TOML
	credentials []fact.Origin
	lines       fileLines
}

// fileLines are the lines of files with many items, for items without lines of their own.
type fileLines struct{ teams, themes, failures fact.Lines }

func (r *reader) addProblem(file string, line int, text, next string) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Text: text, Next: next})
}

// readFile reads one file; false if it does not exist or cannot be read. It does not follow
// symbolic links: in a repository of someone else they could lead anywhere.
func (r *reader) readFile(name string) ([]byte, bool) {
	info, err := fs.Lstat(r.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err == nil && !info.Mode().IsRegular() {
		r.addProblem(name, 0, "is not a regular file", "put the file itself here")
		return nil, false
	}
	if err == nil && info.Size() > maxSize {
		r.addProblem(name, 0, "file is larger than 1024 KiB", "content is written by hand; data belongs in a CSV file")
		return nil, false
	}
	var data []byte
	if err == nil {
		data, err = fs.ReadFile(r.fsys, name)
	}
	if err != nil {
		r.addProblem(name, 0, "cannot be read: "+causeOf(err), "")
		return nil, false
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if text.HasSecret(string(line)) {
			r.credentials = append(r.credentials, fact.Origin{File: name, Line: i + 1})
		}
	}
	return data, true
}

// causeOf returns the text of an error without the path, which the problem contains already.
func causeOf(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// readTOML reads one TOML file into a struct; false if the file does not exist.
func (r *reader) readTOML(name string, into any) (fact.Lines, bool) {
	data, ok := r.readFile(name)
	if !ok {
		return nil, false
	}
	return r.decodeFile(name, data, 1, into), true
}

func (r *reader) decodeFile(name string, data []byte, first int, into any) fact.Lines {
	lines, problems := decodeAt(name, data, first, into)
	r.problems = append(r.problems, problems...)
	r.broken[name] = lines == nil
	return lines
}

// listFiles returns the files with the given ending in a folder, sorted by name. It reports
// other entries, because people would expect them to be read. It ignores hidden files, backups
// of editors, and allowed names.
func (r *reader) listFiles(dir, ending string, allowed func(name string) bool) []string {
	if info, err := fs.Lstat(r.fsys, dir); err == nil && !info.IsDir() {
		r.addProblem(dir, 0, "is not a folder", "make it a folder of "+ending+" files")
		return nil
	}
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.addProblem(dir, 0, "cannot be read: "+causeOf(err), "")
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		full := path.Join(dir, name)
		switch {
		case strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || name == "README.md" || allowed(name):
		case entry.Type()&fs.ModeSymlink != 0:
			r.addProblem(full, 0, "is a symbolic link", "put the file itself here")
		case entry.IsDir():
			r.addProblem(full, 0, "folders inside "+dir+" are not read", "move its files into "+dir)
		case !strings.HasSuffix(name, ending):
			r.addProblem(full, 0, "is not read", "only "+ending+" files belong in "+dir)
		case r.checkID(full, strings.TrimSuffix(name, ending)):
			files = append(files, full)
		}
	}
	slices.Sort(files)
	return files
}

func (r *reader) checkID(file, id string) bool {
	if isReserved(id) {
		text, next := wrongID(id, "-")
		r.addProblem(file, 0, text, next)
		return false
	}
	if validID(id, "-") {
		return true
	}
	r.addProblem(file, 0, "file name is not a valid ID",
		"use lower-case letters, digits and dashes, at most 80: "+makeSlug(id))
	return false
}

// readItems reads a folder of Markdown files of one kind.
func readItems[T any](r *reader, dir string, item func(*T) *fact.Item) []T {
	files := r.listFiles(dir, ".md", func(name string) bool { return dir == "roadmap" && name == "activities.toml" })
	items := make([]T, 0, len(files))
	for _, file := range files {
		data, ok := r.readFile(file)
		if !ok {
			continue
		}
		v, _ := parseItem(r, file, data, item)
		items = append(items, v) // its ID exists, so links to it are valid
	}
	return items
}

// parseItem reads a Markdown file. It reports false if the file has no readable front matter.
func parseItem[T any](r *reader, file string, data []byte, item func(*T) *fact.Item) (v T, ok bool) {
	it := item(&v)
	it.ID = strings.TrimSuffix(path.Base(file), ".md")
	it.Origin = fact.Origin{File: file, Line: 1}
	doc, bad := splitFrontMatter(data)
	if p := checkReadable(file, data, 1); p != nil {
		bad = &fault{p.Line, p.Text, p.Next}
	}
	if bad != nil {
		r.addProblem(file, bad.line, bad.text, bad.next)
		r.broken[file] = true
		return v, false
	}
	it.Lines = r.decodeFile(file, doc.head, doc.headLine, &v)
	it.Body, it.BodyLine = doc.body, doc.bodyLine
	return v, it.Lines != nil
}

// ParseInitiative reads one file of roadmap/ without its folder, so its links are not resolved. It
// reports false if the file has no readable front matter. Credentials are left out.
func ParseInitiative(file string, data []byte) (fact.Initiative, bool) {
	r := reader{broken: map[string]bool{}}
	v, ok := parseItem(&r, file, data, func(i *fact.Initiative) *fact.Item { return &i.Item })
	return collect.ContentWithoutSecrets(fact.Content{Initiatives: []fact.Initiative{v}}).Initiatives[0], ok
}

// ParseDecision reads one file of decisions/, as ParseInitiative does.
func ParseDecision(file string, data []byte) (fact.Decision, bool) {
	r := reader{broken: map[string]bool{}}
	v, ok := parseItem(&r, file, data, func(d *fact.Decision) *fact.Item { return &d.Item })
	return collect.ContentWithoutSecrets(fact.Content{Decisions: []fact.Decision{v}}).Decisions[0], ok
}
