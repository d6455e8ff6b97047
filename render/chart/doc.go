// Package chart draws one chart model in several ways that agree: a static SVG in the page, a
// data table beside it, CSV, and the option that makes the same chart interactive in ECharts.
//
// Start with a model: Line (NewLine makes one from a metric.Series), Bars, Dots, Distribution,
// Likert, Gantt, Tree, or the inline Spark and ShareBar. All are plain values. AppendFigure
// writes a whole <figure> for one; AppendSVG the picture alone.
//
// The SVG is written by hand, append-style: no template, no allocation per element. It has no
// style attribute and no script, only the classes of site.css, so that it works under a strict
// content security policy and follows the page's theme. Width is a percentage and height is
// pixels: a nested viewport stretches lines and areas, while text and dots keep their size, so
// a label is 12 px at 360 px as on a wide screen and nothing shifts while loading.
//
// The texts of a chart come from others: titles, names, notes. Every text goes through
// appendText, every JSON string through appendJSON, every CSV cell through the guard in csv.go.
//
// Charts do not mislead: time axes are chronological, a week without data breaks the line and
// is shaded, provisional points are hollow, bars start at zero, and nothing is sorted by value
// along time.
package chart
