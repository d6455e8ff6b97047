// Package rice scores initiatives by reach × impact × confidence ÷ effort, and shows how
// reliable their order is.
//
// The score is the product of the points, and initiatives are ranked by it. The ranges around
// the points are 90 % intervals of log-normals. They give only the uncertainty: the interval of
// a score, the probability of every rank, and the neighbours that tie.
package rice
