package digest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"mime/quotedprintable"
	"strings"

	"github.com/ip3dp/ip3dp/render/notify"
)

// Formats of a digest.
const (
	HTML     = "html"     // a table with inline styles, for mail
	Mail     = "mail"     // a message with a part as text and one as HTML, without its addresses
	Markdown = "markdown" // for a wiki or an issue
	Text     = "text"     // plain text
)

// Formats are all of them.
var Formats = []string{HTML, Markdown, Text, Mail}

// Write returns the digest in a format.
func (d *Digest) Write(as string) (string, error) {
	switch as {
	case HTML:
		return d.html()
	case Mail:
		return d.mail()
	case Markdown:
		return notify.Lines(notify.Options{Format: notify.Markdown, Site: d.Site}, d.lines("###")), nil
	}
	return notify.Lines(notify.Options{Format: notify.Plain}, d.lines("")), nil
}

// Chat returns the digest as the body of a webhook of a chat.
func (d *Digest) Chat(as string) ([]byte, error) {
	o := notify.Options{Format: as, Site: d.Site}
	return notify.Body(as, notify.Lines(o, d.lines("")))
}

// lines returns the lines of a digest. A part without lines is one line.
func (d *Digest) lines(mark string) []notify.Line {
	out := []notify.Line{{Text: d.Title, Head: true, Mark: strings.TrimPrefix(mark, "#")}}
	if d.Data != "" {
		out = append(out, notify.Line{Text: d.Data + ". Recommendations are advice until people decide.", Note: true})
	}
	for _, p := range d.Parts {
		head := notify.Line{Text: p.Title, Head: true, Mark: mark}
		if len(p.Lines) == 0 {
			head.Text += ": " + p.None
		}
		out = append(out, head)
		out = append(out, p.Lines...)
	}
	return out
}

// page is the digest as HTML: one table, styles in its cells, no script, no picture, and no
// address but the site's.
var page = template.Must(template.New("digest").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body style="margin:0;padding:16px;background:#ffffff;color:#1a1a1a;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.4">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="max-width:640px">
{{range .Lines}}<tr><td style="{{.Style}}">{{if .Href}}<a href="{{.Href}}" style="color:#0b57d0">{{.Text}}</a>{{else}}{{.Text}}{{end}}</td></tr>
{{end}}</table>
</body></html>
`))

// row is a line of the table.
type row struct {
	Text, Href string
	Style      template.CSS // one of styles
}

// styles of the rows: the title, a note, the title of a part, and a line.
var styles = map[string]template.CSS{
	"title": "font-size:20px;font-weight:bold;padding:0 0 4px 0", "note": "color:#555555;padding:0 0 4px 0",
	"head": "font-weight:bold;padding:14px 0 2px 0", "line": "padding:3px 0 3px 12px",
}

func (d *Digest) html() (string, error) {
	var rows []row
	for i, l := range d.lines("") {
		r := row{Text: notify.PlainText(l.Text), Style: styles["line"]}
		switch {
		case i == 0:
			r.Style = styles["title"]
		case l.Note:
			r.Style = styles["note"]
		case l.Head:
			r.Style = styles["head"]
		}
		if at := notify.Address(d.Site, l.Path); at != "" {
			r.Href = at
		}
		rows = append(rows, r)
	}
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		Title string
		Lines []row
	}{notify.PlainText(d.Title), rows})
	return b.String(), err
}

// mail returns a message of two alternatives: text and HTML. Its headers have no addresses.
func (d *Digest) mail() (string, error) {
	html, err := d.html()
	if err != nil {
		return "", err
	}
	text, err := d.Write(Text)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text + html))
	boundary := "ip3dp-" + hex.EncodeToString(sum[:12])
	var b bytes.Buffer
	fmt.Fprintf(&b, "Subject: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=%q\r\n\r\n",
		mime.QEncoding.Encode("utf-8", notify.PlainText(d.Title)), boundary)
	for _, part := range []struct{ kind, text string }{{"text/plain", text}, {"text/html", html}} {
		fmt.Fprintf(&b, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
			boundary, part.kind)
		w := quotedprintable.NewWriter(&b)
		if _, err = w.Write([]byte(part.text)); err == nil {
			err = w.Close()
		}
		if err != nil {
			return "", err
		}
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.String(), nil
}
