package main

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/chart"
)

// newRecord returns the record of a build, with its sources in the order of the configuration.
func newRecord(m *compute.Measured, gathered []sources.Gathered) state.Record {
	r := state.Record{
		Version: state.RecordVersion, Tool: state.Tool, Release: versionText(), AsOf: m.AsOf,
		Manifest: publish.ManifestPath, Sources: []state.SourceRecord{},
	}
	grades := map[string]compute.Quality{}
	for _, q := range m.Quality {
		grades[q.Source] = q
	}
	seen := map[string]bool{}
	for i := range gathered {
		name := gathered[i].Name()
		if seen[name] { // a source of several files
			continue
		}
		seen[name] = true
		q, reported := grades[name]
		if !reported {
			q.Grade, q.Why = compute.Missing, "it gave nothing"
		}
		r.Sources = append(r.Sources, newSourceRecord(name, gathered[i].Kind.Table, q, m.AsOf))
		if q.Grade != compute.Complete {
			r.Exit = exit.Partial
		}
	}
	return r
}

func newSourceRecord(name, kind string, q compute.Quality, asOf time.Time) state.SourceRecord {
	s := state.SourceRecord{
		Name: name, Kind: kind, Grade: q.Grade, Why: q.Why,
		Imports: append([]compute.ImportLine{}, q.Imports...), Gaps: append([]compute.GapLine{}, q.Gaps...),
		Collected: q.Sync, Checks: q.Checks, Rows: q.Rows,
		Columns: q.Columns, Near: q.Near, Unread: q.Unread,
	}
	for i := range s.Imports {
		im := &s.Imports[i]
		s.Read += im.Read
		s.Used += im.Used
		for _, rejected := range im.Rejected {
			s.Rejected += rejected.Count
		}
	}
	if !q.Last.IsZero() {
		age := int64(asOf.Sub(q.Last).Seconds())
		s.Newest, s.Age = &q.Last, &age
	}
	return s
}

// addPrivate adds the data that only the state folder may contain.
func addPrivate(r *state.Record, command string, gathered []sources.Gathered, synced []forges.Synced,
	took time.Duration,
) {
	r.Command, r.Seconds = command, took.Seconds()
	for i := range synced {
		s := &synced[i]
		k := slices.IndexFunc(r.Sources, func(have state.SourceRecord) bool { return have.Name == s.Name })
		if k < 0 {
			continue
		}
		r.Sources[k].Seconds += s.Took.Seconds()
		if s.Err != nil {
			r.Sources[k].Error = text.OneLine(s.Err.Error())
		}
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		for _, g := range gathered {
			if g.Name() != s.Name {
				continue
			}
			s.Seconds += g.Took.Seconds()
			if g.Err != nil {
				s.Error = text.Join("; ", s.Error, text.OneLine(g.Err.Error()))
			}
		}
	}
}

// newCollectRecord returns the record of a collection, with its forges in the order of the
// configuration.
func newCollectRecord(asOf time.Time, list []forges.Synced) state.Record {
	r := state.Record{
		Version: state.RecordVersion, Tool: state.Tool, Release: versionText(), AsOf: asOf,
		Sources: []state.SourceRecord{},
	}
	for i := range list {
		r.Sources = append(r.Sources, newForgeRecord(&list[i]))
	}
	r.Exit = collectExit(list)
	return r
}

// newForgeRecord returns the entry of one forge.
func newForgeRecord(s *forges.Synced) state.SourceRecord {
	sync := sources.NewSync(s.Name, s.Report, s.At)
	out := state.SourceRecord{
		Name: s.Name, Kind: s.Kind.Table, Grade: compute.Complete, Imports: []compute.ImportLine{}, Gaps: []compute.GapLine{},
		Read: s.Report.Items, Used: s.Report.Items, Collected: compute.NewSyncLine(sync), Seconds: s.Took.Seconds(),
	}
	for _, g := range s.Report.Gaps {
		out.Gaps = append(out.Gaps, compute.GapLine{
			Repository: g.Repository, From: g.From, To: g.To, Reason: g.Reason,
			Next: g.Next,
		})
	}
	for _, c := range s.Report.Check {
		out.Checks = append(out.Checks, compute.NewCheckLine(c))
	}
	switch {
	case s.Report.Until.IsZero():
		out.Grade = compute.Missing
	case len(out.Gaps) > 0:
		out.Grade = compute.Partial
	}
	if s.Err != nil {
		out.Error = text.OneLine(s.Err.Error())
	}
	return out
}

// collectExit returns the exit code of a collection. Missing credentials of one forge decide
// it, because nothing else mends them.
func collectExit(list []forges.Synced) exit.Code {
	known, whole := 0, 0
	for i := range list {
		if errors.Is(list[i].Err, collect.ErrCredentials) {
			return exit.Credentials
		}
		if !list[i].Report.Until.IsZero() {
			known++
		}
		if list[i].Err == nil && len(list[i].Report.Gaps) == 0 {
			whole++
		}
	}
	switch {
	case whole == len(list):
		return exit.Complete
	case known == 0:
		return exit.Nothing
	}
	return exit.Partial
}

// writeRejects writes the rows that are not counted to a CSV file; "" writes none. No site contains
// the file.
func (p *program) writeRejects(name string, list []sources.Gathered) error {
	if name == "" {
		return nil
	}
	if err := publish.ReplaceFile(name, func(out io.Writer) error { return formatRejects(out, list) }); err != nil {
		return exit.BadInput("name a file in a folder that is writable", "--rejects: %w", err)
	}
	return nil
}

// formatRejects writes a line for each row that is not counted, up to fact.MaxLines of a source.
// The last column is the number of rows: rows beyond the limit, and rows that were left out after
// reading, whose lines are not known, have one line for each reason. So its sum is the number of
// rows that are not counted. No cell of an export is written, and no cell is a formula.
func formatRejects(out io.Writer, list []sources.Gathered) error {
	w := csv.NewWriter(out)
	write := func(im *fact.Import, line int, r fact.RejectedLine, n int) {
		at := ""
		if line > 0 {
			at = strconv.Itoa(line)
		}
		w.Write([]string{
			chart.GuardCell(im.Source), chart.GuardCell(im.File), at, string(r.Class), chart.GuardCell(r.Reason),
			chart.GuardCell(r.Column), strconv.Itoa(n),
		}) // the error is that of Flush
	}
	w.Write([]string{"source", "file", "line", "class", "reason", "column", "rows"})
	written := map[string]int{}
	for i := range list {
		for k := range list[i].Events.Imports {
			im := &list[i].Events.Imports[k]
			rest := map[fact.RejectedLine]int{}
			for _, r := range im.Rejected {
				rest[fact.RejectedLine{Reason: r.Reason, Class: r.Class}] += r.Count
			}
			for _, r := range im.Lines {
				of := fact.RejectedLine{Reason: r.Reason, Class: r.Class}
				if rest[of] == 0 {
					of.Reason = "other reasons"
				}
				if written[im.Source] == fact.MaxLines || rest[of] == 0 {
					continue
				}
				written[im.Source]++
				rest[of]--
				write(im, r.Line, r, 1)
			}
			for _, r := range im.Rejected {
				of := fact.RejectedLine{Reason: r.Reason, Class: r.Class}
				if rest[of] > 0 {
					write(im, 0, of, rest[of])
					rest[of] = 0
				}
			}
		}
	}
	w.Flush()
	return w.Error()
}
