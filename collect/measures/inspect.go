package measures

import "github.com/ip3dp/ip3dp/collect/tabular"

// MatchColumns returns the columns of a file that would be read, by the field of a row. declared
// is as in tabular.Options.
func MatchColumns(in *tabular.Inspection, declared map[string][]string) ([]tabular.Match, error) {
	return tabular.MatchColumns[row](in, declared)
}
