package workflowtest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

// workflowFile is a workflow of GitHub Actions, as far as ours go: a key that is
// not here is an error, so that no test passes over something it does not run.
type workflowFile struct {
	Name        string            `yaml:"name"`
	On          yaml.Node         `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Group  string `yaml:"group"`
		Cancel string `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs map[string]workflowJob `yaml:"jobs"`
}

type workflowJob struct {
	Strategy    any               `yaml:"strategy"`
	Needs       oneOrMore         `yaml:"needs"`
	If          string            `yaml:"if"`
	RunsOn      string            `yaml:"runs-on"`
	Timeout     int               `yaml:"timeout-minutes"`
	Permissions map[string]string `yaml:"permissions"`
	Outputs     map[string]string `yaml:"outputs"`
	Environment struct {
		Name string `yaml:"name"`
		URL  string `yaml:"url"`
	} `yaml:"environment"`
	Steps []workflowStep `yaml:"steps"`
}

type workflowStep struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	If       string            `yaml:"if"`
	Uses     string            `yaml:"uses"`
	With     map[string]string `yaml:"with"`
	Env      map[string]string `yaml:"env"`
	Run      string            `yaml:"run"`
	Shell    string            `yaml:"shell"`
	Continue bool              `yaml:"continue-on-error"`
}

// actionFile is a composite action.
type actionFile struct {
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Branding    yaml.Node `yaml:"branding"`
	Inputs      map[string]struct {
		Description string `yaml:"description"`
		Default     string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Description string `yaml:"description"`
		Value       string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string         `yaml:"using"`
		Steps []workflowStep `yaml:"steps"`
	} `yaml:"runs"`
}

// oneOrMore is a list that may be written as its only element.
type oneOrMore []string

// UnmarshalYAML reads either form.
func (l *oneOrMore) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = oneOrMore{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// readYAML decodes a file and refuses keys that the type does not have.
func readYAML[T any](t *testing.T, name string, data []byte) T {
	t.Helper()
	var v T
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// top is the top of the repository, seen from this package.
const top = "../../.."

// fileOfRepository reads a file by its slash-separated name.
func fileOfRepository(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// scaffolded fills a template of CI files.
func scaffolded(t *testing.T, name string, p scaffold.Pipeline) []byte {
	t.Helper()
	text, err := scaffold.FillJob(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
