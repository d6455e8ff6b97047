package importer

import (
	"fmt"
	"path"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// Places where an export can be at night.
const (
	Folder   = "folder"
	Variable = "variable"
	Package  = "package"
	Bucket   = "bucket"
	SQL      = "sql"
)

// Places lists the places where an export can be at night.
func Places() []string { return []string{Folder, Variable, Package, Bucket, SQL} }

// IsPersonal reports whether a file is about people: then it must not be committed.
func (p *Proposal) IsPersonal(hasPersonal bool) bool {
	switch p.Kind {
	case Survey, Tickets, Usage, Tasks:
		return true
	}
	return hasPersonal
}

// DescribePlace returns the lines of the nightly job that put a file into its place. file is its
// path as seen from the folder of the configuration.
func DescribePlace(place, file string, isGitLab bool) []string {
	name, folder := path.Base(file), path.Dir(file)
	variable := "IP3DP_" + strings.ToUpper(strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.TrimSuffix(name, path.Ext(name))), "_"))
	quoted, quotedFolder := quoteShell(file), quoteShell(folder)
	switch {
	case place == Variable && isGitLab:
		return []string{
			"a variable of type File, protected, with the text of the export; in the job, before ip3dp:",
			fmt.Sprintf("  - mkdir -p %s && cp \"$%s\" %s", quotedFolder, variable, quoted),
		}
	case place == Variable:
		return []string{
			"a secret of at most 48 KB with the text of the export; in the job, before ip3dp:",
			fmt.Sprintf("  - run: mkdir -p %s && printf '%%s' \"$EXPORT\" > %s", quotedFolder, quoted),
			"    env:",
			fmt.Sprintf("      EXPORT: ${{ secrets.%s }}", variable),
		}
	case place == Package && isGitLab:
		return []string{
			"a generic package of the project, exports/1; in the job, before ip3dp:",
			fmt.Sprintf("  - mkdir -p %s", quotedFolder),
			fmt.Sprintf("  - 'curl -fsS -H \"JOB-TOKEN: $CI_JOB_TOKEN\" -o %s \"$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/generic/exports/1/%s\"'", quoted, name),
		}
	case place == Package:
		return []string{
			"an asset of the release \"exports\" of a private repository; in the job, before ip3dp:",
			fmt.Sprintf("  - run: gh release download exports --pattern %s --dir %s --clobber", quoteShell(name), quotedFolder),
			"    env:",
			"      GH_TOKEN: ${{ github.token }}",
		}
	case place == Bucket:
		line := fmt.Sprintf("aws s3 cp s3://BUCKET/%s %s", name, quoted)
		if isGitLab {
			line = "  - " + line
		} else {
			line = "  - run: " + line
		}
		return []string{"an object in a bucket that the job can read; in the job, before ip3dp:", line}
	case place == SQL:
		return []string{
			"a database needs no file: write a [[sql]] table with a query in place of this one (docs/sources.md)",
		}
	}
	return []string{"a folder that the job's machine has at " + text.Quote(folder) + ", outside of git: nothing to add to the job"}
}

// quoteShell quotes a word for a shell unless it is plain.
func quoteShell(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// IgnoreLine returns the line of .gitignore for a file below the folder of the .gitignore.
func IgnoreLine(rel string) string {
	if folder := path.Dir(rel); folder != "." {
		return "/" + folder + "/" + "*" + path.Ext(rel)
	}
	return "/" + rel
}
