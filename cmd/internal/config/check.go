package config

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/notify"
)

// textCheck is a check of a text. VALUE in its text is the value, and EXAMPLE in its advice
// the example of the key.
type textCheck struct {
	isValid    func(string) bool
	text, next string
}

// checks lists the checks of texts by their name. An empty text passes all but required
// and filled. Texts that may be secrets are not repeated.
var checks = map[string]textCheck{
	"required": {isFilled, "is missing", `write it like "EXAMPLE"`},
	// An empty text in a list would match everything, or nothing.
	"filled":  {isFilled, "is an empty text", "remove it"},
	"pattern": {isPattern, "VALUE is not a regular expression", "see https://golang.org/s/re2syntax"},
	"glob":    {isGlob, "VALUE is not a pattern", `write it like "EXAMPLE"`},
	"variable": {
		IsVariable, "is not the name of an environment variable",
		"write the variable's name, such as EXAMPLE, never the secret itself",
	},
	"place": {
		isPlace, "is not a place to read back from",
		"write branch:NAME, s3://BUCKET/FOLDER, artifact, an address without user and password, or a folder",
	},
	"workflow": {isWorkflow, "VALUE is not the name of a workflow's file", `write it like "EXAMPLE"`},
	"web":      {IsBaseURL, "VALUE is not a web address", "write it like https://platform.example.com/path/"},
	"ask": {
		isAsk, "VALUE is not an address to ask at",
		"write it like https://tracker.example.com/new or mailto:platform@example.com",
	},
	"forge": {
		isForge, "is not an address of a forge",
		"write it like https://git.example.com/, without user or password; http is for this machine only, because the " +
			"token could be read on its way",
	},
	// What is published must be in the repository that is reviewed.
	"inside":     {isInside, "VALUE is outside the folder of the configuration", "name a folder below it"},
	"repository": {isRepository, "VALUE is not one owner and one name", `write it like "EXAMPLE"`},
	"project":    {isProject, "VALUE is not one owner and one name", `write it like "EXAMPLE"`},
	"format":     newWords(notify.Formats),
	"kind":       newWords(metric.BreakKinds),
	"lead":       newWords(compute.LeadWords),
}

// newWords returns a check for one of some words.
func newWords(words []string) textCheck {
	isWord := func(text string) bool { return slices.Contains(words, text) }
	return textCheck{isWord, "VALUE is unknown", "use " + strings.Join(words, ", ")}
}

// check reports what is wrong with the value of a key.
func (k *checker) check(at key) {
	for name := range strings.FieldsSeq(at.field.Tag.Get("check")) {
		if name == "known" {
			k.checkKnown(at)
			continue
		}
		low, high, isRange := strings.Cut(name, "..")
		switch v := at.value.Interface().(type) {
		case string:
			k.checkText(at, at.path, name, v)
		case []string:
			for i, text := range v {
				k.checkText(at, fmt.Sprintf("%s.%d", at.path, i), name, text)
			}
		case map[string]float64:
			for _, word := range slices.Sorted(maps.Keys(v)) {
				k.checkRange(at.path+"."+word, v[word], low, high)
			}
		case time.Time:
			if name == "day" {
				k.checkDay(at, v)
			} else if !v.IsZero() && !IsPlausible(v) {
				k.problem(at.path, at.path+" is "+v.Format(time.DateOnly)+", which is not a time of a platform", PlausibleNext)
			}
		default:
			if !isRange {
				panic(fmt.Sprintf("config: %s: check %q", at.path, name)) // a tag is wrong
			}
			k.checkRange(at.path, at.value.Convert(reflect.TypeFor[float64]()).Float(), low, high)
		}
	}
}

// checkDay reports a date with a time: a date is a day everywhere, and no instant.
func (k *checker) checkDay(at key, v time.Time) {
	if v.Hour() != 0 || v.Minute() != 0 || v.Second() != 0 || v.Nanosecond() != 0 {
		k.problem(at.path, at.path+" has a time", "write the date alone, such as "+v.Format(time.DateOnly))
	}
}

// checkText applies a check to a text of a key.
func (k *checker) checkText(at key, path, name, text string) {
	c := checks[name]
	if words := strings.Split(name, "|"); len(words) > 1 {
		c = newWords(words)
	} else if text == "" && name != "required" && name != "filled" {
		return
	}
	if c.isValid(text) {
		return
	}
	next := strings.ReplaceAll(c.next, "EXAMPLE", at.field.Tag.Get("example"))
	k.problem(path, path+" "+strings.ReplaceAll(c.text, "VALUE", strconv.Quote(text)), next)
}

// checkRange reports a number outside a range.
func (k *checker) checkRange(path string, v float64, low, high string) {
	from, err := strconv.ParseFloat(low, 64)
	to, err2 := strconv.ParseFloat(high, 64)
	if err := cmp.Or(err, err2); err != nil {
		panic(fmt.Sprintf("config: %s: %v", path, err)) // a tag is wrong
	}
	if v < from || v > to {
		k.problem(path, fmt.Sprintf("%s is %s, outside %s to %s", path, strconv.FormatFloat(v, 'f', -1, 64), low, high), "")
	}
}

// checkKnown asks the delivery metrics about one of their options, because they have
// the list of its words.
func (k *checker) checkKnown(at key) {
	o := compute.DefaultOptions()
	optionField(&o, at.field.Tag.Get("option")).Set(at.value)
	if _, err := dora.Measure(o.DORA, &org.Organisation{}); err != nil {
		k.problem(at.path, err.Error(), "")
	}
}

// isPlace reports whether a text may name a place of a published site. A password in it would be
// committed.
func isPlace(text string) bool {
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(text, "git+"), "://")
	if !ok {
		return text != "branch:" && !strings.HasPrefix(text, "git+") && !strings.HasPrefix(text, "s3:")
	}
	if u, err := url.Parse(scheme + "://" + rest); err != nil || u.User != nil && scheme != "ssh" {
		return false
	}
	switch scheme {
	case "s3", "https", "http":
		return rest != ""
	case "ssh", "file":
		return strings.HasPrefix(text, "git+")
	}
	return false
}

func isWorkflow(text string) bool { return workflowName.MatchString(text) }

var workflowName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.ya?ml$`)

func isFilled(text string) bool { return strings.TrimSpace(text) != "" }

func isPattern(text string) bool {
	_, err := regexp.Compile(text)
	return err == nil
}

// isGlob reports whether a text is a pattern of names with * and ?.
func isGlob(text string) bool {
	_, err := path.Match(text, "")
	return err == nil
}

// isForge reports whether a token may be sent to an address: encrypted, or to this machine.
func isForge(text string) bool {
	u := parseBaseURL(text)
	return u != nil && (u.Scheme == "https" || isLocal(u.Hostname()))
}

func isInside(dir string) bool { return !LeadsOut(dir) }

func isRepository(text string) bool { return isProject(text) && strings.Count(text, "/") == 1 }

func isProject(text string) bool {
	owner, name, _ := strings.Cut(text, "/")
	return owner != "" && name != ""
}

// parseBaseURL returns an http address that can precede every path of a site or a forge, or
// nil.
func parseBaseURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" ||
		u.Fragment != "" {
		return nil
	}
	return u
}

// IsBaseURL reports whether a text is an address that can precede every path of the site.
func IsBaseURL(text string) bool { return parseBaseURL(text) != nil }

// isAsk reports whether a text is a web page without a password, or an e-mail address.
func isAsk(text string) bool {
	if address, ok := strings.CutPrefix(text, "mailto:"); ok {
		at, err := mail.ParseAddress(address)
		return err == nil && at.Address == address
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,63}$`)

// tokenPrefixes lists the prefixes of tokens. Some tokens look like names.
var tokenPrefixes = []string{"GHP_", "GHO_", "GHS_", "GITHUB_PAT_", "GLPAT-"}

// IsVariable reports whether s is the name of a variable rather than a token.
func IsVariable(s string) bool {
	for _, prefix := range tokenPrefixes {
		if strings.HasPrefix(strings.ToUpper(s), prefix) {
			return false
		}
	}
	return variableName.MatchString(s)
}

// LeadsOut reports whether a path leads out of the folder that it is relative to.
func LeadsOut(dir string) bool {
	clean := path.Clean(filepath.ToSlash(dir))
	return filepath.IsAbs(dir) || path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../")
}

// PlausibleNext is the advice about a time that is not plausible.
const PlausibleNext = "write a year from 2000 to 2200"

// IsPlausible reports whether a platform can have been measured at that time.
func IsPlausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() <= 2200 }
