// Package survey reads the export of one survey wave into answers.
//
// What the columns mean stands in the wave's TOML file, a [fact.Survey]; a header
// it names must be in the export. Answers carry no identity: columns of names,
// e-mails and addresses are never read, and a cell that is nothing but an address
// is dropped. Nothing that people answered is stored; the export is read anew on
// every build.
//
// Blank is no answer and never 0. A score outside 0 to 10, or a word that stands
// on no scale, costs that one answer and is counted in the notes of the import.
// Whole rows are left out, and counted, if they are previews or partial
// (Qualtrics, LimeSurvey, Typeform), say nothing, or come from the future.
//
// The id that a tool gives each response is replaced by a keyed hash, so that
// package merge can make repeated answers one. The key belongs to one run.
package survey
