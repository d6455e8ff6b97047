// Package tabular reads CSV and JSON exports row by row into structs. Every file importer uses
// it to settle the dialect of a file.
//
// gocarina/gocsv decodes the rows into structs. Alone, it is silently wrong on real exports: a
// semicolon file, a header in another case or a missing one gives zero values, a blank score
// becomes 0, "9.7" an int 9, "1,234" a float 1.234, and of two equal headers the last wins. So
// each cell takes these steps before gocsv reads it:
//
//  1. bytes: gzip with a cap, byte order mark, UTF-16, single-byte code pages,
//     bare carriage returns, a "sep=" line, the delimiter;
//  2. header: one, two (SurveyMonkey) or three (Qualtrics) rows, normalised and
//     read by position, bound to the struct's tags and their aliases; a missing
//     required column is an error with the positions of near misses;
//  3. cells: control and direction-changing characters stripped, then dates,
//     numbers and yes/no checked and rewritten into the one spelling that gocsv
//     cannot misread. Blank stays blank: a pointer field stays nil.
//
// Unusable rows are counted by reason with their first line, in one [fact.Import] per file:
// Read = Used + the sum of Rejected. Its Notes list the guesses. An ambiguity that affects
// every number of the file (3/4/2024, a clock time without a zone, 1,234) is not guessed: the
// error names the option that settles it.
//
// A row type is a struct of string, *int, *float64, *bool, [Time], [List] and [Cells] fields:
//
//	type row struct {
//		ID     string       `csv:"id,number,key" tabular:"required"`
//		Opened tabular.Time `csv:"opened,created,created_at" tabular:"required"`
//		Score  *int         `csv:"score,omitempty"`
//		Labels tabular.List `csv:"labels"`
//	}
//
// Cells such as "-", "NULL" and "N/A" are blank ([ListBlanks]), except in a text with the flag
// "verbatim".
//
// The first name in the csv tag is the column's own, the others are aliases. The flag
// "aliases" of the tabular tag adds the usual ones of "updated" and "sequence".
//
// Names are compared
// without case, spaces and punctuation, so "created_at" matches "Created At" and "createdAt".
package tabular
