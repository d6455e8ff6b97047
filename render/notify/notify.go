// Package notify words what changed for a chat: one message of Slack, of Teams or of
// anything that takes Markdown. Names and reasons come from files of others, so none
// of them can mention a channel, hide a link or format the message.
package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ip3dp/ip3dp/compute"
)

// Formats of a message.
const (
	Slack    = "slack"    // an incoming webhook of Slack
	Teams    = "teams"    // a workflow of Microsoft Teams that posts an adaptive card
	Markdown = "markdown" // {"text": "…"}, as Mattermost and others take it
)

// Plain is text without mark-up; no webhook takes it.
const Plain = "plain"

// Formats are those of webhooks.
var Formats = []string{Slack, Teams, Markdown}

// limits are how many bytes a message's text may have: what Slack shows unfolded,
// and what leaves a Teams card below its 28 KB with all that JSON escapes.
var limits = map[string]int{Slack: 3500, Teams: 8000, Markdown: 12000}

// reasonLimit is the number of characters of a reason in a message.
const reasonLimit = 240

// Options are the format of a message and its platform.
type Options struct {
	Format   string
	Platform string
	Site     string // address of the site; "" for a message without links
	CutOff   time.Time
}

// Text returns the message as people read it, in the format's own mark-up. Changes come in the
// order given; those that do not fit are counted.
func Text(o Options, changes []compute.DecisionLogEntry) string {
	m := markups[o.Format]
	site := strings.TrimSuffix(o.Site, "/")
	var b strings.Builder
	what := "1 decision changed"
	if n := len(changes); n != 1 {
		what = fmt.Sprintf("%d decisions changed", n)
	}
	b.WriteString(m.bold(m.plain(clip(o.Platform, reasonLimit)) + ": " + what))
	if !o.CutOff.IsZero() {
		b.WriteString(" (data to " + o.CutOff.AddDate(0, 0, -1).Format("2 January 2006") + ")")
	}
	end := "\n\nRecommendations are advice until people decide."
	if site != "" {
		end += " " + m.link(site+"/decisions/", "All decisions")
	}
	for i := range changes {
		line := m.changeLine(site, &changes[i])
		rest := fmt.Sprintf("\n%sand %d more", m.bullet, len(changes)-i)
		if b.Len()+len(line)+len(rest)+len(end) > limits[o.Format] {
			b.WriteString(rest)
			break
		}
		b.WriteString(line)
	}
	return b.String() + end
}

// Payload returns the message as the webhook takes it.
func Payload(o Options, changes []compute.DecisionLogEntry) ([]byte, error) {
	return Body(o.Format, Text(o, changes))
}

// Body returns a text with the mark-up of a format as its webhook takes it.
func Body(format, text string) ([]byte, error) {
	if format != Teams {
		return json.Marshal(map[string]any{"text": text})
	}
	type object = map[string]any
	var body []object
	for _, part := range strings.Split(text, "\n") {
		if part != "" {
			body = append(body, object{"type": "TextBlock", "text": part, "wrap": true})
		}
	}
	return json.Marshal(object{
		"type": "message",
		"attachments": []object{{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content": object{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
			},
		}},
	})
}

// markup is how a format writes.
type markup struct {
	bullet  string
	escapes *strings.Replacer
	bold    func(safe string) string
	link    func(address, safe string) string
}

// invisible stands between an at sign and a name, and within what would become a
// link by itself: a reader sees no difference, a program no mention.
const invisible = "\u200b"

var markups = map[string]markup{
	Slack: {
		bullet: "• ",
		// https://docs.slack.dev/messaging/formatting-message-text: three characters
		// are escaped; mark-up has no escape, so that its characters are others.
		escapes: strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'", "*", "∗", "~", "∼", "_", "_"+invisible, "@", "@"+invisible, "://", ":"+invisible+"//"),
		bold:    func(safe string) string { return "*" + safe + "*" },
		link:    func(address, safe string) string { return "<" + address + "|" + safe + ">" },
	},
	Teams: {
		bullet: "- ", escapes: markdownEscapes,
		bold: func(safe string) string { return "**" + safe + "**" },
		link: func(address, safe string) string { return "[" + safe + "](" + address + ")" },
	},
	Plain: {
		bullet: "- ", escapes: strings.NewReplacer("@", "@"+invisible, "://", ":"+invisible+"//"),
		bold: func(safe string) string { return safe },
		link: func(_, safe string) string { return safe },
	},
	Markdown: {
		bullet: "- ", escapes: markdownEscapes,
		bold: func(safe string) string { return "**" + safe + "**" },
		link: func(address, safe string) string { return "[" + safe + "](" + address + ")" },
	},
}

var markdownEscapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@"+invisible, "://", ":"+invisible+"//", "#", `\#`,
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`, "!", `\!`, "|", `\|`,
)

// plain returns text of others without meaning for the format.
func (m *markup) plain(text string) string {
	// "www." is made a link without a scheme.
	return strings.ReplaceAll(m.escapes.Replace(clean(text)), "www.", "www"+invisible+".")
}

// clean returns text of others as one line, without control characters and without those that
// turn the direction of writing.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// changeLine returns a line about one change, and one with its reason.
func (m *markup) changeLine(site string, e *compute.DecisionLogEntry) string {
	words := m.plain(clip(e.Words(), reasonLimit))
	if site != "" && isSlug(e.Subject) {
		folder := "initiatives"
		if e.Kind == compute.RecommendationChanged || e.Kind == compute.DecisionMade {
			folder = "features"
		}
		words = m.link(site+"/"+folder+"/"+e.Subject+"/", words)
	}
	why := e.Reason
	if e.Kind == compute.RecommendationChanged {
		why = e.Text
	}
	line := "\n" + m.bullet + words
	if why != "" {
		line += "\n   " + m.plain(clip(why, reasonLimit))
	}
	return line
}

// isSlug reports whether an ID may be part of an address as it is.
func isSlug(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

// clip keeps the first n characters.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// New returns the changes that no message had yet, oldest first.
func New(log *compute.DecisionLog, told []string) []compute.DecisionLogEntry {
	var out []compute.DecisionLogEntry
	for i := range log.Changes {
		if !slices.Contains(told, log.Changes[i].ID) {
			out = append(out, log.Changes[i])
		}
	}
	slices.SortStableFunc(out, func(a, b compute.DecisionLogEntry) int { return a.On.Compare(b.On) })
	return out
}
