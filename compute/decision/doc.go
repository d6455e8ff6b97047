// Package decision recommends what to do with a feature, and says why.
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
// A fact may be unknown. The tree is therefore walked once for every way in which
// the unknown facts could turn out, contradictory ones left out. If all walks end
// at one leaf, that verdict holds whatever the missing evidence would say;
// otherwise the verdict is to investigate, with the facts that would settle it.
// The use of a default or mandated feature was no choice, so it is no evidence:
// both facts about adoption drop out, and improved and satisfied means double down.
//
// [Evaluate] is the tree alone, on truths. [Recommend] builds the truths from
// figures with their intervals and from the weeks behind them, and returns all that
// a page draws: the path, the thresholds in force, what would change the verdict,
// and what people decided. A recommendation is not a decision: only
// Recommendation.Announced may be told as something that will happen.
package decision
