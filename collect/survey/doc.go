// Package survey reads the export of one survey wave into answers.
//
// The wave's TOML file, a [fact.Survey], describes the columns; every header in it must be in
// the export. Answers have no identity: columns of names, e-mails and addresses are never read,
// and a cell with nothing but an address is dropped. Answers are never stored; every build
// reads the export again.
//
// A blank cell is a missing answer, never 0. A score outside 0 to 10, or a word that is not on
// the scale, costs that one answer and is counted in the notes of the import. Whole rows are
// left out, and counted, if they are previews or partial (Qualtrics, LimeSurvey, Typeform),
// empty, or from the future.
//
// A keyed hash replaces the tool's ID of each response, so that package merge can merge
// repeated answers. The key belongs to one run.
package survey
