package chart

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// The ECharts option of a chart is built in two steps. go-echarts builds the frame of each kind
// of chart once: axes, grid, tooltip, the style of the series, with holes for the data. Every
// chart then copies the frame and fills the holes with its data. To build each option with
// go-echarts takes 200 times as long, which matters for a site of ten thousand pages.
//
// The package uses only the options of go-echarts (json.Marshal of chart.JSON()) and not its
// rendering, which turns "</script>" and "__f__" in data into live code. Here a function marker
// in a name stays a string, because nothing evaluates it.
//
// Colours are names of CSS variables ("--c1"); site.js replaces them.

// markHole returns the marker of a hole in a frame. The frame is constant, so data cannot be
// mistaken for a marker.
func markHole(name string) string { return "@@" + name + "@@" }

// frame is an option split at its holes: text[i] is before the hole names[i].
type frame struct {
	text  []string
	names []string
}

// newFrame splits the option of a go-echarts chart at its holes. A hole that is a whole string
// loses its quotes, because JSON of any type may fill it.
func newFrame(option map[string]any) frame {
	// go-echarts has no fields for these options: a tooltip drawn as text in the SVG and not as
	// HTML, our ticks and labels, no highlight under the pointer.
	tooltip, _ := option["tooltip"].(opts.Tooltip)
	option["tooltip"] = struct {
		opts.Tooltip
		RenderMode string `json:"renderMode"`
		Confine    bool   `json:"confine"`
	}{tooltip, "richText", true}
	xAxis, _ := option["xAxis"].([]opts.XAxis)
	option["xAxis"] = struct {
		opts.XAxis
		AxisLabel any `json:"axisLabel"`
	}{xAxis[0], struct { // all labels that do not overlap, because there are few
		*opts.AxisLabel
		Interval int `json:"interval"`
	}{xAxis[0].AxisLabel, 0}}
	yAxis, _ := option["yAxis"].([]opts.YAxis)
	option["yAxis"] = struct {
		opts.YAxis
		Interval string `json:"interval"`
	}{yAxis[0], markHole("step")}
	option["stateAnimation"] = map[string]int{"duration": 0}
	series, _ := option["series"].(charts.MultiSeries)
	option["series"] = stillAll(series)
	for _, unused := range []string{"title", "legend", "toolbox", "color"} {
		delete(option, unused)
	}
	b, err := json.Marshal(option)
	if err != nil {
		// The option is a constant of this package, so only a change of the code can cause an
		// error.
		panic(fmt.Sprintf("chart: option of go-echarts: %v", err))
	}
	var f frame
	parts := strings.Split(string(b), "@@")
	for i := 0; i < len(parts); i += 2 {
		text := parts[i]
		if i > 0 {
			text = strings.TrimPrefix(text, `"`)
		}
		if i+1 < len(parts) {
			text = strings.TrimSuffix(text, `"`)
			f.names = append(f.names, parts[i+1])
		}
		f.text = append(f.text, text)
	}
	return f
}

// stillAll returns the series so that they do not react to the pointer.
func stillAll(series charts.MultiSeries) []any {
	out := make([]any, len(series))
	for i := range series {
		out[i] = struct {
			charts.SingleSeries
			Emphasis map[string]bool `json:"emphasis"`
		}{series[i], map[string]bool{"disabled": true}}
	}
	return out
}

// fill appends the frame. The function hole appends the content of each hole.
func (f frame) fill(dst []byte, hole func(dst []byte, name string) []byte) []byte {
	for i, text := range f.text {
		dst = append(dst, text...)
		if i < len(f.names) {
			dst = hole(dst, f.names[i])
		}
	}
	return dst
}

// AppendOption implements Chart. Waves have none: their points are not joined, and the picture
// has every value.
func (l *Line) AppendOption(dst []byte) []byte {
	if l.Form == Waves {
		return dst
	}
	p := l.plan()
	return p.appendOption(dst, lineFrame(), l)
}

// AppendOption implements Chart.
func (b *Bars) AppendOption(dst []byte) []byte {
	p := b.plan()
	return p.appendOption(dst, barFrame(), &Line{Unit: b.Unit, Target: b.Target, Marks: b.Marks, Windows: b.Windows})
}

// appendOption appends a filled frame with all that the picture of l shows; nothing for a chart
// without a value.
func (p *plan) appendOption(dst []byte, f frame, l *Line) []byte {
	if p.lastKnown() < 0 {
		return dst
	}
	axis := p.axis(l.Unit)
	return f.fill(dst, func(dst []byte, name string) []byte {
		switch name {
		case "x":
			return appendCategories(dst, p.points)
		case "marks":
			return p.appendMarkData(dst, l)
		case "areas":
			return p.appendAreaData(dst, l)
		case "form":
			if l.Form == Steps {
				return append(dst, `"end"`...)
			}
			return append(dst, "false"...)
		case "min":
			return appendFloat(dst, axis.Scaled(p.lo))
		case "max":
			return appendFloat(dst, axis.Scaled(p.hi))
		case "step":
			return appendFloat(dst, axis.Scaled(p.scale.step))
		case "label":
			return appendJSON(dst, "{value}"+axis.Suffix())
		}
		return appendSeries(dst, p, name, axis)
	})
}

// appendCategories appends a name for each point: the label of the time axis between the point
// before and this one, usually "". Tooltips have the date.
func appendCategories(dst []byte, points []metric.Point) []byte {
	ticks := timeTicks(points[0].At.UTC(), points[len(points)-1].At.UTC())
	dst = append(dst, '[')
	for i := range points {
		if i > 0 {
			dst = append(dst, ',')
		}
		label := ""
		for len(ticks) > 0 && !ticks[0].At.After(points[i].At) {
			label, ticks = ticks[0].Label, ticks[1:]
		}
		dst = appendJSON(dst, label)
	}
	return append(dst, ']')
}

// appendSeries appends one of the four series of a line; null is a gap.
func appendSeries(dst []byte, p *plan, name string, axis format.Axis) []byte {
	dst = append(dst, '[')
	for i := range p.points {
		if i > 0 {
			dst = append(dst, ',')
		}
		v, ok := seriesValue(p, i, name)
		if !ok {
			dst = append(dst, "null"...)
			continue
		}
		dst = appendFloat(dst, axis.Scaled(v))
	}
	return append(dst, ']')
}

// seriesValue returns the value of point i in a series. A final point next to a provisional one
// is in both lines, so that they meet.
func seriesValue(p *plan, i int, name string) (float64, bool) {
	pt := &p.points[i]
	v, ok := finiteValue(pt.Value)
	lo, hi, interval := rangeEnds(pt)
	hi = min(hi, max(p.hi, lo)) // an infinite range ends at the axis
	switch name {
	case "low":
		return lo, interval
	case "interval":
		return hi - lo, interval
	case "value", "firm bars":
		return v, ok && !pt.Provisional
	case "provisional bars":
		return v, ok && pt.Provisional
	}
	near := pt.Provisional ||
		(p.isJoined(i) && p.points[i-1].Provisional) ||
		(p.isJoined(i+1) && p.points[i+1].Provisional)
	return v, ok && near
}

// appendMarkData appends the target, the limits and the marks as lines, separated by commas.
func (p *plan) appendMarkData(dst []byte, l *Line) []byte {
	first := true
	item := func(name string) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, `{"name":`...)
		dst = appendJSON(dst, name)
	}
	level := func(name string, v float64) {
		item(name)
		dst = append(dst, `,"yAxis":`...)
		dst = appendFloat(dst, p.axis(l.Unit).Scaled(v))
		dst = append(dst, '}')
	}
	if l.Target != nil {
		level("target "+format.Target(l.Target, l.Unit), l.Target.Value)
	}
	for i := range l.Limits {
		level(cmp.Or(l.Limits[i].Label, "most weeks"), l.Limits[i].Value)
	}
	for _, m := range l.Marks {
		if i := nearestPoint(p.points, m); i >= 0 && m.To.IsZero() {
			item(m.Label)
			dst = append(dst, `,"xAxis":`...)
			dst = strconv.AppendInt(dst, int64(i), 10)
			dst = append(dst, '}')
		}
	}
	return dst
}

// appendAreaData appends the windows and the marked weeks as areas, separated by commas.
func (p *plan) appendAreaData(dst []byte, l *Line) []byte {
	first := true
	for _, m := range slices.Concat(l.Windows, l.Marks) {
		if m.To.IsZero() || !p.hasMark(m) {
			continue
		}
		from, to := nearestPoint(p.points, m), nearestPoint(p.points, Mark{At: m.To.Add(-1)})
		if to < 0 {
			to = len(p.points) - 1
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, `[{"name":`...)
		dst = appendJSON(dst, m.Label)
		dst = append(dst, `,"xAxis":`...)
		dst = appendInt(dst, max(from, 0))
		dst = append(dst, `},{"xAxis":`...)
		dst = appendInt(dst, to)
		dst = append(dst, `}]`...)
	}
	return dst
}

// nearestPoint returns the index of the last point at or before a mark, −1 if the mark is
// outside the axis.
func nearestPoint(points []metric.Point, m Mark) int {
	if len(points) == 0 || m.At.After(points[len(points)-1].At) {
		return -1
	}
	for i := len(points) - 1; i >= 0; i-- {
		if !points[i].At.After(m.At) {
			return i
		}
	}
	return -1
}

// appendFloat appends v as JSON with 6 significant digits.
func appendFloat(dst []byte, v float64) []byte {
	return strconv.AppendFloat(dst, v, 'g', 6, 64)
}

// appendJSON appends s as a JSON string that is safe in a <script> element. It escapes <, >, &
// and the line separators, and drops control characters and marks of direction.
func appendJSON(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '<' || r == '>' || r == '&' || r == '\'':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == '\n' || r == '\t' || r == '\r':
			dst = append(dst, ' ')
		case !isDropped(r):
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
