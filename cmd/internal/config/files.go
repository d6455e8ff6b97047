package config

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// Git is a local clone.
//
// One table for each clone. It needs no token and no request: the git program reads commits,
// changes (from merges and their messages) and deployments (from tags, or updates of a
// branch). In CI, check out the whole history (`fetch-depth: 0`): a shallow clone is
// published as partial.
type Git struct {
	// The source's name on the data-quality page. Default: `"git"`, or the folder's name if
	// there are several.
	Name string `toml:"name"`
	// The top folder of a clone, or a bare clone.
	Path string `toml:"path" check:"required" example:"../checkout"`
	// The repository's name, as in `teams.toml`. Default: from the remote `origin`, else the
	// folder's name.
	Repository string `toml:"repository"`
	// The branch whose history counts. Default: the remote's default branch, else `HEAD`.
	Branch string `toml:"branch"`
	// The source of deployments: `tags` (each release tag), `branch` (each update of the
	// deploy branch), `none` (they come from `[[events]]`), or `auto`: tags if any looks like
	// a release, else branch. Default: `"auto"`.
	Deployments string `toml:"deployments"`
	// Tags that are deployments. A group named `service` captures the name of the
	// deployed part. Default: tags that look like releases.
	TagPattern string `toml:"tag_pattern"`
	// The branch whose updates are deployments. Default: `git.branch`.
	DeployBranch string `toml:"deploy_branch"`
	// The environment of the deployments. Default: `"production"`.
	Environment string `toml:"environment"`
	// Reads which files each commit changed, which takes about twice the time. It is always
	// on if a team owns paths.
	Paths bool `toml:"paths"`
	// Leaves out what happened before this day. Default: none.
	Since time.Time `toml:"since"`
}

// Options returns the options of a clone whose folder is path. paths asks which files
// each commit changed, even if the table does not.
func (g *Git) Options(path string, paths bool) git.Options {
	return git.Options{
		Path: path, Repository: g.Repository, Branch: g.Branch, Deployments: g.Deployments,
		TagPattern: g.TagPattern, DeployBranch: g.DeployBranch, Paths: g.Paths || paths,
		Environment: g.Environment, Since: g.Since,
	}
}

// FileKeys holds the keys of every table of export files.
type FileKeys struct {
	// The source's name on the data-quality page. Default: the kind of events, or the table's
	// name.
	Name string `toml:"name"`
	// The file. `*` and `?` match several, which may overlap:
	// [each thing counts once](../events.md#one-thing-in-several-rows-and-files).
	File string `toml:"file" check:"required glob" example:"exports/*.csv"`
	// The system that issued the IDs in the files, such as `"pagerduty"`. Give tables of one
	// system the same name: then an ID in two of them is one thing. Default: the `file`.
	System string `toml:"system"`
	// The zone of times without one, such as `"Europe/Vienna"`. Without it such a time is an
	// error. Default: none.
	Timezone string `toml:"timezone"`
	// `"dmy"` or `"mdy"`, for dates such as 3/4/2024, which are an error without it. Default:
	// none.
	DateOrder string `toml:"date_order"`
	// `"."` or `","`, for numbers such as 1,234, which are an error without it. Default: none.
	Decimal string `toml:"decimal"`
	// `"utf-8"`, `"utf-16le"`, `"utf-16be"`, `"windows-1252"` or `"macroman"`. Default:
	// detected.
	Encoding string `toml:"encoding"`
	// One character. Default: detected.
	Delimiter string `toml:"delimiter"`
	// 1, 2 or 3. Default: detected.
	HeaderRows int `toml:"header_rows"`
	// The sheet of a workbook (.xlsx) with several sheets, or the key of the list of rows in a
	// JSON object with several lists. Default: the only one.
	Sheet string `toml:"sheet"`
	// The largest size of a file in bytes, also after decompression. A larger file is refused
	// before it is read: see [performance.md](../performance.md). Default: `536870912`, which is
	// 512 MiB.
	MaxBytes int `toml:"max_bytes"`
	// Headers of this export for a column: `{ finished = ["Done at"] }`. Default: by name.
	Columns map[string][]string `toml:"columns"`
}

// Events is one kind of event files.
//
// One table for each export of deployments, changes, incidents or commits, in CSV or JSON,
// also compressed with gzip. [events.md](../events.md) lists the columns and the names they
// may have.
type Events struct {
	FileKeys
	// `deployments`, `changes`, `incidents` or `commits`.
	Kind string `toml:"kind" check:"required" example:"deployments"`
	// The repository of rows that name none. Default: none.
	Repository string `toml:"repository"`
	// The environment of deployments that name none. Default: none.
	Environment string `toml:"environment"`
	// Words for the state of a deployment: `{ "GREEN" = "success" }`. States are `pending`,
	// `success`, `failure`, `inactive`. Default: none.
	Statuses map[string]fact.State `toml:"statuses"`
	// Leaves out records from before this day. Default: none.
	Since time.Time `toml:"since"`
	// The start of the span that the file is complete for. Weeks without a deployment count
	// as zero only inside the span. Default: the first record.
	CoversFrom time.Time `toml:"covers_from"`
	// The end of that span. Default: the last record.
	CoversTo time.Time `toml:"covers_to"`
}

// Options returns the options of the source, and what is wrong with the dialect.
func (e *Events) Options() (events.Options, []KeyError) {
	t, errs := e.Tabular()
	return events.Options{
		Repository: e.Repository, Environment: e.Environment, Statuses: e.Statuses,
		Start: e.Since, CoversFrom: e.CoversFrom, CoversTo: e.CoversTo, Tabular: t,
	}, errs
}

// Surveys names the folder of the exports of surveys.
//
// Each `surveys/*.toml` of the content that is not a draft is a source of its own, with the
// name of the wave. It names its export, or several with `*` and `?`, and the meaning of the
// export's columns.
type Surveys struct {
	// The folder of the exports. Default: `surveys/` of the content.
	Folder string `toml:"folder"`
	// The largest size of an export in bytes, as for the other files. Default: `536870912`,
	// which is 512 MiB.
	MaxBytes int `toml:"max_bytes"`
}

// Tickets is an export of support requests.
//
// Support requests. [exports.md](../exports.md) lists the columns.
type Tickets struct {
	FileKeys
	// Words for the status of a ticket: `{ "Shipped" = "closed" }`. States are `open` and
	// `closed`. Default: none, besides [the usual words](../exports.md#tickets).
	Statuses map[string]string `toml:"statuses"`
}

// Usage is an export of who used what.
//
// Who used which feature when. [exports.md](../exports.md) lists the columns.
type Usage struct {
	FileKeys
	// The feature of rows that name none. Default: none.
	Feature string `toml:"feature"`
}

// Measures is a file of dated figures.
//
// Figures of the measures that `measures.toml` declares. Rows of others are counted as
// rejected. [exports.md](../exports.md) lists the columns.
type Measures struct {
	FileKeys
	// The measure of rows that name none. Default: none.
	Measure string `toml:"measure"`
}

// Tasks is a file of attempts at common tasks.
//
// Attempts at common tasks. [exports.md](../exports.md) lists the columns.
type Tasks struct{ FileKeys }

// Export is one table of export files besides [[events]].
type Export struct {
	*FileKeys
	Table string // its name in config.toml
	Own   string // the feature or measure of rows that name none
	// Statuses are the words of [[tickets]] for the status of a ticket.
	Statuses map[string]string

	key string // "usage.0"
}

// Exports lists the tables of export files in reading order.
func (c *Config) Exports() []Export {
	var list []Export
	add := func(table string, i int, f *FileKeys, own string) {
		list = append(list, Export{f, table, own, nil, fmt.Sprintf("%s.%d", table, i)})
	}
	for i := range c.Tickets {
		add("tickets", i, &c.Tickets[i].FileKeys, "")
		list[i].Statuses = c.Tickets[i].Statuses
	}
	for i := range c.Usage {
		add("usage", i, &c.Usage[i].FileKeys, c.Usage[i].Feature)
	}
	for i := range c.Measures {
		add("measures", i, &c.Measures[i].FileKeys, c.Measures[i].Measure)
	}
	for i := range c.Tasks {
		add("tasks", i, &c.Tasks[i].FileKeys, "")
	}
	return list
}

// KeyError describes what is wrong with one key.
type KeyError struct{ Key, Text, Next string }

// Tabular returns the dialect of the files, and what is wrong with it.
func (f *FileKeys) Tabular() (tabular.Options, []KeyError) {
	var errs []KeyError
	o := tabular.Options{Columns: f.Columns, Encoding: f.Encoding, HeaderRows: f.HeaderRows, Sheet: f.Sheet}
	if o.MaxBytes = int64(f.MaxBytes); f.MaxBytes < 0 {
		errs = append(errs, KeyError{"max_bytes", "max_bytes is negative", "leave it out for 512 MiB"})
	}
	var err error
	if o.Order, err = tabular.ParseDateOrder(f.DateOrder); err != nil {
		errs = append(errs, KeyError{"date_order", err.Error(), ""})
	}
	if f.Timezone != "" {
		o.Zone, err = time.LoadLocation(f.Timezone)
		if err != nil || f.Timezone == "Local" { // another machine would read other times
			errs = append(errs, KeyError{
				"timezone", fmt.Sprintf("timezone %q is unknown", f.Timezone),
				`write it like "Europe/Vienna" or "UTC"`,
			})
		}
	}
	if r := []rune(f.Delimiter); len(r) == 1 {
		o.Delimiter = r[0]
	} else if len(r) > 1 {
		errs = append(errs, KeyError{"delimiter", fmt.Sprintf("delimiter %q is not one character", f.Delimiter), ""})
	}
	switch f.Decimal {
	case "":
	case ".", ",":
		o.Decimal = f.Decimal[0]
	default:
		errs = append(errs, KeyError{"decimal", fmt.Sprintf("decimal %q is unknown", f.Decimal), `write "." or ","`})
	}
	return o, errs
}
