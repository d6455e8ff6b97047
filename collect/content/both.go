package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Folder is one of the two states that ReadBoth reads.
type Folder struct {
	Files fs.FS
	// Check finds the problems of content that need the configuration; nil for none.
	Check func(fact.Content) []Problem
}

// Both is the content of two states of a folder. No difference comes from a file that cannot be
// read: such a file has the same version in both.
type Both struct {
	Head, Base fact.Content
	// The problems of either side as they were found, in order of file and line. A problem of
	// one file that another file causes is listed at the latter, if the sides differ in it.
	HeadProblems, BaseProblems []Problem
	Unread                     []Unread // in order of files
	// Renamed are the files of things that the head has under another ID, by their names at the
	// base. In Base they have the new ID, and so have the links to them.
	Renamed map[string]string
	// Unexplained are problems of the head that no difference of the content explains. Then the
	// configuration causes them, and the sides cannot be compared.
	Unexplained []Problem
}

// Unread is a file of which both sides have one version, because the other has errors.
type Unread struct {
	File string // below the folder
	Was  string // its name at the base, if that is another; else ""
	// AtBase means that the base's version has the errors; else the head's has.
	AtBase bool
	Errors int // how many were found
}

// ReadBoth reads two states of a content folder. A file with errors that only one side has is
// replaced by the version of the other side, also through renames; without another version it
// is left out. Things that were renamed have their new ID on both sides. An error across files
// replaces the file that differs and causes it; a link to a removed thing replaces nothing, and
// stays an error of the link. If a file has errors on both sides, both get the base's version.
// show returns the name of a file for messages.
func ReadBoth(head, base Folder, show func(file string) string) Both {
	h, b := newState(head, show), newState(base, show)
	h.other, b.other = b, h
	b.isBase = true
	unexplained := h.settle()
	b.renamed = findRenames(&h.content, &b.content)
	if len(b.renamed) > 0 {
		b.read()
	}
	out := Both{
		Head: h.content, Base: b.content, HeadProblems: h.listProblems(), BaseProblems: b.listProblems(),
		Unread: append(h.listUnread(), b.listUnread()...), Renamed: listMoved(&h.content, &b.content), Unexplained: unexplained,
	}
	slices.SortFunc(out.Unread, func(a, b Unread) int { return cmp.Compare(a.File, b.File) })
	return out
}

// mostRounds limits how often the sides are read again. Each round replaces at least one file,
// and chains of links between broken files are short.
const mostRounds = 20

// settle replaces files until no new error is left, and returns the errors that no file of the
// content causes.
func (s *state) settle() []Problem {
	for range mostRounds {
		s.read()
		s.other.read()
		held := s.holdForm()
		if s.other.holdForm() || held {
			continue
		}
		held, unexplained := s.holdMeaning()
		if !held {
			held, _ = s.other.holdMeaning()
		}
		if !held {
			return unexplained
		}
	}
	return slices.DeleteFunc(slices.Clone(s.problems), func(p Problem) bool { return s.other.has[keyOf(p)] })
}

// state is a side while files are replaced.
type state struct {
	Folder
	isBase    bool
	other     *state
	show      func(string) string
	swaps     map[string]bool
	elsewhere map[reference]string
	renamed   map[reference]string
	held      map[string]*held
	same      map[string]bool // by file: both sides have the same
	reading
	has map[problemKey]bool // the problems of the reading
}

// held is a replaced file.
type held struct {
	was   string
	found []Problem
}

// problemKey identifies a problem without its line, which an edit moves.
type problemKey struct{ file, text string }

func keyOf(p Problem) problemKey { return problemKey{p.File, p.Text} }

func newState(f Folder, show func(string) string) *state {
	return &state{
		Folder: f, show: show, swaps: map[string]bool{}, elsewhere: map[reference]string{},
		held: map[string]*held{}, same: map[string]bool{},
	}
}

func (s *state) read() {
	s.reading = readAll(&patched{s.Files, s.other.Files, s.swaps}, aliases{s.elsewhere, s.renamed})
	if s.Check != nil {
		s.problems = sortProblems(append(s.problems, s.Check(s.content)...))
	}
	s.has = map[problemKey]bool{}
	for _, p := range s.problems {
		s.has[keyOf(p)] = true
	}
}

// differs reports whether the sides differ in a file.
func (s *state) differs(file string) bool {
	same, seen := s.same[file]
	if !seen {
		same = sameFile(s.Files, s.other.Files, file)
		s.same[file] = same
	}
	return !same
}

// isSettled reports whether both sides have one version of a file by now.
func (s *state) isSettled(file string) bool {
	for at := file; at != "."; at = path.Dir(at) {
		_, own := s.swaps[at]
		if _, others := s.other.swaps[at]; own || others {
			return true
		}
	}
	return false
}

// holdForm replaces files of which this side alone has an unreadable version, and reports
// whether there were any.
func (s *state) holdForm() bool {
	broken := map[string]bool{}
	for _, p := range s.problems {
		if s.form[p] && !s.isSettled(p.File) && (s.differs(p.File) || !s.other.has[keyOf(p)]) {
			broken[p.File] = true
		}
	}
	for _, file := range slices.Sorted(maps.Keys(broken)) {
		var found []Problem
		for _, p := range s.problems {
			// A link that leads nowhere may be the fault of another broken file.
			if p.File == file && (s.form[p] || len(s.causes[p]) == 0 || len(broken) == 1) {
				found = append(found, p)
			}
		}
		s.hold(file, found...)
	}
	return len(broken) > 0
}

// holdMeaning replaces the files that cause the other problems that this side alone has. It
// reports whether there were any, and returns those without such a file.
func (s *state) holdMeaning() (held bool, unexplained []Problem) {
	now := map[string]bool{} // replaced in this round
	for _, p := range s.problems {
		differs := s.differs(p.File) && (now[p.File] || !s.isSettled(p.File))
		if !differs && s.other.has[keyOf(p)] {
			continue // an old problem
		}
		culprits := s.findCulprits(p, now)
		switch {
		case !differs && slices.ContainsFunc(culprits, s.isRemoved):
			continue // the link is the error, and the removal is compared
		case differs && (len(culprits) == 0 || !s.hadReference(p)):
			s.hold(p.File, p)
			now[p.File] = true
			continue
		case len(culprits) == 0:
			unexplained = append(unexplained, p)
		}
		for _, file := range culprits {
			s.hold(file, s.blame(file, p))
			now[file] = true
		}
	}
	return len(now) > 0, unexplained
}

// isRemoved reports whether only the other side has a file of one thing, under any name.
func (s *state) isRemoved(file string) bool {
	return !s.isBase && referenceTo(file).what != "" && !exists(s.Files, file) && exists(s.other.Files, file) &&
		findRenamed(file, s.other.Files, s.Files) == ""
}

// findCulprits lists the files that differ and that a problem of another file may come from. now
// are those that were replaced already because of another such problem.
func (s *state) findCulprits(p Problem, now map[string]bool) []string {
	var out []string
	add := func(file string) {
		if file != "" && file != p.File && s.differs(file) && (now[file] || !s.isSettled(file)) && !slices.Contains(out, file) {
			out = append(out, file)
		}
	}
	for _, r := range s.causes[p] {
		add(fileOfReference(r))
		add(s.fileOf(r))
	}
	if p.File == goalsFile && len(s.causes[p]) == 0 {
		add(measuresFile) // a goal for an unknown metric
	}
	return out
}

// fileOf returns the file of the other side that defines a thing, also by a former ID.
func (s *state) fileOf(r reference) string {
	if now, ok := s.other.known[r.what][r.id]; ok {
		r.id = now
	}
	return fileOfReference(r)
}

// hadReference reports whether the other side's version of a file has the link that leads
// nowhere on this side.
func (s *state) hadReference(p Problem) bool {
	text, _ := readText(s.other.Files, p.File)
	return slices.ContainsFunc(s.causes[p], func(r reference) bool { return strings.Contains(text, `"`+r.id+`"`) })
}

// blame returns the problem of another file as one of the file that causes it.
func (s *state) blame(file string, p Problem) Problem {
	place := s.show(p.File)
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, p.Line)
	}
	if exists(s.Files, file) {
		return Problem{File: file, Text: "does not fit " + place + ": " + p.Text, Next: p.Next}
	}
	return Problem{
		File: file, Text: "does not exist, but " + place + " needs it: " + p.Text,
		Next: fmt.Sprintf("edit that link, or write formerly = [%q] in the file that replaces it", referenceTo(file).id),
	}
}

// hold replaces a file by the other side's version.
func (s *state) hold(file string, found ...Problem) {
	if h := s.held[file]; h != nil {
		h.found = append(h.found, found...)
		return
	}
	h := &held{found: found}
	s.held[file] = h
	others := exists(s.other.Files, file)
	s.swaps[file] = others
	s.keepIDs(file)
	partner := ""
	switch own := exists(s.Files, file); {
	case own && !others:
		if partner = findRenamed(file, s.Files, s.other.Files); partner != "" {
			s.swaps[partner] = true
			s.elsewhere[referenceTo(file)] = referenceTo(partner).id
		}
	case others && !own:
		if partner = findRenamed(file, s.other.Files, s.Files); partner != "" {
			s.swaps[partner] = false
			s.elsewhere[referenceTo(partner)] = referenceTo(file).id
		}
	}
	h.was = partner
}

// keepIDs makes the IDs known that the replaced version of a file defines: links to them are no
// mistakes.
func (s *state) keepIDs(file string) {
	if r := referenceTo(file); r.what != "" {
		s.elsewhere[r] = r.id
		return
	}
	text, _ := readText(s.Files, file)
	table := ""
	for line := range strings.Lines(text) {
		found := tableOrID.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		if found[1] != "" {
			table = found[1]
		}
		for _, what := range sharedFiles[file] {
			for _, id := range []string{found[2], makeSlug(found[3])} {
				if table == toSingular(what) && id != "" {
					s.elsewhere[reference{what, id}] = id
				}
			}
		}
	}
}

// tableOrID matches the beginning of a table in a file of many things, its ID and its title.
var tableOrID = regexp.MustCompile(`^\s*(?:\[\[([a-z]+)\]\]|id\s*=\s*["']([a-z0-9_-]+)["']|title\s*=\s*["'](.+)["'])`)

// listProblems returns the problems of the side: those of replaced files, and what is left.
func (s *state) listProblems() []Problem {
	all := slices.Clone(s.problems)
	for _, h := range s.held {
		for _, p := range h.found {
			if !s.has[keyOf(p)] {
				all = append(all, p)
			}
		}
	}
	return sortProblems(all)
}

// listUnread returns the files that were replaced.
func (s *state) listUnread() []Unread {
	var out []Unread
	for file, h := range s.held {
		u := Unread{File: file, Was: h.was, AtBase: s.isBase, Errors: len(h.found)}
		if h.was != "" && (s.isBase || !exists(s.Files, file)) {
			u.File, u.Was = u.Was, u.File // the file is called as at the head
		}
		out = append(out, u)
	}
	return out
}

const (
	teamsFile      = "teams.toml"
	measuresFile   = "measures.toml"
	themesFile     = "tickets/themes.toml"
	activitiesFile = "roadmap/activities.toml"
)

// sharedFiles are the files that define many things.
var sharedFiles = map[string][]kind{
	teamsFile: {groups, teams}, measuresFile: {measures}, themesFile: {themes}, activitiesFile: {activities},
}

// itemFolders are the folders with a file for each thing.
var itemFolders = map[kind]string{
	features: "features", initiatives: "roadmap", research: "research", cases: "cases", decisions: "decisions",
	pages: "pages", surveys: "surveys",
}

// fileOfReference returns the file that defines a thing.
func fileOfReference(r reference) string {
	for file, kinds := range sharedFiles {
		if slices.Contains(kinds, r.what) {
			return file
		}
	}
	ending := ".md"
	if r.what == surveys {
		ending = ".toml"
	}
	return path.Join(itemFolders[r.what], r.id+ending)
}

// referenceTo returns the thing that a file defines; the zero value if it defines none or many.
func referenceTo(file string) reference {
	if sharedFiles[file] != nil {
		return reference{}
	}
	for what, folder := range itemFolders {
		if path.Dir(file) == folder {
			return reference{what, strings.TrimSuffix(path.Base(file), path.Ext(file))}
		}
	}
	return reference{}
}
