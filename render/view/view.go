// Package view has the parts that several pages share: links, figures with their
// doubt, tiles, verdict chips, lists and drawn charts. It has no page, and its
// types contain texts only, so that templates choose nothing.
package view

import "html/template"

// Link is an anchor with its text; without an address it is the text alone.
type Link struct {
	Title, Href string
	Current     bool
}

// Entry is a named thing in a list, with the notes beside its name.
type Entry struct {
	Name   Link
	Status string
	Note   string
	File   string // the file to edit; "" if it does not matter
	Draft  bool
}

// Labelled is a value with its label.
type Labelled struct{ Label, Value string }

// Tick is a step or a condition, with a tick when it is done.
type Tick struct {
	Name  string
	Done  bool
	State string
	Why   string
	Next  string // the next action where the state is missing
}

// Mark is a sign with its word; a sign never appears alone.
type Mark struct{ Icon, Word, Class string }

// Signs of a mark.
const (
	Good    = "✓"
	Unclear = "⚠"
	Bad     = "✗"
)

// Figure is a number of a list, with its doubt, in words. Pages use the fields
// that they show.
type Figure struct {
	ID     string // of the element that shows it
	Name   Link   // the thing that it measures
	Note   string // beside the name or the value
	Value  string // "83 %"; "" or "n/a" without a number
	Exact  string // the value without rounding, for machines
	Range  string // "likely 61–81 %"
	N      string // "50 of 60 teams"
	Was    string // the earlier value
	Aim    string // the target or the limit
	From   string // the source of the target
	Mark   Mark
	Unsure bool          // the range contains both sides of the target
	Why    string        // the reason why the number is missing, and the next action
	Bar    template.HTML // the number as a bar
}

// List is rows of one kind under a title. Pages use the fields that they show.
type List[T any] struct {
	ID, Title string // ID of the heading
	Rows      []T
	Note      string // about all rows
	None      string // shown without rows
	More      string // link to all of them; "" without a page
}

// Figures is a group of figures under a title.
type Figures = List[Figure]

// Chart is a drawn chart with the words about it.
type Chart struct {
	Figure template.HTML
	Words  string
	Note   string
}

// Prose is a text of the content, rendered. A text that is too large to render has
// a Problem instead.
type Prose struct {
	HTML    template.HTML
	Problem string
}

// GoodMark marks what is as wanted.
func GoodMark(word string) Mark { return Mark{Good, word, "better"} }

// UnclearMark marks what the data cannot decide.
func UnclearMark(word string) Mark { return Mark{Unclear, word, "unknown"} }

// BadMark marks what is not as wanted.
func BadMark(word string) Mark { return Mark{Bad, word, "worse"} }
