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

// Counts says how many rows of each export were written, by file name.
type Counts map[string]int

// WriteFolder writes the exports that a build of the site reads into a folder,
// which is made if it does not exist. Same options, same bytes.
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

// Write streams the exports to the writers that create returns for file names.
// It holds one block of four weeks at a time.
func Write(create func(name string) (io.Writer, error), o Options) (Counts, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var t tables
	deployments := t.open(create, "deployments.csv.gz", deploymentColumns)
	changes := t.open(create, "changes.csv.gz", changeColumns)
	incidents := t.open(create, "incidents.csv.gz", incidentColumns)
	if err := t.failed(); err != nil {
		return nil, err
	}
	g := newGenerator(o)
	if o.Staff {
		t.staff(create, g)
	}
	err = g.each(func(b *batch) error {
		for i := range b.deployments {
			deployments.write(deploymentRow(deployments.row, &b.deployments[i]))
		}
		for i := range b.changes {
			changes.write(changeRow(changes.row, &b.changes[i]))
		}
		for i := range b.incidents {
			incidents.write(incidentRow(incidents.row, &b.incidents[i]))
		}
		return t.failed()
	})
	if err != nil {
		return nil, err
	}
	return t.counts(), t.close()
}

// table is one export being written.
type table struct {
	name string
	zip  *gzip.Writer // nil for a plain file
	csv  *csv.Writer
	row  []string // reused
	rows int
}

func (t *table) write(row []string) {
	t.row = row[:0]
	t.rows++
	_ = t.csv.Write(row) // the writer keeps its error; tables.failed reports it
}

// tables are the open exports; the first error stops everything.
type tables struct {
	all []*table
	err error
}

// open begins an export; names ending in .gz are compressed, without a time in
// their header so that the bytes repeat.
func (ts *tables) open(create func(string) (io.Writer, error), name string, columns []string) *table {
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
	_ = t.csv.Write(columns) // the writer keeps its error; tables.failed reports it
	ts.all = append(ts.all, t)
	return t
}

func (ts *tables) counts() Counts {
	n := Counts{}
	for _, t := range ts.all {
		n[t.name] = t.rows
	}
	return n
}

func (ts *tables) failed() error {
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
	return ts.failed()
}

// stamp writes a time; the zero time is an empty cell.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func deploymentRow(row []string, d *fact.Deployment) []string {
	last := d.Statuses[len(d.Statuses)-1]
	return append(row, d.Repository, d.Service, d.ID, d.Environment, d.Commit, d.Ref,
		stamp(d.Created), stamp(last.At), string(last.State), d.Creator, d.URL)
}

func changeRow(row []string, c *fact.Change) []string {
	return append(row, c.Repository, c.ID, c.URL, c.Title, c.Author, c.Branch,
		stamp(c.FirstCommit), stamp(c.Opened), stamp(c.Ready), stamp(c.FirstReview), stamp(c.Merged), stamp(c.Closed),
		strconv.FormatBool(c.Draft), c.MergeCommit, c.Head, strings.Join(c.Labels, ";"), strings.Join(c.Paths, ";"))
}

func incidentRow(row []string, in *fact.Incident) []string {
	return append(row, in.ID, in.URL, in.Repository, in.Service, in.Severity,
		stamp(in.Opened), stamp(in.Resolved), in.Deployment, in.Title)
}
