package gitlab

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The types below are the narrow part of GitLab's answers that is read. They
// forgive what GitLab really sends: null for objects and dates that are not there,
// offsets in the dates of commits, fields that older or other editions leave out.

// stamp is a time of an answer; zero when it is null, "" or left out. Offsets, which
// commits carry from their authors, are removed: everything inside is UTC.
type stamp struct{ time.Time }

// UnmarshalJSON reads RFC 3339 times, and the plain dates of older versions.
func (s *stamp) UnmarshalJSON(b []byte) error {
	var text *string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("time %.40s: %w", b, err)
	}
	s.Time = time.Time{}
	if text == nil || *text == "" {
		return nil
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700",
		time.DateOnly,
	} {
		if at, err := time.Parse(layout, *text); err == nil {
			s.Time = at.UTC()
			return nil
		}
	}
	return fmt.Errorf("time %.40q is in no form that GitLab uses", *text)
}

// labels are names; with with_labels_details they would be objects, which older
// servers send unasked.
type labels []string

// UnmarshalJSON reads a list of names or of objects with a name.
func (l *labels) UnmarshalJSON(b []byte) error {
	var names []string
	if err := json.Unmarshal(b, &names); err == nil {
		*l = names
		return nil
	}
	var objects []struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(b, &objects); err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	*l = nil
	for _, o := range objects {
		*l = append(*l, o.Name)
	}
	return nil
}

// account is a user; nil where the account was deleted.
type account struct {
	Username string `json:"username"`
	Bot      bool   `json:"bot"`
}

func (a *account) login() string {
	if a == nil || a.Username == "" {
		return ghost
	}
	return a.Username
}

type project struct {
	ID            int64  `json:"id"`
	Path          string `json:"path_with_namespace"`
	DefaultBranch string `json:"default_branch"`
	URL           string `json:"web_url"`
	Archived      bool   `json:"archived"`
	Empty         bool   `json:"empty_repo"`
	LastActivity  stamp  `json:"last_activity_at"`
	// "disabled" where the feature is off; "" where the server does not have the field
	Builds       string `json:"builds_access_level"`
	Environments string `json:"environments_access_level"`
	Releases     string `json:"releases_access_level"`
	Requests     string `json:"merge_requests_access_level"`
	Repository   string `json:"repository_access_level"`
	Namespace    struct {
		FullPath string `json:"full_path"`
	} `json:"namespace"`
	Shared []struct {
		Path   string `json:"group_full_path"`
		Access int    `json:"group_access_level"`
	} `json:"shared_with_groups"`
}

type group struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Path string `json:"full_path"`
}

type member struct {
	Username string `json:"username"`
	State    string `json:"state"`
	Access   int    `json:"access_level"`
}

type mergeRequest struct {
	ID           int64    `json:"id"`
	IID          int64    `json:"iid"`
	Project      int64    `json:"project_id"`
	Title        string   `json:"title"`
	Description  string   `json:"description"`
	State        string   `json:"state"` // opened, closed, locked, merged
	Author       *account `json:"author"`
	Labels       labels   `json:"labels"`
	TargetBranch string   `json:"target_branch"`
	SourceBranch string   `json:"source_branch"`
	Draft        bool     `json:"draft"`
	WorkInProg   bool     `json:"work_in_progress"` // before GitLab 13.2
	URL          string   `json:"web_url"`
	SHA          string   `json:"sha"`
	MergeSHA     string   `json:"merge_commit_sha"`
	SquashSHA    string   `json:"squash_commit_sha"`
	Created      stamp    `json:"created_at"`
	Updated      stamp    `json:"updated_at"`
	Merged       stamp    `json:"merged_at"`
	Closed       stamp    `json:"closed_at"`
	// Source is the number of the project that the source branch is in; null: a
	// fork that was deleted.
	Source json.RawMessage `json:"source_project_id"`
}

// forkPath returns the project of a source branch that is not in the request's own project, as
// a number: its name would cost a request.
func (m *mergeRequest) forkPath() string {
	switch id := string(m.Source); id {
	case "", strconv.FormatInt(m.Project, 10):
		return ""
	case "null":
		return "(deleted)"
	default:
		return "project " + id
	}
}

func (m *mergeRequest) key() string        { return fmt.Sprint(m.ID) }
func (m *mergeRequest) updated() time.Time { return m.Updated.Time }

type note struct {
	ID      int64    `json:"id"`
	Body    string   `json:"body"`
	Author  *account `json:"author"`
	Created stamp    `json:"created_at"`
	System  bool     `json:"system"`
}

type commit struct {
	SHA       string   `json:"id"`
	Parents   []string `json:"parent_ids"`
	Title     string   `json:"title"`
	Message   string   `json:"message"`
	Email     string   `json:"author_email"`
	Authored  stamp    `json:"authored_date"`
	Committed stamp    `json:"committed_date"`
	URL       string   `json:"web_url"`
}

type environment struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Tier string `json:"tier"` // production, staging, testing, development, other
}

type deployment struct {
	ID          int64        `json:"id"`
	Ref         string       `json:"ref"`
	SHA         string       `json:"sha"`
	Status      string       `json:"status"`
	Created     stamp        `json:"created_at"`
	Updated     stamp        `json:"updated_at"`
	Finished    stamp        `json:"finished_at"` // only of newer servers
	User        *account     `json:"user"`
	Environment *environment `json:"environment"`
	// Job is null when something outside of GitLab's CI reported the deployment.
	Job *struct {
		Status   string `json:"status"`
		Tag      bool   `json:"tag"`
		Finished stamp  `json:"finished_at"`
		URL      string `json:"web_url"`
	} `json:"deployable"`
}

func (d *deployment) key() string        { return fmt.Sprint(d.ID) }
func (d *deployment) updated() time.Time { return d.Updated.Time }

type pipeline struct {
	ID      int64  `json:"id"`
	SHA     string `json:"sha"`
	Ref     string `json:"ref"`
	Status  string `json:"status"`
	Source  string `json:"source"`
	Name    string `json:"name"`
	URL     string `json:"web_url"`
	Created stamp  `json:"created_at"`
	Updated stamp  `json:"updated_at"`
}

func (l *pipeline) key() string        { return fmt.Sprint(l.ID) }
func (l *pipeline) updated() time.Time { return l.Updated.Time }

type release struct {
	Tag      string   `json:"tag_name"`
	Released stamp    `json:"released_at"`
	Author   *account `json:"author"`
	Commit   *struct {
		SHA string `json:"id"`
	} `json:"commit"`
	Links struct {
		Self string `json:"self"`
	} `json:"_links"`
}

type tag struct {
	Name    string  `json:"name"`
	Target  string  `json:"target"`
	Created stamp   `json:"created_at"` // of an annotated tag, newer servers
	Commit  *commit `json:"commit"`
}

type issue struct {
	ID       int64  `json:"id"`
	IID      int64  `json:"iid"`
	Project  int64  `json:"project_id"`
	Title    string `json:"title"`
	Text     string `json:"description"`
	State    string `json:"state"`    // opened, closed
	Severity string `json:"severity"` // UNKNOWN, LOW … CRITICAL
	Labels   labels `json:"labels"`
	URL      string `json:"web_url"`
	Created  stamp  `json:"created_at"`
	Updated  stamp  `json:"updated_at"`
	Closed   stamp  `json:"closed_at"`
}

func (i *issue) key() string        { return fmt.Sprint(i.ID) }
func (i *issue) updated() time.Time { return i.Updated.Time }

// related is a merge request that refers to an issue.
type related struct {
	ID         int64 `json:"id"`
	References struct {
		Full string `json:"full"` // "group/name!12"
	} `json:"references"`
}

type stateEvent struct {
	State   string `json:"state"` // closed, reopened, merged
	Created stamp  `json:"created_at"`
}

type ownToken struct {
	Scopes  []string `json:"scopes"`
	Expires string   `json:"expires_at"`
}

type doraPoint struct {
	Value *float64 `json:"value"`
}

// noReply is an address that forges hide a person's own with:
// "1234-jane@users.noreply.gitlab.com".
var noReply = regexp.MustCompile(`(?i)^(?:\d+[-+])?([^@]+)@users\.noreply\.`)

// loginOf returns the login behind a hidden address, else the e-mail in lower case. Commits of
// GitLab have no account.
func loginOf(email string) string {
	email = strings.TrimSpace(email)
	if m := noReply.FindStringSubmatch(email); m != nil {
		return m[1]
	}
	return strings.ToLower(email)
}
