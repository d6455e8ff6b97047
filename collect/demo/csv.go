package demo

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Column names of the delivery exports.
var (
	deploymentColumns = []string{
		"repository", "service", "id", "environment", "commit", "ref", "created", "finished",
		"status", "creator", "url",
	}
	changeColumns = []string{
		"repository", "id", "url", "title", "author", "branch", "first_commit", "opened",
		"ready", "first_review", "merged", "closed", "draft", "merge_commit", "head", "labels", "paths",
	}
	incidentColumns = []string{
		"id", "url", "repository", "service", "severity", "opened", "resolved", "deployment",
		"title",
	}
)

// Counts is the number of rows written to each export, by file name.
type Counts map[string]int

// WriteFolder writes the exports for a build of the site into a folder, and creates the folder
// if necessary. The same options give the same bytes.
func WriteFolder(folder string, o Options) (Counts, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var open []*os.File
	create := func(name string) (io.Writer, error) {
		f, err := os.Create(filepath.Join(folder, name))
		if err == nil {
			open = append(open, f)
		}
		return f, err
	}
	n, err := Write(create, o)
	for _, f := range open {
		if cerr := f.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("demo: %w", cerr)
		}
	}
	return n, err
}

// Write streams the exports to the writers that create returns for file names. It keeps one
// block of four weeks in memory.
func Write(create func(name string) (io.Writer, error), o Options) (Counts, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var t tables
	deployments := t.openTable(create, "deployments.csv.gz", deploymentColumns)
	changes := t.openTable(create, "changes.csv.gz", changeColumns)
	incidents := t.openTable(create, "incidents.csv.gz", incidentColumns)
	if err := t.firstError(); err != nil {
		return nil, err
	}
	g := newGenerator(o)
	if o.Staff {
		t.writeStaff(create, g)
	}
	err = g.forEachBlock(func(b *batch) error {
		for i := range b.deployments {
			deployments.writeRow(appendDeployment(deployments.row, &b.deployments[i]))
		}
		for i := range b.changes {
			changes.writeRow(appendChange(changes.row, &b.changes[i]))
		}
		for i := range b.incidents {
			incidents.writeRow(appendIncident(incidents.row, &b.incidents[i]))
		}
		return t.firstError()
	})
	if err != nil {
		return nil, err
	}
	return t.countRows(), t.close()
}

// table is one export being written.
type table struct {
	name string
	zip  *gzip.Writer // nil for a plain file
	csv  *csv.Writer
	row  []string // reused
	rows int
}

func (t *table) writeRow(row []string) {
	t.row = row[:0]
	t.rows++
	_ = t.csv.Write(row) // the writer keeps its error; tables.firstError reports it
}

// tables are the open exports; the first error stops everything.
type tables struct {
	all []*table
	err error
}

// openTable begins an export. Names that end in .gz are compressed, without a time in their
// header, so that the bytes repeat.
func (ts *tables) openTable(create func(string) (io.Writer, error), name string, columns []string) *table {
	t := &table{name: name}
	if ts.err != nil {
		return t
	}
	w, err := create(name)
	if err != nil {
		ts.err = fmt.Errorf("demo: %w", err)
		return t
	}
	if strings.HasSuffix(name, ".gz") {
		t.zip = gzip.NewWriter(w)
		w = t.zip
	}
	t.csv = csv.NewWriter(w)
	_ = t.csv.Write(columns) // the writer keeps its error; tables.firstError reports it
	ts.all = append(ts.all, t)
	return t
}

func (ts *tables) countRows() Counts {
	n := Counts{}
	for _, t := range ts.all {
		n[t.name] = t.rows
	}
	return n
}

func (ts *tables) firstError() error {
	if ts.err != nil {
		return ts.err
	}
	for _, t := range ts.all {
		if err := t.csv.Error(); err != nil {
			return fmt.Errorf("demo: write %s: %w", t.name, err)
		}
	}
	return nil
}

func (ts *tables) close() error {
	for _, t := range ts.all {
		t.csv.Flush()
		if t.zip == nil {
			continue
		}
		if err := t.zip.Close(); err != nil {
			return fmt.Errorf("demo: write %s: %w", t.name, err)
		}
	}
	return ts.firstError()
}

// formatTime returns a time in RFC 3339; "" for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func appendDeployment(row []string, d *fact.Deployment) []string {
	last := d.Statuses[len(d.Statuses)-1]
	return append(row, d.Repository, d.Service, d.ID, d.Environment, d.Commit, d.Ref,
		formatTime(d.Created), formatTime(last.At), string(last.State), d.Creator, d.URL)
}

func appendChange(row []string, c *fact.Change) []string {
	return append(row, c.Repository, c.ID, c.URL, c.Title, c.Author, c.Branch,
		formatTime(c.FirstCommit), formatTime(c.Opened), formatTime(c.Ready), formatTime(c.FirstReview),
		formatTime(c.Merged), formatTime(c.Closed),
		strconv.FormatBool(c.Draft), c.MergeCommit, c.Head, strings.Join(c.Labels, ";"), strings.Join(c.Paths, ";"))
}

func appendIncident(row []string, in *fact.Incident) []string {
	return append(row, in.ID, in.URL, in.Repository, in.Service, in.Severity,
		formatTime(in.Opened), formatTime(in.Resolved), in.Deployment, in.Title)
}
