// Package chart draws one chart model in several ways that agree: a static SVG in the page, a
// data table beside it, CSV, and the option that makes the same chart interactive in ECharts.
//
// # How a page draws
//
// Fill a model and give it to AppendFigure (view.Draw), which writes the whole <figure>:
//
//	l := chart.NewLine("lead-time-chart", series)      // a value over time
//	l.Windows = view.Windows(m)                        // the two windows, each with its value
//	l.Marks = []chart.Mark{{At: day, Label: "GA"}}     // gates, releases, decisions: an instant
//	l.Marks = append(l.Marks, chart.Mark{At: from, To: to, Label: "public holidays"}) // weeks
//	l.Limits = []chart.Limit{{Value: 0.7, Label: "70 % to become high"}}
//	l.Limits = append(l.Limits, chart.Limit{Value: 0.7, At: day, Label: "predicted 70 %"})
//	l.Form = chart.Steps                               // Curve, Steps (adoption), Waves (surveys)
//	html := view.Draw(l, chart.FigureOptions{
//		Level: 3, Heading: "Lead time fell from 49 to 42 minutes in the week of 7 October",
//		Note: "Median minutes, by week", Change: "↓ 14 % better", Class: "better",
//		Range: "a typical team −15 %, likely −17 to −13 %",
//		Count: "11,217 changes", Evidence: "…", Method: "…", CSV: "…", Panel: true,
//	})
//
// The other models of a figure are Bars (a count per week), Effect (periods around an event) and
// Distribution. Without a figure:
//
//	func (l *Line) AppendSpark(dst []byte) []byte // the chart of a tile: class "end", CSS sets its height
//	func (b *Bars) AppendSpark(dst []byte) []byte // the same with bars, for counts per week
//	func AppendMini(dst, points, window) []byte   // one of hundreds of small multiples, 24 px high
//	func AppendShareBar(dst, share, mark) []byte  // a share of a whole as a bar
//	func AppendGauge(dst, Gauge) []byte           // an estimate with range and threshold, in gauge.go
//
// Package view has DrawTrend and DrawSpark for a metric and its series.
//
// # How it is drawn
//
// The SVG is written by hand, append-style: no template, no allocation per element. It has no
// style attribute and no script, only the classes of site.css, so that it works under a strict
// content security policy and follows the page's theme. Horizontal positions are percentages;
// only lines and areas are in a nested viewport that stretches, while text and dots keep their
// size. A label is 14 px at 360 px as on a wide screen and nothing shifts while loading. The
// labels of the value axis lie in a margin of the picture that the style sheet reserves, so
// that they cover no data.
//
// The texts of a chart come from others: titles, names, notes. Every text goes through
// appendText, every JSON string through appendJSON, every CSV cell through the guard in csv.go.
//
// Charts do not mislead: time axes are chronological and complete, axes of counts and
// durations begin at zero, a week without data breaks the line and is hatched, provisional
// points are hollow, a range that leaves the plot is cut and carries its value, and nothing is
// sorted by value along time.
package chart
