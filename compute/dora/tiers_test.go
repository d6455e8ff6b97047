package dora

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestTiers(t *testing.T) {
	const second = 1.0
	for _, tt := range []struct {
		tiers, id string
		value     float64
		want      string
	}{
		{"dora-2021", Frequency, 5.2, "elite"},
		{"dora-2021", Frequency, 1.01, "elite"},
		{"dora-2021", Frequency, 1, "high"}, // between several a day and weekly lies a gap
		{"dora-2021", Frequency, 1. / 7, "high"},
		{"dora-2021", Frequency, 1. / 30, "high"},
		{"dora-2021", Frequency, 1. / 31, "medium"},
		{"dora-2021", Frequency, 1. / 180, "medium"},
		{"dora-2021", Frequency, 1. / 190, "low"},
		{"dora-2021", Frequency, 0, "low"},
		{"dora-2021", LeadTime, hour - second, "elite"},
		{"dora-2021", LeadTime, hour, "high"}, // 1 h to 1 d: a gap
		{"dora-2021", LeadTime, day, "high"},
		{"dora-2021", LeadTime, week, "high"},
		{"dora-2021", LeadTime, week + second, "medium"}, // 1 w to 1 month: a gap
		{"dora-2021", LeadTime, 180 * day, "medium"},
		{"dora-2021", LeadTime, 190 * day, "low"},
		{"dora-2021", FailRate, 0, "elite"},
		{"dora-2021", FailRate, .15, "elite"},
		{"dora-2021", FailRate, .151, "high"},
		{"dora-2021", FailRate, .2, "high"},
		{"dora-2021", FailRate, .3, "medium"},
		{"dora-2021", FailRate, .31, "low"},
		{"dora-2021", RestoreTime, hour - second, "elite"},
		{"dora-2021", RestoreTime, hour, "high"},
		{"dora-2021", RestoreTime, day, "medium"},
		{"dora-2021", RestoreTime, week, "medium"},
		{"dora-2021", RestoreTime, 8 * day, "low"}, // 1 w to 6 months: a gap
		{"dora-2021", RecoveryTime, hour, ""},
		{"dora-2023", Frequency, 1.5, "elite"},
		{"dora-2023", Frequency, 1. / 7, "high"},
		{"dora-2023", Frequency, 1. / 8, "medium"},
		{"dora-2023", Frequency, 1. / 40, "low"},
		{"dora-2023", LeadTime, day - second, "elite"},
		{"dora-2023", LeadTime, day, "high"},
		{"dora-2023", LeadTime, 8 * day, "medium"},
		{"dora-2023", LeadTime, 31 * day, "low"},
		{"dora-2023", FailRate, .05, "elite"},
		{"dora-2023", FailRate, .10, "high"},
		{"dora-2023", FailRate, .15, "medium"},
		{"dora-2023", FailRate, .64, "low"},
		{"dora-2023", RecoveryTime, 59 * minute, "elite"},
		{"dora-2023", RestoreTime, 59 * minute, ""},
		{"dora-2024", LeadTime, day, ""},
		{"dora-2025", LeadTime, day, ""},
		{"none", LeadTime, day, ""},
		{"", LeadTime, day, ""},
	} {
		t.Run(tt.tiers, func(t *testing.T) {
			o := Defaults()
			o.Tiers = tt.tiers
			r, err := o.compile()
			if err != nil {
				t.Fatal(err)
			}
			m := metric.Metric{ID: tt.id, Figure: metric.Figure{Value: metric.Of(tt.value)}, Better: metric.Down, Unit: metric.Seconds}
			switch tt.id {
			case Frequency:
				m.Better = metric.Up
			case FailRate:
				m.Unit = metric.Share
			}
			got := ""
			if tier := r.findTier(&m); tier != nil {
				got = tier.Name
				if tier.Span != "" || !strings.HasPrefix(tier.Source, "DORA, Accelerate State of DevOps "+tt.tiers[5:]) {
					t.Errorf("%s %s: span %q, source %q", tt.tiers, tt.id, tier.Span, tier.Source)
				}
			}
			if got != tt.want {
				t.Errorf("%s: %s of %v is %q, want %q", tt.tiers, tt.id, tt.value, got, tt.want)
			}
		})
	}
}

func TestTierOfAnIntervalThatSpans(t *testing.T) {
	r, err := Defaults().compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		lo, hi *float64
		want   string
	}{
		{"inside one", metric.Of(.09), metric.Of(.14), ""},
		{"over two", metric.Of(.09), metric.Of(.18), "elite…high"},
		{"over all", metric.Of(.01), metric.Of(.5), "elite…low"},
		{"no upper limit", metric.Of(.01), nil, "elite…low"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := metric.Metric{ID: FailRate, Figure: metric.Figure{Value: metric.Of(.1), Lo: tt.lo, Hi: tt.hi}, Interval: likely, Better: metric.Down, Unit: metric.Share}
			want(t, tt.name, r.findTier(&m).Span, tt.want)
		})
	}
	ratio := metric.Metric{ID: FailRate, Figure: metric.Figure{Value: metric.Of(.1)}, Better: metric.Down, Unit: metric.Number}
	if r.findTier(&ratio) != nil {
		t.Error("incidents per deployment have no tier")
	}
}

func TestTiersOnMetrics(t *testing.T) {
	h := shops(9, 1)
	sec := h.measure(t).Section
	want(t, "frequency", sec.Find(Frequency, whole).Tier.Name, "high")
	lead := sec.Find(LeadTime, whole)
	want(t, "lead time", lead.Tier.Name+" "+lead.Tier.Span, "high ")
	if m := sec.Find(FailRate, whole); m.Value != nil || m.Tier != nil {
		t.Errorf("no failure can be seen, and yet: %+v", m.Tier)
	}
	o := Defaults()
	o.Tiers = "dora-2024"
	r, err := Measure(o, h.organisation(t))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "notes", len(r.Section.Notes), 1)
}
