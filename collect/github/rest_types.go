package github

import "time"

// The types of the REST API's answers, as far as we read them.

type rCommit struct {
	SHA   string  `json:"sha"`
	Files []rFile `json:"files"`
}

type rFile struct {
	Filename string `json:"filename"`
	Patch    string `json:"patch"`
}

type rRun struct {
	ID         int64     `json:"id"`
	Path       string    `json:"path"`
	Event      string    `json:"event"`
	SHA        string    `json:"head_sha"`
	Branch     string    `json:"head_branch"`
	Status     string    `json:"status"`
	Conclusion string    `json:"conclusion"`
	Attempt    int       `json:"run_attempt"`
	HTMLURL    string    `json:"html_url"`
	Actor      *actor    `json:"actor"`
	CreatedAt  time.Time `json:"created_at"`
	StartedAt  time.Time `json:"run_started_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type rWorkflow struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Path string `json:"path"`
}
