// Package impact shows what a feature did to delivery.
//
// Teams adopt at different times, and faster teams adopt first, so neither "before and after"
// nor "users against the others" is an answer. The package is a staggered
// difference-in-differences (Callaway and Sant'Anna 2021): each cohort of adopters is compared,
// period by period, with teams that had not adopted, each against its own earlier self. Its
// pipeline:
//
//  1. Estimate makes the cohort-time effects, their averages, and a p-value and
//     interval by permuting the adoption dates over the teams. The estimate is
//     divided by its standard error, so that adopters and others need not be
//     equally noisy, and the p-value pays for the looks since the first adoption.
//  2. Assess adds the checks that could show the comparison to be unfair: unlike
//     noise, drift before adoption, the last periods before it, a placebo date,
//     and other anticipation windows; and the effect by time since adoption.
//  3. Judge turns an assessment and its multiplicity-adjusted q into one of five
//     verdicts.
//
// Before a roll-out, MotionOf and Plan foresee what it can show, and when.
//
// Outcomes are usually the logarithm of a team's median lead time: an effect of −0.29 is then a
// fall by 25 %. Everything is deterministic: permutations are drawn from a generator that the
// caller seeds, see SeedOf.
package impact
