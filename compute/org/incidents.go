package org

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// attachIncidentSpans sets the spans with incidents collected by every source of incidents:
// from the latest start of a source, less the gaps of whole sources. Incidents are rare, so the
// last record of a source does not end the span. Without coverage the span begins with the
// first incident.
func (r *resolver) attachIncidentSpans(e fact.Events) {
	begin := map[string]time.Time{}
	for _, c := range e.Coverage {
		if t, seen := begin[c.Source]; c.Kind == "incidents" && (!seen || c.From.Before(t)) {
			begin[c.Source] = c.From
		}
	}
	known := metric.Window{To: r.org.Calendar.AsOf}
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
