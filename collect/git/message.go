package git

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// said is what a commit message says that facts need.
type said struct {
	title   string // of the request, or the commit's subject
	request string // number of the pull or merge request that the commit merged
	reverts string // hash of the commit that it reverts, maybe abbreviated
	undoes  string // number of the request that it reverts
}

var (
	// requestSubjects are the subjects that forges and merge bots write, with
	// the number, and the title where it stands in the subject.
	requestSubjects = []*regexp.Regexp{
		regexp.MustCompile(`^Merge pull request '(?P<title>.*)' \(#(\d+)\) from `), // Gitea, Forgejo
		// GitHub, Bitbucket Data Center
		regexp.MustCompile(`^Merge pull request #(\d+)(?: |$)`),
		regexp.MustCompile(`^(?:Auto merge of|Rollup merge of|Merge) #(\d+)(?: - |$|: (?P<title>.*))`), // homu, bors
		// Bitbucket Data Center
		regexp.MustCompile(`^Pull request #(\d+): (?P<title>.*)$`),
		regexp.MustCompile(`^Merged PR (\d+): (?P<title>.*)$`),                                // Azure DevOps
		regexp.MustCompile(`^Merged in .* \(pull request #(\d+)\)$`),                          // Bitbucket Cloud
		regexp.MustCompile(`^(?P<title>.*\S) \((?:#|!|pull request #|PR #|MR !)(\d+)\)[.]?$`), // squash merges
	}
	// requestLines stand in the body: GitLab's merge commits; Gerrit and Gitea.
	requestLines = []*regexp.Regexp{
		regexp.MustCompile(`(?m)^See merge request \S*!(\d+)\r?$`),
		regexp.MustCompile(`(?m)^Reviewed-on: https?://\S*/(\d+)/?\r?$`),
	}
)

// parseMessage reads a commit message. The title is kept if the commit names a
// request, or always.
func parseMessage(message []byte, always bool) said {
	var m said
	subject, body := cutLine(bytes.TrimLeft(message, "\r\n\t "))
	m.request, m.title = requestOf(subject, body)
	switch {
	case m.request == "" && always:
		m.title = clean(subject)
	case m.request != "" && m.title == "":
		m.title = firstTitle(subject, body)
	}
	if bytes.Contains(message, []byte("everts ")) {
		m.reverts, m.undoes = text.RevertedCommit(string(message)), text.RevertedRequest(string(body))
	}
	return m
}

// requestOf returns the request's number, and its title if the subject has it.
func requestOf(subject, body []byte) (number, title string) {
	if bytes.IndexByte(subject, '#') >= 0 || bytes.IndexByte(subject, '!') >= 0 ||
		bytes.HasPrefix(subject, []byte("Merged PR ")) {
		for _, re := range requestSubjects {
			found := re.FindSubmatch(subject)
			if found == nil {
				continue
			}
			for i, group := range re.SubexpNames() {
				switch {
				case i > 0 && group == "title":
					title = clean(found[i])
				case i > 0:
					number = string(found[i])
				}
			}
			return number, title
		}
	}
	if bytes.Contains(body, []byte("See merge request ")) || bytes.Contains(body, []byte("Reviewed-on: ")) {
		for _, re := range requestLines {
			if all := re.FindAllSubmatch(body, -1); all != nil {
				return string(all[len(all)-1][1]), ""
			}
		}
	}
	return "", ""
}

// mergeWords begin the subjects under which the request's title stands.
var mergeWords = []string{"Merge", "Auto merge of ", "Rollup merge of "}

// firstTitle is the first line of the body, where forges put the request's
// title under "Merge …", else the subject.
func firstTitle(subject, body []byte) string {
	if !slices.ContainsFunc(mergeWords, func(word string) bool { return bytes.HasPrefix(subject, []byte(word)) }) {
		return clean(subject)
	}
	line, _ := cutLine(bytes.TrimLeft(body, "\r\n\t "))
	if len(line) == 0 || bytes.HasPrefix(line, []byte("See merge request ")) {
		return clean(subject)
	}
	return clean(line)
}

// pickedFrom is the hash of the commit that a commit is a copy of, "" if it names
// none.
func pickedFrom(message []byte) string {
	if !bytes.Contains(message, []byte("(cherry picked from commit ")) {
		return ""
	}
	return text.PickedFrom(string(message))
}

func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimRight(line, "\r\t "), rest
}

func clean(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// identity is the name that a commit's author goes by: the login where the
// address tells it (the no-reply addresses of GitHub and GitLab) or the name is
// one ("dependabot[bot]"), else the e-mail in lower case, else the name.
func identity(name, email string) string {
	name = strings.ToValidUTF8(strings.TrimSpace(name), "\uFFFD")
	email = strings.ToValidUTF8(strings.ToLower(strings.TrimSpace(email)), "\uFFFD")
	local, domain, _ := strings.Cut(email, "@")
	switch {
	case strings.HasSuffix(name, "[bot]"):
		return name
	case strings.HasPrefix(domain, "users.noreply.") && local != "":
		return login(local, domain)
	case email != "":
		return email
	}
	return name
}

// login strips the account number from "123+login" (GitHub) or "123-login" (GitLab).
func login(local, domain string) string {
	if number, name, ok := strings.Cut(local, "+"); ok && digits(number) && name != "" {
		return name
	}
	if number, name, ok := strings.Cut(local, "-"); ok && strings.Contains(domain, "gitlab") && digits(number) &&
		name != "" {
		return name
	}
	return local
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// coAuthors are whom the trailers of a message name.
func coAuthors(message []byte) []string {
	if !bytes.Contains(message, []byte("uthored-")) {
		return nil
	}
	return text.CoAuthors(string(message))
}
