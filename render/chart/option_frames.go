package chart

import (
	"sync"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// barFrame: one series of bars.
var barFrame = sync.OnceValue(func() frame {
	c := charts.NewBar()
	c.SetGlobalOptions(axisOpts()...)
	c.SetXAxis(hole("x"))
	c.AddSeries("value", nil, charts.WithItemStyleOpts(opts.ItemStyle{Color: "--c1"}))
	c.MultiSeries[0].Data = hole("value")
	c.Validate()
	return newFrame(c.JSON())
})

// effectFrame: dots for the effect, ticks for the ends of its interval.
var effectFrame = sync.OnceValue(func() frame {
	c := charts.NewScatter()
	c.SetGlobalOptions(axisOpts()...)
	c.SetXAxis(hole("x"))
	for i, s := range []struct {
		name, symbol string
		size         int
	}{{"value", "circle", 8}, {"low", "triangle", 5}, {"high", "triangle", 5}} {
		c.AddSeries(s.name, nil,
			charts.WithScatterChartOpts(opts.ScatterChart{Symbol: s.symbol, SymbolSize: s.size}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: "--c1"}))
		c.MultiSeries[i].Data = hole(s.name)
	}
	c.Validate()
	return newFrame(c.JSON())
})
