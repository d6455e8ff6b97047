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

// newFolders says where files of each kind belong. The survey kinds are
// instruments: NPS, the platform, cognitive load, a weekly pulse.
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

// SharedFile reports whether things of that kind stand in one file together: what New
// writes is then to be added to it.
func SharedFile(kind string) bool { return newFolders[kind] == "" }

// NewKinds are the kinds that New knows, in alphabetical order.
func NewKinds() []string { return sortedKeys(newFolders) }

// New writes a commented file to start from. templates holds KIND.md.tmpl and
// KIND.toml.tmpl files; today stands in the file where a date belongs, and half a year
// later where a goal is due. The ID of a goal may be that of its metric. It returns the path below the content's root and the text; writing it, and
// refusing to overwrite, is the caller's.
func New(templates fs.FS, kind, id string, today time.Time) (string, []byte, error) {
	folder, ok := newFolders[kind]
	if !ok {
		return "", nil, fmt.Errorf("unknown kind %q; %s", kind, text.DidYouMean(kind, "kinds", NewKinds()))
	}
	metric := ""
	if SharedFile(kind) && isMetric(id) && validID(id, ".-_") {
		metric, id = id, id[strings.LastIndexByte(id, '.')+1:]
		id = strings.ReplaceAll(id, "_", "-")
	}
	if reserved(id) {
		text, next := wrongID(id, "-")
		return "", nil, fmt.Errorf("%s; %s", text, next)
	}
	if !validID(id, "-") {
		return "", nil, fmt.Errorf("%q is no ID; use lower-case letters, digits and dashes, at most %d: %s", id, maxID,
			slug(id))
	}
	ending := ".md"
	if folder == "surveys" || SharedFile(kind) {
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
			"-")), Metric: metric, Date: day(today), Later: day(today.AddDate(0, 6, 0)),
	})
	if err != nil {
		return "", nil, fmt.Errorf("template of %s: %w", kind, err)
	}
	if SharedFile(kind) {
		return goalsFile, text.Bytes(), nil
	}
	return path.Join(folder, id+ending), text.Bytes(), nil
}

// leadingDate is the day that decisions' IDs begin with.
var leadingDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-`)
