package main

import (
	"errors"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
)

// newCollectRecord tells what was read from the forges, in the order of the
// configuration.
func newCollectRecord(asOf time.Time, list []forges.Synced) state.Record {
	r := state.Record{Version: state.RecordVersion, Tool: state.Tool, Release: versionText(), AsOf: asOf, Sources: []state.SourceRecord{}}
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
		out.Error = console.OneLine(s.Err.Error())
	}
	return out
}

// collectExit is how a collection ended: by credentials if some of a forge are at
// fault, because nothing else mends that.
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
