package git

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// messageFacts are the facts in a commit message.
type messageFacts struct {
	title   string // of the request, or the commit's subject
	request string // number of the merged pull or merge request
	reverts string // hash of the reverted commit, maybe abbreviated
	undoes  string // number of the reverted request
}

var (
	// requestSubjects match the subjects of forges and merge bots, with the number and, if the
	// subject has it, the title.
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
	// requestLines match lines of the body: GitLab's merge commits; Gerrit and Gitea.
	requestLines = []*regexp.Regexp{
		regexp.MustCompile(`(?m)^See merge request \S*!(\d+)\r?$`),
		regexp.MustCompile(`(?m)^Reviewed-on: https?://\S*/(\d+)/?\r?$`),
	}
)

// parseMessage reads a commit message. It keeps the title of a request, or every title if
// always is true.
func parseMessage(message []byte, always bool) messageFacts {
	var m messageFacts
	subject, body := cutLine(bytes.TrimLeft(message, "\r\n\t "))
	m.request, m.title = parseRequest(subject, body)
	switch {
	case m.request == "" && always:
		m.title = toValidUTF8(subject)
	case m.request != "" && m.title == "":
		m.title = firstTitle(subject, body)
	}
	if bytes.Contains(message, []byte("everts ")) {
		m.reverts, m.undoes = text.RevertedCommit(string(message)), text.RevertedRequest(string(body))
	}
	return m
}

// parseRequest returns the request's number, and its title if the subject has it.
func parseRequest(subject, body []byte) (number, title string) {
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
					title = toValidUTF8(found[i])
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

// mergeWords begin subjects that have the request's title in the body.
var mergeWords = []string{"Merge", "Auto merge of ", "Rollup merge of "}

// firstTitle returns the first line of the body, which is the request's title under "Merge …",
// or else the subject.
func firstTitle(subject, body []byte) string {
	if !slices.ContainsFunc(mergeWords, func(word string) bool { return bytes.HasPrefix(subject, []byte(word)) }) {
		return toValidUTF8(subject)
	}
	line, _ := cutLine(bytes.TrimLeft(body, "\r\n\t "))
	if len(line) == 0 || bytes.HasPrefix(line, []byte("See merge request ")) {
		return toValidUTF8(subject)
	}
	return toValidUTF8(line)
}

// pickedFrom returns the hash of the original of a cherry-picked commit, or "".
func pickedFrom(message []byte) string {
	if !bytes.Contains(message, []byte("(cherry picked from commit ")) {
		return ""
	}
	return text.PickedCommit(string(message))
}

func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimRight(line, "\r\t "), rest
}

func toValidUTF8(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// authorIdentity returns the name to count a commit's author under: the login in a no-reply
// address of GitHub or GitLab, the name of a bot ("dependabot[bot]"), else the e-mail in lower
// case, else the name.
func authorIdentity(name, email string) string {
	name = strings.ToValidUTF8(strings.TrimSpace(name), "\uFFFD")
	email = strings.ToValidUTF8(strings.ToLower(strings.TrimSpace(email)), "\uFFFD")
	local, domain, _ := strings.Cut(email, "@")
	switch {
	case strings.HasSuffix(name, "[bot]"):
		return name
	case strings.HasPrefix(domain, "users.noreply.") && local != "":
		return stripAccountID(local, domain)
	case email != "":
		return email
	}
	return name
}

// stripAccountID removes the account number from "123+login" (GitHub) or "123-login" (GitLab).
func stripAccountID(local, domain string) string {
	if number, name, ok := strings.Cut(local, "+"); ok && isDigits(number) && name != "" {
		return name
	}
	if number, name, ok := strings.Cut(local, "-"); ok && strings.Contains(domain, "gitlab") && isDigits(number) &&
		name != "" {
		return name
	}
	return local
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// coAuthors returns the people in the trailers of a message.
func coAuthors(message []byte) []string {
	if !bytes.Contains(message, []byte("uthored-")) {
		return nil
	}
	return text.CoAuthors(string(message))
}
