package chart

import (
	"sync"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// axisOpts returns the options of all frames: the grid, a category axis of days, and a value
// axis with the ticks of the static picture.
func axisOpts() []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "16", Top: "16", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: "axis",
			BackgroundColor: "--card", BorderColor: "--axis",
		}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category",
			AxisLabel: &opts.AxisLabel{
				Color: "--mute", HideOverlap: opts.Bool(true), AlignMinLabel: "left", AlignMaxLabel: "right",
			},
			AxisLine: &opts.AxisLine{LineStyle: &opts.LineStyle{Color: "--axis"}},
			AxisTick: &opts.AxisTick{Show: opts.Bool(false)},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: markHole("min"), Max: markHole("max"),
			AxisLabel: &opts.AxisLabel{Color: "--mute", Formatter: types.FuncStr(markHole("label"))},
			SplitLine: &opts.SplitLine{LineStyle: &opts.LineStyle{Color: "--hair"}},
		}),
	}
}

// markLines returns the lines for the target and the marks of a chart.
func markLines() *opts.MarkLines {
	return &opts.MarkLines{
		Data: []any{markHole("marks")},
		MarkLineStyle: opts.MarkLineStyle{
			Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: "--axis", Type: "dashed"},
			Label: &opts.Label{Color: "--mute", Formatter: "{b}", Position: "insideEndTop"},
		},
	}
}

// markAreas returns the shaded weeks of a chart.
func markAreas() *opts.MarkAreas {
	return &opts.MarkAreas{
		Data: []any{markHole("areas")},
		MarkAreaStyle: opts.MarkAreaStyle{
			ItemStyle: &opts.ItemStyle{Color: "--win", Opacity: opts.Float(0.6)},
			Label:     &opts.Label{Color: "--ink", Position: "insideBottom"},
		},
	}
}

// lineFrame has the interval as two stacked areas (an invisible one up to its lower end, a
// tinted one above), the line of final points, and the line of provisional points.
var lineFrame = sync.OnceValue(func() frame {
	c := charts.NewLine()
	c.SetGlobalOptions(axisOpts()...)
	c.SetXAxis(markHole("x"))
	band := opts.LineChart{Stack: "interval", Symbol: "none"}
	none := charts.WithLineStyleOpts(opts.LineStyle{Opacity: opts.Float(0)})
	c.AddSeries("low", nil, charts.WithLineChartOpts(band), none)
	c.AddSeries("interval", nil, charts.WithLineChartOpts(band), none,
		charts.WithAreaStyleOpts(opts.AreaStyle{Color: "--band", Opacity: opts.Float(1)}))
	c.AddSeries("value", nil,
		charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 5, ConnectNulls: opts.Bool(false), Step: markHole("form")}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "--data", Width: 2}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "--data"}))
	c.AddSeries("provisional", nil,
		charts.WithLineChartOpts(opts.LineChart{Symbol: "emptyCircle", SymbolSize: 7, ConnectNulls: opts.Bool(false)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "--data", Width: 1.5, Type: "dotted"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "--data"}))
	for i, name := range []string{"low", "interval", "value", "provisional"} {
		c.MultiSeries[i].Data = markHole(name)
	}
	c.MultiSeries[2].MarkLines, c.MultiSeries[2].MarkAreas = markLines(), markAreas()
	c.Validate()
	return newFrame(c.JSON())
})

// barFrame has the final bars, and the provisional bars over them.
var barFrame = sync.OnceValue(func() frame {
	c := charts.NewBar()
	c.SetGlobalOptions(axisOpts()...)
	c.SetXAxis(markHole("x"))
	overlay := charts.WithBarChartOpts(opts.BarChart{BarGap: "-100%"})
	c.AddSeries("firm bars", nil, overlay, charts.WithItemStyleOpts(opts.ItemStyle{Color: "--data"}))
	c.AddSeries("provisional bars", nil, overlay,
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "--band", BorderColor: "--data", BorderWidth: 1}))
	c.MultiSeries[0].Data = markHole("firm bars")
	c.MultiSeries[1].Data = markHole("provisional bars")
	c.MultiSeries[0].MarkLines, c.MultiSeries[0].MarkAreas = markLines(), markAreas()
	c.Validate()
	return newFrame(c.JSON())
})
