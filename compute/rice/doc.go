// Package rice scores initiatives by reach × impact × confidence ÷ effort, and shows how far
// their order may be trusted.
//
// The product of the points is the score, and points rank. The ranges around them, 90 %
// intervals of log-normals, give only the doubt: the interval of a score, the probability of
// every rank, and which neighbours tie.
package rice
