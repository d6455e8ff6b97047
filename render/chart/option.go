package chart

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// The ECharts option of a chart is built in two steps. go-echarts makes the frame
// of each kind of chart once: axes, grid, tooltip, the looks of the series, with
// holes where data go. Every chart then copies the frame and appends its data
// into the holes. Building each option with go-echarts costs 200 times as much,
// which a site of ten thousand pages would feel.
//
// Only its options are used (json.Marshal of chart.JSON()), never its rendering:
// that turns "</script>" and "__f__" in data into live code. Here a function
// marker in a name stays a string: nothing evaluates it.
//
// Colours are names of CSS variables ("--c1"); chart.js replaces them.

// hole marks where data go in a frame. The frame is constant, so no data can
// ever be mistaken for one.
func hole(name string) string { return "@@" + name + "@@" }

// frame is an option cut at its holes: text[i] stands before the hole names[i].
type frame struct {
	text  []string
	names []string
}

// newFrame cuts the option of a go-echarts chart at its holes. A hole that is a
// whole string loses its quotes: what fills it is JSON of any kind.
func newFrame(option map[string]any) frame {
	tooltip, _ := option["tooltip"].(opts.Tooltip)
	option["tooltip"] = struct {
		opts.Tooltip
		RenderMode string `json:"renderMode"`
		Confine    bool   `json:"confine"`
	}{tooltip, "richText", true}
	for _, unused := range []string{"title", "legend", "toolbox", "color"} {
		delete(option, unused)
	}
	b, err := json.Marshal(option)
	if err != nil {
		// The option is a constant of this package; only a change of it can fail.
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

// fill appends the frame with each hole filled by the function.
func (f frame) fill(dst []byte, hole func(dst []byte, name string) []byte) []byte {
	for i, text := range f.text {
		dst = append(dst, text...)
		if i < len(f.names) {
			dst = hole(dst, f.names[i])
		}
	}
	return dst
}

// axisOpts are what all frames share: the grid, a time or category axis below, a
// value axis with the ticks of the static picture.
func axisOpts() []charts.GlobalOpts {
	muted := &opts.AxisLabel{Color: "--muted", HideOverlap: opts.Bool(true)}
	return []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "16", Top: "16", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: "axis",
			BackgroundColor: "--paper", BorderColor: "--line",
		}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category", AxisLabel: muted,
			AxisLine: &opts.AxisLine{LineStyle: &opts.LineStyle{Color: "--line"}},
			AxisTick: &opts.AxisTick{Show: opts.Bool(false)},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: hole("min"), Max: hole("max"),
			AxisLabel: &opts.AxisLabel{Color: "--muted", Formatter: types.FuncStr(hole("label"))},
			SplitLine: &opts.SplitLine{LineStyle: &opts.LineStyle{Color: "--rule"}},
		}),
	}
}

// lineFrame: the interval as two stacked areas (an invisible one up to its lower
// end, a tinted one from there), the firm line, the provisional points.
var lineFrame = sync.OnceValue(func() frame {
	c := charts.NewLine()
	c.SetGlobalOptions(axisOpts()...)
	c.SetXAxis(hole("x"))
	band := opts.LineChart{Stack: "interval", Symbol: "none"}
	none := charts.WithLineStyleOpts(opts.LineStyle{Opacity: opts.Float(0)})
	c.AddSeries("low", nil, charts.WithLineChartOpts(band), none)
	c.AddSeries("interval", nil, charts.WithLineChartOpts(band), none,
		charts.WithAreaStyleOpts(opts.AreaStyle{Color: "--wash", Opacity: opts.Float(1)}))
	c.AddSeries("value", nil,
		charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 5, ConnectNulls: opts.Bool(false)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "--c1", Width: 2}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "--c1"}))
	c.AddSeries("provisional", nil,
		charts.WithLineChartOpts(opts.LineChart{Symbol: "emptyCircle", SymbolSize: 7, ConnectNulls: opts.Bool(false)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "--c1", Width: 1.5, Type: "dotted"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "--c1"}))
	for i, name := range []string{"low", "interval", "value", "provisional"} {
		c.MultiSeries[i].Data = hole(name)
	}
	c.MultiSeries[2].MarkLines = &opts.MarkLines{
		Data: []any{hole("marks")},
		MarkLineStyle: opts.MarkLineStyle{
			Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: "--line", Type: "dashed"},
			Label: &opts.Label{Color: "--muted", Formatter: "{b}"},
		},
	}
	c.Validate()
	return newFrame(c.JSON())
})

// AppendOption implements Chart.
func (l *Line) AppendOption(dst []byte) []byte {
	p := l.plan()
	axis := format.NewAxis(p.hi, p.step, l.Unit)
	return lineFrame().fill(dst, func(dst []byte, name string) []byte {
		switch name {
		case "x":
			return appendDays(dst, p.points)
		case "marks":
			return l.appendMarkData(dst, &p, axis)
		case "min", "max", "label":
			return p.appendAxis(dst, name, axis)
		}
		return appendSeries(dst, &p, name, axis)
	})
}

// appendAxis fills the holes of a value axis.
func (s *scale) appendAxis(dst []byte, name string, axis format.Axis) []byte {
	switch name {
	case "min":
		return appendFloat(dst, axis.Scaled(s.lo))
	case "max":
		return appendFloat(dst, axis.Scaled(s.hi))
	}
	return appendJSON(dst, "{value}"+axis.Suffix())
}

// appendDays appends the days of points as category names.
func appendDays(dst []byte, points []metric.Point) []byte {
	dst = append(dst, '[')
	for i := range points {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = points[i].At.UTC().AppendFormat(dst, "2 Jan 2006")
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

// appendSeries appends one of a line's four series; null is a gap.
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

// seriesValue is the value of point i in a series. A firm point beside a
// provisional one stands in both lines, so that they meet.
func seriesValue(p *plan, i int, name string) (float64, bool) {
	pt := &p.points[i]
	v, ok := finite(pt.Value)
	lo, hi, interval := p.ends(pt)
	switch name {
	case "low":
		return lo, interval
	case "interval":
		return hi - lo, interval
	case "value":
		return v, ok && !pt.Provisional
	case "all":
		return v, ok
	}
	near := pt.Provisional ||
		(p.joined(p.points, i) && p.points[i-1].Provisional) ||
		(p.joined(p.points, i+1) && p.points[i+1].Provisional)
	return v, ok && near
}

// appendMarkData appends target and marks as lines. The frame's array has one
// hole in it, so an empty list is an invisible line of ECharts: none at all.
func (l *Line) appendMarkData(dst []byte, p *plan, axis format.Axis) []byte {
	first := true
	sep := func() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
	}
	if l.Target != nil {
		sep()
		dst = append(dst, `{"name":`...)
		dst = appendJSON(dst, "target "+format.Target(l.Target, l.Unit))
		dst = append(dst, `,"yAxis":`...)
		dst = appendFloat(dst, axis.Scaled(l.Target.Value))
		dst = append(dst, `,"label":{"position":"insideEndTop"}}`...)
	}
	for _, m := range l.Marks {
		i := nearest(p.points, m)
		if i < 0 {
			continue
		}
		sep()
		dst = append(dst, `{"name":`...)
		dst = appendJSON(dst, m.Label)
		dst = append(dst, `,"xAxis":`...)
		dst = strconv.AppendInt(dst, int64(i), 10)
		dst = append(dst, '}')
	}
	return dst
}

// nearest is the index of the last point at or before a mark, −1 if the mark lies
// outside the axis.
func nearest(points []metric.Point, m Mark) int {
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

// appendJSON appends s as a JSON string that is harmless inside <script>: <, >, &
// and the line separators are escaped, controls and marks of direction dropped.
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
		case !dropped(r):
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
