// Package decision recommends what to do with a feature, and gives the reasons.
//
// It is one tree of five questions:
//
//	users satisfied?
//	  no  → adoption low, or delivery worse?
//	          yes → successor? yes: deprecate / no: pivot or sunset
//	          no  → investigate
//	  yes → delivery improved?
//	          no  → investigate
//	          yes → adoption high? yes: make default / no: invest
//
// A fact may be unknown. The tree is therefore walked once for every combination of values that
// the unknown facts could have; contradictory combinations are left out. If all walks end at
// one leaf, that verdict holds, whatever the missing evidence turns out to be. Otherwise the
// verdict is to investigate, with the facts that would settle it. Nobody chose to use a default
// or mandated feature, so its use is not evidence: both facts about adoption drop out, and
// improved and satisfied means double down.
//
// [Evaluate] is the tree alone, on truths. [Recommend] builds the truths from figures with
// their intervals and from the weeks behind them. It returns everything that a page draws: the
// path, the thresholds in force, what would change the verdict, and what people decided.
// [Words] has the words for it. A recommendation is not a decision: only
// Recommendation.Announced may be announced as something that will happen.
package decision
