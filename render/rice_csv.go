package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/format"
)

// riceRecords are the ranked initiatives for machines, header first, in published
// order. Ranges are 90 %; confidence is in percent.
func (s *site) riceRecords() [][]string {
	head := []string{"published_rank", "computed_rank", "id", "title", "status"}
	for _, in := range []string{"reach", "impact", "confidence", "effort"} {
		head = append(head, in, in+"_low", in+"_high", in+"_range_assumed", in+"_because")
	}
	head = append(head, "score", "score_low", "score_high", "close_calls",
		"override_priority", "override_reason", "override_by", "override_on", "override_is_tie_break")
	out := [][]string{head}
	for i := range s.report.Plan.Ranked {
		out = append(out, riceRecord(&s.report.Plan.Ranked[i]))
	}
	return out
}

func riceRecord(it *rice.Item) []string {
	row := []string{strconv.Itoa(it.PublishedRank), strconv.Itoa(it.ComputedRank), it.ID, it.Title, it.Status}
	for i := range it.Inputs {
		in := &it.Inputs[i]
		row = append(row, exact(in.Value), exact(in.Lo), exact(in.Hi), strconv.FormatBool(in.Assumed), in.Because)
	}
	ties := make([]string, len(it.Ties))
	for i := range it.Ties {
		ties[i] = it.Ties[i].With
	}
	row = append(row, exact(it.Score), exact(it.Lo), exact(it.Hi), strings.Join(ties, " "))
	ov := it.Override
	if ov == nil {
		return append(row, "", "", "", "", "")
	}
	return append(row, strconv.Itoa(ov.Priority), ov.Reason, ov.By, isoDay(ov.On), strconv.FormatBool(ov.TieBreak))
}

// exact is a number for machines: 9 significant digits.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// isoDay is a day for machines, "" if there is none.
func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return format.ISO(t)
}
