// Package view has the parts that several pages share: links, figures with their
// doubt, tiles, verdict chips, lists and drawn charts. It has no page, and its
// types contain texts only, so that templates choose nothing.
package view

import (
	"html/template"

	"github.com/ip3dp/ip3dp/render/format"
)

// Link is a text with its address. Without an address it is only the text.
type Link struct {
	Title, Href string
	Current     bool
}

// Entry is an entry of a list: a name with notes.
type Entry struct {
	Name   Link
	Status string
	Note   string
	File   string // the file to edit; "" if the page does not name it
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
	Next  string        // the next action if the state is missing
	Bar   template.HTML // the value with its range and its limits; "" without one
}

// Mark is a sign with its word; a sign never appears alone.
type Mark struct{ Icon, Word, Class string }

// The signs of a mark.
const (
	Good    = "✓"
	Unclear = "⚠"
	Bad     = "✗"
)

// Figure is a number in a list with its uncertainty, formatted for pages. A page uses the
// fields that it shows.
type Figure struct {
	ID     string // of the element that shows it
	Name   Link   // the measured thing
	Note   string // next to the name or the value
	Value  string // "83 %"; "" or "n/a" without a number
	Exact  string // the value without rounding, for machines
	Range  string // "likely 61–81 %"
	N      string // "50 of 60 teams"
	Unit   string // of N, if a narrow page leaves it out
	Was    string // the earlier value
	Aim    string // the target or the limit
	From   string // the source of the target
	Mark   Mark
	Unsure bool          // the range contains both sides of the target
	Why    string        // the reason for the missing number, and the next action
	Bar    template.HTML // the number as a bar
}

// List is rows of one kind under a title. Pages use the fields that they show.
type List[T any] struct {
	ID, Title string // ID of the heading
	Rows      []T
	Note      string // about all rows
	None      string // shown without rows
	More      string // link to all of them; "" without a page
	Folded    []T    // further rows, behind a disclosure
	Rest      []T    // the rows behind a disclosure
	Hidden    string // the number of these rows in words: "12 more pains"
	Class     string // of the disclosure: "more", or "fold" where only a narrow screen has it
}

// Fold returns a list with the first rows in view and the rest behind a disclosure, so that a
// long list stays readable. plural is the name of the rows. One row too many stays in view.
func Fold[T any](rows []T, most int, plural string) List[T] {
	if len(rows) <= most+1 {
		return List[T]{Rows: rows}
	}
	rest := rows[most:]
	return List[T]{Rows: rows[:most:most], Rest: rest, Hidden: format.Count(len(rest)) + " more " + plural, Class: "more"}
}

// FoldNarrow returns a list with a few rows in view on a narrow screen. A wider screen has the
// rest in view too, unless there are more than most rows.
func FoldNarrow[T any](rows []T, few, most int, plural string) List[T] {
	list := Fold(rows, few, plural)
	if len(rows) <= most && list.Rest != nil {
		list.Class = "fold"
	}
	return list
}

// Figures is a group of figures under a title.
type Figures = List[Figure]

// Chart is a drawn chart with the words about it.
type Chart struct {
	Figure template.HTML
	Words  string
	Note   string
}

// Prose is a rendered text of the content. A text that is too large to render has a Problem
// instead.
type Prose struct {
	HTML    template.HTML
	Problem string
}

// GoodMark returns the mark of a wanted state.
func GoodMark(word string) Mark { return Mark{Good, word, "better"} }

// UnclearMark returns the mark of a state that the data cannot decide.
func UnclearMark(word string) Mark { return Mark{Unclear, word, "unknown"} }

// BadMark returns the mark of an unwanted state.
func BadMark(word string) Mark { return Mark{Bad, word, "worse"} }
