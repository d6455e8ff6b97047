// Package importer proposes the configuration of an export: which tool wrote it, what its rows
// are, and which column has which meaning.
//
// A proposal is a function of the file's evidence ([tabular.Inspection]), the names in the content
// and the answers so far. It lists what is open as questions, each with a key. Asking is a loop:
// the answer to a question is added, and the proposal is made again. Nothing that is not sure is
// taken without an answer, and no cell of a file is ever shown, except words of our own lists and
// names of the content.
package importer
