package workflowtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hosted is a GitHub of its own: an API, runners that execute workflows step by
// step as they are written, caches, artifacts, Pages. Actions of others are
// replaced by fakes that keep what ours rely on; see workflow_uses_test.go.
type hosted struct {
	t     *testing.T
	forge *fakeGitHub
	repo  string // the clone that checkout copies
	base  string // folder for everything that jobs write
	// runner is what the machines have in their environment besides.
	runner map[string]string
	// vars and secrets are those of the repository's settings.
	vars, secrets map[string]string
	// bin comes first in every job's PATH; programs that are hidden are not there.
	bin    string
	hidden []string

	caches map[string]string            // key → folder
	runs   map[string]map[string]string // run → artifact → folder
	pages  string                       // what is published; "" for nothing
	left   func(dir string)             // what a hostile artifact leaves in place of its content
	count  int
}

// workflowRun is one run of a workflow.
type workflowRun struct {
	id     string
	event  map[string]any
	name   string // of the event
	commit string // that checkout gets
	jobs   map[string]*jobRun
}

// jobRun is one job of a run: its machine and what became of it.
type jobRun struct {
	host        *hosted
	run         *workflowRun
	name        string
	permissions map[string]string
	workspace   string
	temp        string
	path        []string // folders that steps have added

	result  string // success, failure, skipped
	outputs map[string]string
	log     string
	summary string
}

// artifact is the folder of an artifact of this run.
func (r *workflowRun) artifact(h *hosted, name string) string {
	h.t.Helper()
	folder, ok := h.runs[r.id][name]
	if !ok {
		h.t.Fatalf("the run left no artifact %s, but %v", name, slices.Sorted(maps.Keys(h.runs[r.id])))
	}
	return folder
}

// start runs a workflow for an event. Jobs run one after the other, each after
// those it needs.
func (h *hosted) start(text []byte, event string, payload map[string]any, commit string) *workflowRun {
	h.t.Helper()
	w := readYAML[workflowFile](h.t, "workflow", text)
	h.count++
	var sent map[string]any // numbers as JSON has them
	data, err := json.Marshal(payload)
	h.check(errors.Join(err, json.Unmarshal(data, &sent)))
	r := &workflowRun{id: fmt.Sprint(1000 + h.count), event: sent, name: event, commit: commit, jobs: map[string]*jobRun{}}
	h.runs[r.id] = map[string]string{}
	for len(r.jobs) < len(w.Jobs) {
		before := len(r.jobs)
		for _, name := range slices.Sorted(maps.Keys(w.Jobs)) {
			ready := !slices.ContainsFunc(w.Jobs[name].Needs, func(need string) bool { return r.jobs[need] == nil })
			if r.jobs[name] == nil && ready {
				r.jobs[name] = h.job(r, name, w.Jobs[name])
			}
		}
		if len(r.jobs) == before {
			h.t.Fatal("jobs need each other, or one that does not exist")
		}
	}
	return r
}

func (h *hosted) job(r *workflowRun, name string, w workflowJob) *jobRun {
	h.t.Helper()
	root := filepath.Join(h.base, r.id+"-"+name)
	j := &jobRun{
		host: h, run: r, name: name, permissions: w.Permissions, outputs: map[string]string{},
		workspace: filepath.Join(root, "workspace"), temp: filepath.Join(root, "temp"),
	}
	for _, folder := range []string{j.workspace, j.temp} {
		h.check(os.MkdirAll(folder, 0o755))
	}
	needs := map[string]any{}
	s := &scope{contexts: map[string]any{
		"needs": needs, "github": j.github(""), "runner": map[string]string{"temp": j.temp}, "vars": h.vars, "secrets": h.secrets,
	}}
	for _, need := range w.Needs {
		needs[need] = map[string]any{"result": r.jobs[need].result, "outputs": r.jobs[need].outputs}
		s.failed = s.failed || r.jobs[need].result != "success"
	}
	wanted, err := s.runs(w.If)
	h.check(err)
	if !wanted {
		j.result = "skipped"
		return j
	}
	s.failed = false
	steps := map[string]any{}
	s.contexts["steps"] = steps
	j.steps(s, steps, w.Steps)
	for key, text := range w.Outputs {
		j.outputs[key] = j.expand(s, text)
	}
	j.expand(s, w.Environment.URL)
	if j.result = "success"; s.failed {
		j.result = "failure"
	}
	return j
}

// steps runs steps in order and keeps their outputs.
func (j *jobRun) steps(s *scope, ended map[string]any, list []workflowStep) {
	j.host.t.Helper()
	for _, step := range list {
		wanted, err := s.runs(step.If)
		j.host.check(err)
		if !wanted {
			continue
		}
		var ok bool
		outputs := map[string]string{}
		if step.Run != "" {
			ok = j.command(s, step, outputs)
		} else {
			with := map[string]string{}
			for key, text := range step.With {
				with[key] = j.expand(s, text)
			}
			ok = j.uses(step.Uses, with, outputs)
		}
		if step.ID != "" {
			outcome := map[bool]string{true: "success", false: "failure"}[ok]
			ended[step.ID] = map[string]any{"outputs": outputs, "outcome": outcome}
		}
		if !ok && !step.Continue {
			s.failed = true
		}
	}
}

// composite runs an action whose source lies in folder.
func (j *jobRun) composite(folder string, with, outputs map[string]string) bool {
	t := j.host.t
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "action.yml"))
	j.host.check(err)
	action := readYAML[actionFile](t, "action.yml", text)
	inputs, ended := map[string]string{}, map[string]any{}
	s := &scope{contexts: map[string]any{
		"github": j.github(folder), "runner": map[string]string{"temp": j.temp}, "inputs": inputs, "steps": ended,
	}}
	for name := range with {
		if _, ok := action.Inputs[name]; !ok {
			t.Errorf("job %s gives the action an input %s that it does not have", j.name, name)
		}
	}
	for name, in := range action.Inputs {
		value, given := with[name]
		if !given {
			value = j.expand(s, in.Default)
		}
		inputs[name] = value
	}
	j.steps(s, ended, action.Runs.Steps)
	for name, out := range action.Outputs {
		outputs[name] = j.expand(s, out.Value)
	}
	return !s.failed
}

// command runs the script of a step with bash, as a runner does.
func (j *jobRun) command(s *scope, step workflowStep, outputs map[string]string) bool {
	h := j.host
	h.t.Helper()
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_ENV"} {
		f, err := os.CreateTemp(j.temp, strings.ToLower(name))
		h.check(err)
		h.check(f.Close())
		files[name] = f.Name()
	}
	script := filepath.Join(j.temp, "step.sh")
	h.check(os.WriteFile(script, []byte(j.expand(s, step.Run)), 0o600))
	flags := []string{"-e", script} // what a runner does where no shell is named
	if step.Shell == "bash" {
		flags = []string{"--noprofile", "--norc", "-eo", "pipefail", script}
	}
	c := exec.CommandContext(h.t.Context(), "bash", flags...)
	c.Dir = j.workspace
	c.Env = j.environment(files)
	for name, text := range step.Env {
		c.Env = append(c.Env, name+"="+j.expand(s, text))
	}
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	before := h.branches()
	err := c.Run()
	if j.permissions["contents"] != "write" && h.branches() != before {
		h.t.Errorf("job %s, which may not write, has changed a branch", j.name)
	}
	j.log += log.String()
	for line := range strings.Lines(j.written(files["GITHUB_OUTPUT"])) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok {
			h.t.Errorf("job %s: output line %q", j.name, line)
		}
		outputs[name] = value
	}
	for line := range strings.Lines(j.written(files["GITHUB_PATH"])) {
		j.path = append([]string{strings.TrimSpace(line)}, j.path...)
	}
	if text := j.written(files["GITHUB_ENV"]); text != "" {
		h.t.Errorf("job %s sets variables for later steps, which strangers could use: %q", j.name, text)
	}
	summary := j.written(files["GITHUB_STEP_SUMMARY"])
	if len(summary) > 1024<<10 {
		h.t.Errorf("job %s: a summary of %d bytes, which GitHub drops", j.name, len(summary))
	}
	j.summary += summary
	return err == nil
}

func (j *jobRun) written(name string) string {
	data, err := os.ReadFile(name)
	j.host.check(err)
	return string(data)
}

func (j *jobRun) expand(s *scope, text string) string {
	j.host.t.Helper()
	out, err := s.expand(text)
	j.host.check(err)
	return out
}

// token is what the job's own token is: the API knows by it what the job may do.
func (j *jobRun) token() string { return j.host.forge.token(j.permissions) }

// github is the context of that name.
func (j *jobRun) github(action string) map[string]any {
	return map[string]any{
		"token": j.token(), "run_id": j.run.id, "run_attempt": "1", "event": j.run.event,
		"event_name": j.run.name, "ref": "refs/heads/main", "action_path": action, "repository": repositoryOfTests,
	}
}

// environment is that of a step. Nothing comes from the machine of the test but
// its programs.
func (j *jobRun) environment(files map[string]string) []string {
	h := j.host
	event := filepath.Join(j.temp, "event.json")
	text, err := json.Marshal(j.run.event)
	h.check(errors.Join(err, os.WriteFile(event, text, 0o600)))
	env := []string{
		"PATH=" + strings.Join(append(slices.Clone(j.path), h.path()...), string(os.PathListSeparator)),
		"HOME=" + h.home(), "LC_ALL=C", "RUNNER_TEMP=" + j.temp, "CI=true", "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + j.workspace,
		"GITHUB_REPOSITORY=" + repositoryOfTests, "GITHUB_SERVER_URL=https://github.com", "GITHUB_API_URL=" + h.forge.URL,
		"GITHUB_RUN_ID=" + j.run.id, "GITHUB_EVENT_NAME=" + j.run.name, "GITHUB_EVENT_PATH=" + event,
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	}
	for name, value := range files {
		env = append(env, name+"="+value)
	}
	for name, value := range h.runner {
		env = append(env, name+"="+value)
	}
	return env
}

func (h *hosted) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}
