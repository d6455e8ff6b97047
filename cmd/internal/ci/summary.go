package ci

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/comment"
)

// maxRows is how many rows a table of the summary has; the site has them all.
const maxRows = 100

// WriteSummary describes in Markdown how a run ended. It escapes the names of others.
func WriteSummary(r *state.Record, code string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Platform site: %s\n", cmp.Or(endings[code], "nothing published, exit "+comment.Inline(cmp.Or(code, "unknown"))))
	if r == nil {
		b.WriteString("\nThe run left no record: see its log.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nAs of %s.\n", r.AsOf.UTC().Format("2006-01-02 15:04 UTC"))
	if r.Error != "" {
		fmt.Fprintf(&b, "\n> %s\n", comment.Inline(r.Error))
	}
	b.WriteString(describeHistory(r))
	writeHost(&b, r.Host)
	if len(r.Changed) > 0 {
		b.WriteString("\n### What changed\n\n")
		for i := range r.Changed[:min(len(r.Changed), maxRows)] {
			fmt.Fprintf(&b, "- %s\n", formatChange(&r.Changed[i]))
		}
	}
	if len(r.Sources) > 0 {
		b.WriteString("\n### Sources\n\n| source | state | used | newest | what is missing |\n|---|---|---:|---|---|\n")
		for i := range r.Sources[:min(len(r.Sources), maxRows)] {
			s := &r.Sources[i]
			newest := "–"
			if s.Newest != nil {
				newest = s.Newest.UTC().Format(time.DateOnly)
			}
			fmt.Fprintf(&b, "| %s | %s | %s of %s | %s | %s |\n", comment.Inline(s.Name), s.Grade, text.FormatCount(s.Used),
				text.FormatCount(s.Read), newest, comment.Inline(findReason(s)))
		}
	}
	return b.String()
}

// describeHistory describes where published values were read back from, or why they could not be.
func describeHistory(r *state.Record) string {
	var b strings.Builder
	switch h := r.History; {
	case h == nil:
	case !h.Begun.IsZero():
		fmt.Fprintf(&b, "\n> **History begins on %s**: nothing published before could be read back (%s). It heals when a "+
			"place can be read again.\n", h.Begun.UTC().Format("2 Jan 2006"), comment.Inline(strings.Join(h.Because, "; ")))
	default:
		fmt.Fprintf(&b, "\nHistory: read back from %s, published on %s", comment.Inline(h.From), h.At.UTC().Format("2 Jan 2006"))
		if h.Aged {
			b.WriteString(", more than 30 days ago")
		}
		b.WriteString(".\n")
	}
	for _, line := range r.Tried[:min(len(r.Tried), maxRows)] {
		fmt.Fprintf(&b, "\n- Not read back: %s\n", comment.Inline(line))
	}
	return b.String()
}

// writeHost writes who can read the site, and the address to write into the configuration.
func writeHost(b *strings.Builder, h *state.HostRecord) {
	if h == nil {
		return
	}
	fmt.Fprintf(b, "\nWho can read the site: %s.\n", comment.Inline(h.Readers))
	if h.Contradiction != "" {
		fmt.Fprintf(b, "\n> **Warning:** %s. Set `site.audience = \"public\"`, or restrict the site.\n", comment.Inline(h.Contradiction))
	}
	if h.BaseURL != "" {
		fmt.Fprintf(b, "\nThe site has an address, and `config.toml` does not have it yet. Write below `[site]`:\n\n"+
			"```toml\nbase_url = %q\n```\n", h.BaseURL)
	}
}

// endings describes exit codes for readers of the summary.
var endings = map[string]string{
	"0":   "published, complete",
	"1":   "nothing published, the last site stays",
	"2":   "a mistake in configuration or content, the last site stays",
	"3":   "published, but a source is partial or stale, or history could not be read back",
	"10":  "no readable store, the last site stays",
	"11":  "another run holds the store, the last site stays",
	"12":  "a token is missing or was refused",
	"130": "interrupted, the last site stays",
}

// formatChange returns one change as a line of Markdown.
func formatChange(e *compute.DecisionLogEntry) string {
	what := comment.Inline(e.Text)
	if e.Kind == compute.RecommendationChanged {
		what = comment.Inline(cmp.Or(e.To, "no recommendation")) + ", before: " + comment.Inline(cmp.Or(e.From, "none"))
	}
	return "**" + comment.Inline(e.Title) + "** (" + comment.Inline(e.Kind) + "): " + what
}

// CutLines cuts a text to whole lines of at most so many bytes.
func CutLines(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[:most]
	return text[:strings.LastIndexByte(text, '\n')+1]
}
