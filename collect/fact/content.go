package fact

import "time"

// Content is what the platform team writes.
type Content struct {
	Groups []Group
	Teams  []Team
}

// Origin is where a piece of content was written, for errors and links.
type Origin struct {
	File string
	Line int
}

// Group is a set of teams that small rows are shown by.
type Group struct {
	ID    string
	Title string
	Origin
}

// Team owns services.
type Team struct {
	ID         string
	Title      string // defaults to ID
	Group      string
	Developers int
	Formerly   []string
	Owns       []Ownership
	Members    []string // logins or e-mails, only if a team chooses to list them; private
	Origin
}

// Ownership is a repository, or a path scope of one, over a span of time. A
// reorganisation adds a new one with dates; it must not rewrite history.
type Ownership struct {
	Repository string
	Paths      []string  // globs such as "services/a/**"; empty: the whole repository
	Service    string    // the service's name; defaults to the repository, plus the paths where there are any
	From       time.Time // first day owned; zero: since ever
	Until      time.Time // first day not owned any more; zero: until now
}
