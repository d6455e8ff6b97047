// Package goals compares the aims of a platform team with measured values: the goals with a
// date in goals.toml, and the expected effects of initiatives.
//
// A goal is judged by a value and its 95 % interval. Before its day, a value that misses the
// goal is extrapolated, and the goal is on track only if the whole 80 % range of the forecast
// reaches it. After its day, the reading of that day decides for good.
//
// Check finds goals that no metric can meet, Judge returns the state of a goal, Linear
// extrapolates a weekly series, and Shift compares the weeks before and after a day.
package goals
