package publish

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// program runs git in a separate repository with a restricted environment. It keeps the token
// out of arguments and messages.
type program struct {
	gitDir string   // "": found from dir
	dir    string   // working directory
	env    []string // of every call, after the caller's own
	secret []string // never shown
}

// run runs git on stdin and returns its output.
func (p *program) run(ctx context.Context, stdin []byte, args ...string) (string, error) {
	hardened := []string{
		"-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "core.autocrlf=false", "-c",
		"commit.gpgSign=false", "-c", "push.gpgSign=false",
	}
	cmd := exec.CommandContext(ctx, "git", append(hardened, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = p.dir, p.env, bytes.NewReader(stdin)
	if p.gitDir != "" {
		cmd.Env = append(slices.Clone(p.env), "GIT_DIR="+p.gitDir, "GIT_INDEX_FILE="+filepath.Join(p.gitDir, "publish-index"))
	}
	cmd.WaitDelay = 5 * time.Second
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		said := strings.TrimSpace(p.redact(lastLines(complaint.String())))
		return out.String(), fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return out.String(), nil
}

// lastLines shortens an error message: git prints the reason at the end.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], "; ")
}

func (p *program) redact(text string) string {
	for _, s := range p.secret {
		text = strings.ReplaceAll(text, s, "***")
	}
	return text
}

// gitEnv returns the caller's environment without variables that select another repository, and
// with the protocols that a push may use.
func gitEnv(env []string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return strings.HasPrefix(name, "GIT_") && name != "GIT_SSH" && name != "GIT_SSH_COMMAND" && name != "GIT_SSL_CAINFO"
	})
	return append(out, "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:ssh:file", "LC_ALL=C")
}

// setting is a setting of git's configuration.
type setting struct{ key, value string }

// withSettings passes settings to git through its environment, which lists of processes do not
// show.
func withSettings(env []string, settings []setting) []string {
	out := append(slices.Clone(env), "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, s := range settings {
		n := strconv.Itoa(i)
		out = append(out, "GIT_CONFIG_KEY_"+n+"="+s.key, "GIT_CONFIG_VALUE_"+n+"="+s.value)
	}
	return out
}

// tokenSettings returns the settings that send a token to one host only, in place of earlier
// settings of a job. secret are the texts to hide.
func tokenSettings(remote, token string) (settings []setting, secret []string, err error) {
	u, err := url.Parse(remote)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, nil, nil // ssh and files use no token
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, nil, fmt.Errorf("%s is not encrypted: a token is sent over https only", remote)
	}
	if strings.ContainsAny(token, "\r\n\x00") {
		return nil, nil, fmt.Errorf("the token holds a line break")
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	key := "http." + u.Scheme + "://" + u.Host + "/.extraheader"
	return []setting{
		{key, ""}, // drops earlier values
		{key, "Authorization: Basic " + basic},
		{"http.followRedirects", "false"},
	}, []string{token, basic}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
