package comment

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
)

// Marker is the first line of a comment. It identifies the comment to update.
const Marker = "<!-- ip3dp:diff -->"

// Limits of GitHub in characters. The comment is measured in bytes, which are never fewer.
const (
	MaxComment = 65_536
	MaxSummary = 1 << 20 // for one step of a job
)

// Options are the links in a comment and its limit.
type Options struct {
	Full    string // address of the whole diff, for the omitted part; "" for none
	Preview string // address of the preview of the site; "" for none
	Archive string // address of an archive with the preview; "" for none
	Open    string // file to open in the archive
	Charts  string // address of the pictures of changed charts; "" for none
	Limit   int    // bytes; 0 is MaxComment
}

// Headline returns the diff in one sentence, as plain text. All formats begin with it.
func Headline(d diff.Diff) string { return newWords(&d).leadRow().String() }

// Sentences returns the changes of a diff in one sentence each, as plain text.
func Sentences(d diff.Diff) []string {
	w := newWords(&d)
	out := make([]string, len(d.Changes))
	for i := range d.Changes {
		out[i] = line("%s", w.sentence(&d.Changes[i])).String()
	}
	return out
}

// Markdown returns the text of a diff, the most severe changes first. It counts the changes
// that do not fit, and never cuts a line.
func Markdown(d diff.Diff, o Options) string {
	doc := newDocument(&d)
	limit := o.Limit
	if limit <= 0 {
		limit = MaxComment
	}
	head := Marker + "\n" + "**" + doc.lead.markdown() + "**\n"
	foot := "\n" + joinParts(" · ", doc.foot.markdown(), o.previewLinks()) + "\n"
	w := writer{left: limit - len(head) - len(foot) - len(cutNotice(1<<30, o.Full))}
	for i := range doc.blocks {
		w.block(&doc.blocks[i])
	}
	text := head + w.b.String()
	if w.cut > 0 {
		text += cutNotice(w.cut, o.Full)
	}
	return text + foot
}

// cutNotice returns the number of omitted changes, with a link to them.
func cutNotice(n int, full string) string {
	what := "changes are"
	if n == 1 {
		what = "change is"
	}
	text := fmt.Sprintf("\n**%d more %s not shown here.** ", n, what)
	if to := webLink("See all of them", full); to != "" {
		return text + to + "\n"
	}
	return text + "`ip3dp diff` lists all of them.\n"
}

// writer appends whole lines while they fit. After the first line that does not fit, it only
// counts changes, because the changes are in order of severity.
type writer struct {
	b    strings.Builder
	left int
	full bool
	cut  int
}

func (w *writer) write(s string, changes int) {
	if !w.full && len(s) <= w.left {
		w.b.WriteString(s)
		w.left -= len(s)
		return
	}
	w.full = true
	w.cut += changes
}

func (w *writer) block(b *block) {
	title := b.title.markdown()
	if title != "" {
		title += "\n"
	}
	w.write("\n"+title, b.title.changes)
	for i := range b.rows {
		mark := "- "
		if b.rows[i].branch != noBranch {
			mark = "  - "
		}
		w.write(mark+b.rows[i].markdown()+"\n", b.rows[i].changes)
	}
	if b.gantt != "" {
		w.write("\n```mermaid\n"+b.gantt+"```\n", 0)
	}
}

// Text returns the text of a diff for a terminal: all changes, without diagrams.
func Text(d diff.Diff) string {
	doc := newDocument(&d)
	var b strings.Builder
	b.WriteString(doc.lead.String() + "\n")
	for i := range doc.blocks {
		b.WriteString("\n")
		if title := doc.blocks[i].title.String(); title != "" {
			b.WriteString(title + "\n")
		}
		for k := range doc.blocks[i].rows {
			mark := [...]string{noBranch: "  ", upper: "  ├ ", lower: "  └ "}[doc.blocks[i].rows[k].branch]
			b.WriteString(mark + doc.blocks[i].rows[k].String() + "\n")
		}
	}
	b.WriteString("\n" + doc.foot.String() + "\n")
	return b.String()
}

// joinParts joins the parts that are not empty.
func joinParts(separator string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, separator)
}
