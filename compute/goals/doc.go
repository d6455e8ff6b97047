// Package goals compares the aims of a platform team with measured values: the dated goals of
// goals.toml, and the effects that initiatives were expected to have.
//
// A goal is judged by a value and its 95 % interval. Before its day a value that misses it is
// extrapolated; only a forecast whose whole 80 % range reaches the goal is called on track.
// After its day the reading of that day decides, and stays.
//
// Check finds goals that no metric can meet, Judge shows the state of one, Linear extrapolates
// a weekly series, Shift compares weeks before and after a day.
package goals
