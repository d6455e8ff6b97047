// Package impact estimates the effect of a feature on delivery.
//
// Teams adopt at different times, and faster teams adopt first. So neither "before and after"
// nor "users against the others" measures the effect. The package implements a staggered
// difference-in-differences (Callaway and Sant'Anna 2021): each cohort of adopters is compared,
// period by period, with teams that had not adopted yet, and every team with its own earlier
// periods. The steps are:
//
//  1. Estimate computes the cohort-time effects, their averages, and a p-value and
//     interval by permuting the adoption dates over the teams. The estimate is
//     divided by its standard error, so that adopters and others need not be
//     equally noisy, and the p-value is corrected for the looks since the first
//     adoption.
//  2. Assess adds the checks that could show the comparison to be unfair: unequal
//     noise, drift before adoption, the last periods before it, a placebo date,
//     and other anticipation windows. It also computes the effect by time since
//     adoption.
//  3. Judge turns an assessment and its multiplicity-adjusted q into one of five
//     verdicts.
//
// Before a roll-out, MeasureMotion and Plan compute which effects it can show, and when.
//
// An outcome is usually the logarithm of a team's median lead time: an effect of −0.29 is then
// a reduction by 25 %. All results are deterministic: permutations come from a generator that
// the caller seeds, see SeedOf.
package impact
