package fact

import "time"

// Ticket is one support request. Its title is not kept: the source matches it against the
// themes of the content while it reads.
type Ticket struct {
	Source   string
	ID       string
	Team     string
	Feature  string
	Labels   []string
	Opened   time.Time
	Resolved time.Time // zero: still open, unless Ending is Undated or Undecided
	Updated  time.Time // when the source last changed the record; zero if unknown
	Sequence int       // its position in its source's log, as in Change; 0 if unknown
	Reopened int
	// Unsolved is the resolution of a ticket that was closed without a solution ("Duplicate",
	// "Won't do"); "" for a solved or an open ticket.
	Unsolved string
	// Theme is the place of its theme among the rules of the content, from 1; 0 if it has no
	// title, Unthemed if its title matches no rule.
	Theme  int16
	Ending Ending
	// Rows is the number of tickets of a sum, and 1 for a ticket whose ID no other row has. Such
	// facts have no ID and are not merged. A sum has the tickets of one week, team, feature and
	// theme, with the earliest Opened; its only Unsolved is Duplicate. 0: a row with an ID.
	Rows int32
}

// CountTickets returns the number of tickets.
func (t *Ticket) CountTickets() int { return max(int(t.Rows), 1) }

// Duplicate is the Unsolved of a ticket that repeats another one.
const Duplicate = "duplicate"

// Unthemed is the Theme of a ticket whose title matches no rule.
const Unthemed = -1

// Ending describes what is known of the end of a ticket.
type Ending uint8

// Endings. By ByDate a ticket with the time of its resolution is closed and any other is open. An
// Undated ticket is closed, at an unknown time. An Undecided one has no time, and a status that
// was not understood: it is open or closed.
const (
	ByDate Ending = iota
	Undated
	Undecided
)

// IsOpen reports whether the ticket is known to be open.
func (t *Ticket) IsOpen() bool { return t.Resolved.IsZero() && t.Ending == ByDate }

// TitleWord counts the tickets whose title has a word and matches no theme. It is private until
// enough tickets and teams have the word.
type TitleWord struct {
	Word    string
	Tickets int // a ticket in several rows may count several times
	// Plain is the number of tickets with the word in lower case, or as a short word in capitals.
	// A word that always begins with a capital may be a name.
	Plain int
	// IDs are hashes of the IDs of the first tickets with the word, and Teams the first teams that
	// asked, at most MostWordIDs and MostWordTeams.
	IDs   []uint64
	Teams []string
}

// Limits of the lists of a TitleWord.
const (
	MostWordIDs   = 5
	MostWordTeams = 3
)
