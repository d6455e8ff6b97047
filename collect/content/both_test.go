package content

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// bothBase is a small platform without an error.
func bothBase() map[string]string {
	return map[string]string{
		"teams.toml":    "[[group]]\nid = \"shop\"\n[[team]]\nid = \"cart\"\ngroup = \"shop\"\n[[team]]\nid = \"till\"\n",
		"measures.toml": "[[measure]]\nid = \"uptime\"\n",
		"goals.toml":    "[[goal]]\nmetric = \"dora.lead_time\"\nfor = \"cart\"\nat_most = 2\nby = 2025-01-01\nowner = \"lead\"\n",
		"features/helm.md": "+++\ntitle = \"Helm\"\nsuccessor = \"packs\"\n[decision]\noutcome = \"uptime\"\n+++\n" +
			"Charts that teams write.\n",
		"features/packs.md":   "+++\ntitle = \"Packs\"\nlabels = [\"pack\"]\n+++\nBuilds images.\n",
		"roadmap/deploy.md":   "+++\ntitle = \"Deploy\"\nstatus = \"idea\"\nfeatures = [\"packs\"]\n[rice]\nreach = 10\neffort = 1\n+++\n",
		"research/talk.md":    "+++\nkind = \"interview\"\nteams = [\"cart\", \"till\"]\n+++\n",
		"surveys/autumn.toml": "file = \"a.csv\"\nsent = 2024-10-01\nnps = \"How likely?\"\n[teams]\n\"Cart\" = \"cart\"\n",
	}
}

func folderOf(files map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range files {
		file := &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		if to, link := strings.CutPrefix(text, "-> "); link {
			file = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
		}
		out[name] = file
	}
	return out
}

// TestReadBoth breaks files on either side. No difference may remain but those of files that
// can be read.
func TestReadBoth(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name       string
		head, base map[string]string // edits; "" removes the file
		unread     string            // file<was@base
		errors     string            // of the head: file: text, a part each
		same       bool              // both sides are equal
	}{
		{"nothing", nil, nil, "", "", true},
		{"not TOML", edits{"roadmap/deploy.md": "+++\ntitle = \n+++\n"}, nil, "roadmap/deploy.md", "roadmap/deploy.md:2: value is missing", true},
		{"front matter", edits{"roadmap/deploy.md": "---\ntitle: x\n"}, nil, "roadmap/deploy.md", "front matter is YAML", true},
		{"an unknown key", edits{"roadmap/deploy.md": "+++\ntitle = \"Deploy\"\nstatus = \"idea\"\n[rice]\nreech = 3\n+++\n"}, nil, "roadmap/deploy.md", `unknown key "reech"`, true},
		{"a wrong type", edits{"roadmap/deploy.md": "+++\nstatus = \"idea\"\n[rice]\nreach = \"3\"\n+++\n"}, nil, "roadmap/deploy.md", "want a number", true},
		{"not UTF-8", edits{"features/helm.md": "+++\ntitle = \"\xff\"\n+++\n"}, nil, "features/helm.md", "not UTF-8", true},
		{"too large", edits{"features/helm.md": strings.Repeat("x", maxSize+1)}, nil, "features/helm.md", "larger than", true},
		{"a symbolic link", edits{"features/helm.md": "-> /etc/passwd"}, nil, "features/helm.md", "is a symbolic link", true},
		{"a folder", edits{"teams.toml": "", "teams.toml/x": "x"}, nil, "teams.toml", "is not a regular file", true},
		{"a file for a folder", edits{"features": "x", "features/helm.md": "", "features/packs.md": ""}, nil, "features", "features: is not a folder", true},
		{"a bad name", edits{"features/Bad Name.md": "+++\n+++\n"}, nil, "features/Bad Name.md", "not a valid ID", true},
		{"renamed and broken", edits{"features/packs.md": "", "features/buildpacks.md": "+++\ntitle = \nlabels = [\"pack\"]\n+++\nBuilds images.\n"}, nil, "features/buildpacks.md<features/packs.md", "value is missing", true},
		{"renamed, with links to the new name", edits{
			"features/packs.md": "", "features/buildpacks.md": "+++\nformerly = [\"packs\"]\ntitle = \n+++\n",
			"roadmap/deploy.md": "+++\ntitle = \"Deploy\"\nstatus = \"idea\"\nfeatures = [\"buildpacks\"]\n[rice]\nreach = 10\neffort = 1\n+++\n",
		}, nil, "features/buildpacks.md<features/packs.md", "value is missing", true},
		{"renamed without a trace", edits{"features/packs.md": "", "features/buildpacks.md": bothBase()["features/packs.md"]}, nil, "features/buildpacks.md<features/packs.md", `features/packs.md: does not exist, but features/helm.md:3 needs it|features/packs.md: does not exist, but roadmap/deploy.md:4 needs it`, true},
		{"new and broken", edits{"features/new.md": "+++\nx = 1\n+++\n"}, nil, "features/new.md", `unknown key "x"`, true},
		{"new and broken, with a link to it", edits{
			"features/new.md":   "+++\nx = 1\n+++\n",
			"roadmap/deploy.md": "+++\ntitle = \"Deploy\"\nstatus = \"idea\"\nfeatures = [\"packs\", \"new\"]\n[rice]\nreach = 10\neffort = 1\n+++\n",
		}, nil, "features/new.md", `unknown key "x"`, false},
		{"a link to nothing", edits{"roadmap/deploy.md": "+++\nstatus = \"idea\"\nfeatures = [\"nothing\"]\n+++\n"}, nil, "roadmap/deploy.md", `unknown feature "nothing"`, true},
		{"a removed thing that others need", edits{"features/packs.md": ""}, nil, "", `features/helm.md:3: unknown feature "packs"|roadmap/deploy.md:4: unknown feature "packs"`, false},
		{"a team gone from the list", edits{"teams.toml": "[[group]]\nid = \"shop\"\n[[team]]\nid = \"cart\"\ngroup = \"shop\"\n"}, nil, "teams.toml", "teams.toml: does not fit research/talk.md:3", true},
		{"a broken list with a new ID", edits{
			"teams.toml": bothBase()["teams.toml"] + "[[team]]\nid = \"search\"\n[[", "research/two.md": "+++\nkind = \"interview\"\nteams = [\"search\"]\n+++\n",
		}, nil, "teams.toml", "expected a key", false},
		{"a measure gone", edits{"measures.toml": ""}, nil, "measures.toml", "measures.toml: does not exist, but features/helm.md:5", true},
		{"two broken files", edits{"features/helm.md": "x", "roadmap/deploy.md": "x"}, nil, "features/helm.md roadmap/deploy.md", "features/helm.md:1: front|roadmap/deploy.md:1: front", true},
		{"two teams of one ID", edits{"teams.toml": bothBase()["teams.toml"] + "[[team]]\nid = \"cart\"\n"}, nil, "teams.toml", `team "cart" is written twice`, true},
		{"a new file takes a former ID", edits{"features/old.md": "+++\n+++\n"}, edits{"features/helm.md": "+++\nformerly = [\"old\"]\n+++\n"}, "features/old.md", "features/old.md: does not fit features/helm.md:2: former ID", true},
		{"a circle of successors", edits{"features/packs.md": "+++\nsuccessor = \"helm\"\n+++\n"}, nil, "features/packs.md", "is its own successor", true},
		{"broken at the base", nil, edits{"roadmap/deploy.md": "x"}, "roadmap/deploy.md@base", "", true},
		{"broken at the base and removed", edits{"roadmap/deploy.md": ""}, edits{"roadmap/deploy.md": "x"}, "roadmap/deploy.md@base", "", true},
		{"broken on both sides, the same", edits{"roadmap/deploy.md": "x"}, edits{"roadmap/deploy.md": "x"}, "", "roadmap/deploy.md:1: front", true},
		{"broken on both sides, not the same", edits{"roadmap/deploy.md": "+++\nx = 1\n+++\n"}, edits{"roadmap/deploy.md": "x"}, "roadmap/deploy.md", "front matter is missing|unknown key", true},
		{"the base has no file at all", edits{"roadmap/deploy.md": "x"}, none(), "roadmap/deploy.md", "front matter is missing", false},
		{"a good edit beside a broken one", edits{"features/helm.md": "+++\nsuccessor = \"packs\"\n+++\n", "roadmap/deploy.md": "x"}, nil, "roadmap/deploy.md", "front", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			head, base := edits(bothBase()).with(x.head), edits(bothBase()).with(x.base)
			if x.base != nil && x.head != nil {
				for name, text := range x.base {
					if _, edited := x.head[name]; !edited && len(x.base) == 1 {
						head[name] = text
					}
				}
			}
			got := ReadBoth(Folder{Files: folderOf(head)}, Folder{Files: folderOf(base)}, func(file string) string { return file })
			var unread []string
			for _, u := range got.Unread {
				text := u.File
				if u.Was != "" {
					text += "<" + u.Was
				}
				if u.AtBase {
					text += "@base"
				}
				unread = append(unread, text)
				if u.Errors == 0 {
					t.Errorf("%s has no error", u.File)
				}
			}
			if text := strings.Join(unread, " "); text != x.unread {
				t.Errorf("not read: %q, want %q", text, x.unread)
			}
			var errors []string
			for _, p := range got.HeadProblems {
				errors = append(errors, p.Error())
			}
			all := strings.Join(errors, "\n")
			for part := range strings.SplitSeq(x.errors, "|") {
				if !strings.Contains(all, part) {
					t.Errorf("no error %q in\n%s", part, all)
				}
			}
			if x.errors == "" && all != "" || len(got.Unexplained) > 0 {
				t.Errorf("errors\n%s\nunexplained: %v", all, got.Unexplained)
			}
			if diff := cmp.Diff(contentText(t, got.Base), contentText(t, got.Head)); (diff == "") != x.same {
				t.Errorf("both sides are the same: %v\n%s", !x.same, diff)
			}
		})
	}
}

// edits are texts by file; "" removes a file.
type edits map[string]string

func (e edits) with(more edits) map[string]string {
	out := maps.Clone(map[string]string(e))
	for name, text := range more {
		out[name] = text
		if text == "" {
			delete(out, name)
		}
	}
	return out
}

func none() edits {
	out := edits{}
	for name := range bothBase() {
		out[name] = ""
	}
	return out
}

func contentText(t *testing.T, c fact.Content) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReadBothRenames: a renamed thing has its new ID on both sides, and so have the links to it.
func TestReadBothRenames(t *testing.T) {
	t.Parallel()
	head := edits(bothBase()).with(edits{
		"features/packs.md": "", "features/buildpacks.md": "+++\ntitle = \"Packs\"\nformerly = [\"packs\"]\n+++\nBuilds images.\n",
	})
	got := ReadBoth(Folder{Files: folderOf(head)}, Folder{Files: folderOf(bothBase())}, func(file string) string { return file })
	if len(got.Unread) > 0 || got.Renamed["features/packs.md"] != "features/buildpacks.md" {
		t.Errorf("%+v %v", got.Unread, got.Renamed)
	}
	for _, side := range []fact.Content{got.Head, got.Base} {
		if helm := side.Features[1]; helm.ID != "helm" || helm.Successor != "buildpacks" || side.Initiatives[0].Features[0] != "buildpacks" {
			t.Errorf("%s has the successor %q, and the plan the features %q", helm.ID, helm.Successor, side.Initiatives[0].Features)
		}
	}
}

// TestReadBothKeepsWhatIsReadable: without errors both sides are what Read returns.
func TestReadBothKeepsWhatIsReadable(t *testing.T) {
	t.Parallel()
	files := folderOf(edits(bothBase()).with(edits{"features/new.md": "+++\ntitle = \"New\"\n+++\n"}))
	want, problems := Read(files)
	got := ReadBoth(Folder{Files: files}, Folder{Files: folderOf(bothBase())}, func(file string) string { return file })
	if len(problems) > 0 || len(got.Unread) > 0 || len(got.HeadProblems) > 0 || !slices.Equal(itemIDs(got.Head), itemIDs(want)) {
		t.Errorf("%v %v %v", problems, got.Unread, itemIDs(got.Head))
	}
}

func itemIDs(c fact.Content) []string {
	var out []string
	for _, i := range listItems(&c) {
		out = append(out, i.ID)
	}
	return out
}
