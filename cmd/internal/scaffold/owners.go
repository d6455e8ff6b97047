package scaffold

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// ownersFiles are where GitHub and GitLab look for owners; the first one counts.
var ownersFiles = []string{".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// proposeTeams makes teams of the owners that a clone names, and returns the file with them.
// Only teams (@organisation/team) become teams, not people.
func proposeTeams(clone, repository string) ([]fact.Team, string, error) {
	root, err := os.OpenRoot(clone)
	if err != nil {
		return nil, "", err
	}
	defer root.Close() // read only
	for _, name := range ownersFiles {
		data, err := root.ReadFile(filepath.FromSlash(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		isDir := func(path string) bool {
			info, err := root.Stat(filepath.FromSlash(path))
			return err == nil && info.IsDir()
		}
		if teams := readOwners(data, repository, isDir); len(teams) > 0 {
			return teams, name, nil
		}
		return nil, "", nil
	}
	return nil, "", nil
}

// readOwners reads a CODEOWNERS file: a pattern and its owners on every line. isDir reports
// whether a path of the clone is a folder.
func readOwners(data []byte, repository string, isDir func(string) bool) []fact.Team {
	var teams []fact.Team
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.ContainsAny(fields[0], `[]^!\`) { // sections of GitLab, what neither supports, escapes
			continue
		}
		own := fact.Ownership{Repository: repository}
		if globs := ownedPaths(fields[0], isDir); globs != "" {
			own.Paths = []string{globs}
		}
		for _, owner := range fields[1:] {
			if id := teamID(owner); id != "" {
				teams = mergeTeams(teams, []fact.Team{{ID: id, Owns: []fact.Ownership{own}}})
			}
		}
	}
	return teams
}

// teamID returns the ID for an owner that is a team, else "".
func teamID(owner string) string {
	name, ok := strings.CutPrefix(owner, "@")
	slash := strings.LastIndexByte(name, '/')
	if !ok || slash < 0 {
		return ""
	}
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name[slash+1:]))
	return strings.Trim(id[:min(len(id), 80)], "-")
}

// ownedPaths turns a pattern of CODEOWNERS, which are those of .gitignore, into
// a glob of teams.toml; "" for the whole repository.
func ownedPaths(pattern string, isDir func(string) bool) string {
	if slices.Contains([]string{"*", "**", "/", "/*", "/**"}, pattern) {
		return ""
	}
	path := strings.Trim(pattern, "/")
	anchored := strings.HasPrefix(pattern, "/") || strings.Contains(path, "/")
	folder := strings.HasSuffix(pattern, "/") || anchored && isDir(path)
	if !anchored && !strings.HasPrefix(path, "**") {
		path = "**/" + path
	}
	if folder {
		path += "/**"
	}
	return path
}

// mergeTeams adds teams to others; one of the same ID owns both sets. Whole
// repositories swallow their paths, and paths of one repository join.
func mergeTeams(teams, more []fact.Team) []fact.Team {
	for _, t := range more {
		i := slices.IndexFunc(teams, func(have fact.Team) bool { return have.ID == t.ID })
		if i < 0 {
			teams = append(teams, t)
			continue
		}
		for _, own := range t.Owns {
			teams[i].Owns = mergeOwnership(teams[i].Owns, own)
		}
	}
	return teams
}

func mergeOwnership(owns []fact.Ownership, own fact.Ownership) []fact.Ownership {
	i := slices.IndexFunc(owns, func(have fact.Ownership) bool { return have.Repository == own.Repository })
	if i < 0 {
		return append(owns, own)
	}
	if len(owns[i].Paths) == 0 || len(own.Paths) == 0 {
		owns[i].Paths = nil
		return owns
	}
	for _, path := range own.Paths {
		if !slices.Contains(owns[i].Paths, path) {
			owns[i].Paths = append(owns[i].Paths, path)
		}
	}
	return owns
}
