package comment

import (
	"fmt"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

// Limits of the list of errors: with them the comment about one file has at most ten lines.
const (
	mostErrors = 3 // of one file, if it is the only one; else one
	mostFiles  = 5
	mostNames  = 3 // of files that are not compared
)

// errorBlock returns the errors by file: each file once, with its first errors and the number
// of the others.
func (w *words) errorBlock(changes []*diff.Change) block {
	b := block{}
	if len(w.groups) > 1 {
		b.title = *line("").strong(listTitles[diff.Broken])
	}
	var files []string
	of := map[string][]*diff.Change{}
	for _, x := range changes {
		if of[x.File] == nil {
			files = append(files, x.File)
		}
		of[x.File] = append(of[x.File], x)
	}
	shown := 1
	if len(files) == 1 {
		shown = mostErrors
	}
	for i, file := range files {
		list := of[file]
		if i == mostFiles {
			r := line("Also with errors: ")
			addNames(r, files[i:], w.d.MoreUnread)
			r.changes = 1
			b.rows = append(b.rows, *r)
			break
		}
		for k, x := range list[:min(shown, len(list))] {
			once := *x.Finding
			if k > 0 {
				once.Next = "" // it is much like the first
			}
			r := *findingRow(&diff.Change{Kind: x.Kind, Finding: &once})
			if k == 0 {
				r.changes = 1
			}
			b.rows = append(b.rows, r)
		}
		rest := len(list) - shown
		if len(files) == 1 {
			rest += w.d.More
		}
		if rest > 0 {
			last := &b.rows[len(b.rows)-1]
			last.text(" (and %s in this file)", format.Things(rest, "more errors"))
		}
	}
	return b
}

// listUnread lists the files that were not compared, because the head or the base has errors
// in them.
func (w *words) listUnread(atBase bool) []string {
	var files []string
	for _, u := range w.d.Unread {
		if u.AtBase == atBase {
			files = append(files, u.File)
		}
	}
	return files
}

// countErrors returns the number of new errors, also those that are not listed.
func (w *words) countErrors() int {
	n, _ := w.count(diff.Broken)
	return n + w.d.More
}

// endedLead returns the first sentence of a diff that was ended.
func (w *words) endedLead() string {
	n := w.countErrors()
	what := "The content has "
	if w.d.Ended == diff.ConfigurationErrors {
		what = "The configuration has "
	}
	return what + format.Things(max(n, w.d.Old), "errors") + ": nothing else is compared."
}

// unreadLead returns the first sentence of a diff with errors and no other change; nil if there
// is another.
func (w *words) unreadLead() *row {
	if n, _ := w.count(diff.Broken); n == 0 || n < len(w.d.Changes) {
		return nil
	}
	return line("%s. Nothing else moves.", sentenceList(w.errorParts()))
}

// errorParts returns the parts of the first sentence about errors.
func (w *words) errorParts() []string {
	var parts []string
	n := w.countErrors()
	files := w.listUnread(false)
	switch {
	case len(files) == 1 && n > 0:
		parts = append(parts, fmt.Sprintf("%s in %s, which is not compared", format.Things(n, "errors"), shortText(files[0])))
	case len(files) > 1:
		all := format.Things(len(files)+w.d.MoreUnread, "files")
		parts = append(parts, all+" have errors and are not compared")
	case n > 0:
		parts = append(parts, format.Things(n, "new errors"))
	}
	return parts
}

// addUnread names what was not compared.
func (w *words) addUnread(r *row) {
	if w.d.Ended != "" {
		r.text(" Not compared: everything else, because %s.", shortText(w.d.Ended))
		return
	}
	for _, part := range []struct {
		atBase bool
		words  string
	}{{false, " Not compared: "}, {true, " Not compared, because of errors at the base: "}} {
		if files := w.listUnread(part.atBase); len(files) > 0 {
			addNames(r.text("%s", part.words), files, w.d.MoreUnread)
			r.text(".")
		}
	}
}

// addNames adds the first of a list of files, and counts the others with the unlisted ones.
func addNames(r *row, files []string, more int) {
	for i, file := range files[:min(len(files), mostNames)] {
		if i > 0 {
			r.text(", ")
		}
		r.code(file)
	}
	if rest := len(files) - mostNames + more; rest > 0 {
		r.text(" and %s", format.Things(rest, "more files"))
	}
}
