// Package step finds the weeks in which a weekly series moved to another level and stayed there.
//
// A page may name such a week. The test therefore holds 5 % for a page as a whole: for all weeks
// of all its series together. Weeks resemble their neighbours, so the test permutes what is new
// in each week (the innovations of an autoregression) rather than the weeks themselves.
// docs/methods/titles.md describes the method and its error rates.
package step
