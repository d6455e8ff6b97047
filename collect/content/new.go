package content

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
)

// newFolders maps each kind to the folder of its files. The survey kinds are instruments: NPS,
// the platform, cognitive load, a weekly pulse.
var newFolders = map[string]string{
	"feature":               "features",
	"initiative":            "roadmap",
	"wont-build":            "roadmap",
	"interview":             "research",
	"shadowing":             "research",
	"job":                   "research",
	"insight":               "research",
	"office-hours":          "research",
	"retrospective":         "research",
	"conversation":          "research",
	"case":                  "cases",
	"decision":              "decisions",
	"page":                  "pages",
	"survey":                "surveys",
	"survey-platform":       "surveys",
	"survey-cognitive-load": "surveys",
	"survey-pulse":          "surveys",
	"goal":                  "",
}

// IsSharedFile reports whether all things of that kind share one file: the caller then appends
// the text of NewFile to it.
func IsSharedFile(kind string) bool { return newFolders[kind] == "" }

// ListKinds returns the kinds of NewFile, in alphabetical order.
func ListKinds() []string { return sortedKeys(newFolders) }

// NewFile returns the path below the content's root and the text of a commented file to start
// from. templates holds KIND.md.tmpl and KIND.toml.tmpl files. The text contains today as its
// date, and half a year later as the date of a goal. The ID of a goal may be that of its
// metric. The caller writes the file, and must not overwrite another.
func NewFile(templates fs.FS, kind, id string, today time.Time) (string, []byte, error) {
	folder, ok := newFolders[kind]
	if !ok {
		return "", nil, fmt.Errorf("unknown kind %q; %s", kind, text.DidYouMean(kind, "kinds", ListKinds()))
	}
	metric := ""
	if IsSharedFile(kind) && isMetric(id) && validID(id, ".-_") {
		metric, id = id, id[strings.LastIndexByte(id, '.')+1:]
		id = strings.ReplaceAll(id, "_", "-")
	}
	if isReserved(id) {
		text, next := wrongID(id, "-")
		return "", nil, fmt.Errorf("%s; %s", text, next)
	}
	if !validID(id, "-") {
		return "", nil, fmt.Errorf("%q is not a valid ID; use lower-case letters, digits and dashes, at most %d: %s", id,
			maxID,
			makeSlug(id))
	}
	ending := ".md"
	if folder == "surveys" || IsSharedFile(kind) {
		ending = ".toml"
	}
	t, err := template.ParseFS(templates, kind+ending+".tmpl")
	if err != nil {
		return "", nil, fmt.Errorf("template of %s: %w", kind, err)
	}
	rest := leadingDate.ReplaceAllString(id, "")
	var text bytes.Buffer
	err = t.Execute(&text, struct{ ID, Rest, Title, Metric, Date, Later string }{
		ID: id, Rest: rest, Title: humanise(strings.Trim(rest,
			"-")), Metric: metric, Date: formatDay(today), Later: formatDay(today.AddDate(0, 6, 0)),
	})
	if err != nil {
		return "", nil, fmt.Errorf("template of %s: %w", kind, err)
	}
	if IsSharedFile(kind) {
		return goalsFile, text.Bytes(), nil
	}
	return path.Join(folder, id+ending), text.Bytes(), nil
}

// leadingDate matches the day at the beginning of decisions' IDs.
var leadingDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-`)
