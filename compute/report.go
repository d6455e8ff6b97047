package compute

import (
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// ReportVersion is the version of the published form of Report. Before version 2 the
// file had neither a version nor a checksum.
const ReportVersion = 2

// Report is the input of the pages: the measured values, and the conclusions from them. Only
// the conclusions are published as data/report.json; the measured values have their own file.
type Report struct {
	Measured      `json:"-"`
	ReportVersion int       `json:"version,omitempty"` // 0 in an older file
	Changes       Changes   `json:"changes"`
	Plan          rice.Plan `json:"plan"`
	// Past is the order of the plan over time. Decide sets the present only; the caller that
	// reads the history of the content sets the rest.
	Past  rice.Past `json:"past"`
	Gates []Gate    `json:"gates"`
	// Crossings are the phases that were left, with their unmet criteria.
	Crossings []Crossing `json:"crossings"`
	// RecordedLate are the days in files that are far from their commit, and MovedLimits the limits
	// of criteria that were changed after their phase had begun.
	RecordedLate []LateRecord `json:"recorded_late,omitempty"`
	MovedLimits  []MovedLimit `json:"moved_limits,omitempty"`
	// Goals are in the order written, without drafts. Dimensions are the dimensions of SPACE
	// with these goals as targets. Outlooks are by feature, for those with a goal for adoption.
	Goals      []goals.Standing  `json:"goals"`
	Dimensions []space.Dimension `json:"dimensions"`
	Outlooks   []Outlook         `json:"outlooks"`
	// Expected are the expected effects of initiatives, in the order of the content.
	Expected []rice.Expectation `json:"expected"`
	// Recommendations are by feature ID. People make the decisions.
	Recommendations []decision.Recommendation `json:"recommendations"`
	// WhatIfs are the recommendations for other limits, by feature ID. They are not published.
	WhatIfs []decision.WhatIf `json:"-"`
	// Leavings are of the features that people decided to deprecate. They are not published,
	// because the published adoption has their numbers.
	Leavings  []Leaving        `json:"-"`
	Discovery discovery.Result `json:"discovery"`
	// Log lists the changes from run to run. Decide has only this run; NextLog fills the field.
	Log DecisionLog `json:"-"`
	// Found is the section of the discovery family; those computed from events are in Measured.
	Found metric.Section `json:"found"`
}

// Changes groups the organisation's headline metrics, as IDs, by the claim that their change
// allows.
type Changes struct {
	Better   []string `json:"better"`
	Worse    []string `json:"worse"`
	Same     []string `json:"same"`
	Unknown  []string `json:"unknown"`  // tested, without a conclusion
	Untested []string `json:"untested"` // a level without a test of change
	Missing  []string `json:"missing"`  // without a value
}

// Decide draws conclusions from measured values and content.
func Decide(o Options, c fact.Content, m Measured) Report {
	r := Report{
		Measured: m, ReportVersion: ReportVersion, Changes: sortChanges(m.Section("dora")),
		Plan: rice.Measure(o.RICE, c, m.AsOf),
	}
	r.Gates = Gates(o, c, &m)
	r.Crossings = Crossed(c, r.Gates, m.AsOf)
	r.RecordedLate, r.MovedLimits = listRecords(c)
	r.Goals = judgeGoals(c, &m, newLookup(o, c, &m))
	r.Dimensions = dimensionsWithGoals(&m, r.Goals)
	r.Outlooks = newOutlooks(c, &m, r.Goals)
	r.Expected = checkExpectations(o, c, &m)
	r.Recommendations, r.WhatIfs = recommendAll(o, c, &m)
	r.Leavings = newLeavings(c, &m, r.Recommendations)
	r.Discovery = measureDiscovery(o, c, &m, r.Gates, r.Recommendations)
	r.Found, r.Discovery.Section = r.Discovery.Section, metric.Section{}
	trend.SetChanges(r.Found.Metrics)
	roundFloats(&r.Plan)
	roundFloats(&r.Gates)
	roundFloats(&r.Goals)
	roundFloats(&r.Dimensions)
	roundFloats(&r.Outlooks)
	roundFloats(&r.Expected)
	roundFloats(&r.Crossings)
	roundFloats(&r.Recommendations)
	roundFloats(&r.Discovery)
	roundFloats(&r.Found)
	return r
}

// headlines are the four delivery metrics at the top of the health page.
var headlines = []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime}

func sortChanges(s *metric.Section) Changes {
	var c Changes
	for _, id := range headlines {
		m := s.Find(id, metric.Scope{Kind: metric.Organisation})
		switch {
		case m == nil || m.State == metric.NotAvailable:
			c.Missing = append(c.Missing, id)
		case m.Trend == nil:
			c.Untested = append(c.Untested, id)
		case m.Trend.Verdict() == "better":
			c.Better = append(c.Better, id)
		case m.Trend.Verdict() == "worse":
			c.Worse = append(c.Worse, id)
		case m.Trend.Outcome == metric.AboutTheSame:
			c.Same = append(c.Same, id)
		default:
			c.Unknown = append(c.Unknown, id)
		}
	}
	return c
}
