package main

import (
	"errors"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
)

// newCollectRecord tells what was read from the forges, in the order of the
// configuration.
func newCollectRecord(asOf time.Time, list []synced) state.Record {
	r := state.Record{Version: state.RecordVersion, Tool: state.Tool, Release: versionText(), AsOf: asOf, Sources: []state.SourceRecord{}}
	for i := range list {
		r.Sources = append(r.Sources, list[i].record())
	}
	r.Exit = collectExit(list)
	return r
}

// record is one forge's entry.
func (s *synced) record() state.SourceRecord {
	sync := syncOf(s.Name, s.report, s.at)
	out := state.SourceRecord{
		Name: s.Name, Kind: s.Kind.Table, Grade: compute.Complete, Imports: []compute.ImportLine{}, Gaps: []compute.GapLine{},
		Read: s.report.Items, Used: s.report.Items, Collected: compute.NewSyncLine(sync), Seconds: s.took.Seconds(),
	}
	for _, g := range s.report.Gaps {
		out.Gaps = append(out.Gaps, compute.GapLine{
			Repository: g.Repository, From: g.From, To: g.To, Reason: g.Reason,
			Next: g.Next,
		})
	}
	for _, c := range s.report.Check {
		out.Checks = append(out.Checks, compute.NewCheckLine(c))
	}
	switch {
	case s.report.Until.IsZero():
		out.Grade = compute.Missing
	case len(out.Gaps) > 0:
		out.Grade = compute.Partial
	}
	if s.err != nil {
		out.Error = console.OneLine(s.err.Error())
	}
	return out
}

// collectExit is how a collection ended: by credentials if some of a forge are at
// fault, because nothing else mends that.
func collectExit(list []synced) exit.Code {
	known, whole := 0, 0
	for i := range list {
		if errors.Is(list[i].err, collect.ErrCredentials) {
			return exit.Credentials
		}
		if !list[i].report.Until.IsZero() {
			known++
		}
		if list[i].err == nil && len(list[i].report.Gaps) == 0 {
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
