package org

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// attachIncidentSpans sets the spans with incidents collected by every source of incidents:
// from the latest start of a source, less the gaps of whole sources. Incidents are rare, so the
// last record of a source does not end the span. Without coverage the span begins with the
// first incident. A declared end of a source ends it.
func (r *resolver) attachIncidentSpans(e fact.Events) {
	begin := map[string]time.Time{}
	for _, c := range e.Coverage {
		if t, seen := begin[c.Source]; c.Kind == "incidents" && (!seen || c.From.Before(t)) {
			begin[c.Source] = c.From
		}
	}
	known := metric.Window{To: r.org.Calendar.AsOf}
	if end := r.findIncidentsEnd(e); end.Before(known.To) {
		r.org.IncidentsEnd, known.To = end, end
	}
	if len(begin) == 0 && len(r.org.Incidents) > 0 {
		known.From = r.org.Incidents[0].Opened
	}
	for _, t := range begin {
		if t.After(known.From) {
			known.From = t
		}
	}
	var complete []metric.Window
	for _, c := range e.Coverage {
		if c.Kind == "incidents" && c.Declared {
			complete = append(complete, metric.Window{From: c.From, To: c.To})
		}
	}
	r.org.incidentsComplete = joinSpans(complete)
	spans := []metric.Window{known}
	for _, g := range e.Gaps {
		if _, ours := begin[g.Source]; ours && g.Repository == "" && !g.From.IsZero() {
			spans = subtractSpan(spans, metric.Window{From: g.From, To: g.To})
		}
	}
	r.org.IncidentsCollected = joinSpans(spans)
}

// The silence at the end of a file of incidents that means a stopped export: as many incidents
// are missing as have a chance of less than one in a million not to occur by chance.
const (
	stoppedExport = 14 // expected incidents; e⁻¹⁴ < 10⁻⁶
	minIncidents  = 20 // for a rate
)

// findIncidentsEnd returns the first time after which the incidents of a source are missing: the
// declared end of a source, or the last record of a single file that is silent for too long. It
// returns the as-of time if all sources are known up to then.
func (r *resolver) findIncidentsEnd(e fact.Events) time.Time {
	asOf := r.org.Calendar.AsOf
	ends, declared := map[string]time.Time{}, map[string]bool{}
	for _, c := range e.Coverage {
		if c.Kind == "incidents" {
			ends[c.Source], declared[c.Source] = latest(ends[c.Source], c.To), declared[c.Source] || c.Ended
		}
	}
	end := asOf
	for source, to := range ends {
		if (declared[source] || len(ends) == 1 && r.isSilentAfter(to)) && to.Before(end) {
			end = to
		}
	}
	return end
}

// isSilentAfter reports whether the file of incidents ends with its last record at the given
// time, and no incident since then is improbable at the rate before.
func (r *resolver) isSilentAfter(end time.Time) bool {
	list := r.org.Incidents
	if len(list) < minIncidents {
		return false
	}
	first, last := list[0].Opened, list[len(list)-1].Opened
	span, silence := last.Sub(first), r.org.Calendar.AsOf.Sub(end)
	return span > 0 && !end.After(last.Add(time.Second)) && float64(len(list))*float64(silence)/float64(span) > stoppedExport
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// IncidentsCompleteIn reports whether people declare a source of incidents complete for the
// whole window, so that no record means no incident.
func (o *Organisation) IncidentsCompleteIn(w metric.Window) bool {
	return covers(o.incidentsComplete, w)
}

// IncidentsKnownIn reports whether incidents were collected for the whole window. Only then can
// later windows be compared with it.
func (o *Organisation) IncidentsKnownIn(w metric.Window) bool {
	return covers(o.IncidentsCollected, w)
}
