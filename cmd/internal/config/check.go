package config

import (
	"cmp"
	"fmt"
	"maps"
	"net"
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
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/notify"
)

// fault describes what is wrong with a value. Its text follows the key.
type fault struct{ text, next string }

// checks lists the checks of texts by their name. An empty text passes all but required
// and filled.
var checks = map[string]func(text, example string) *fault{
	"required":   checkRequired,
	"filled":     checkFilled,
	"pattern":    checkPattern,
	"glob":       checkGlob,
	"variable":   checkVariable,
	"web":        checkWeb,
	"forge":      checkForge,
	"inside":     checkInside,
	"repository": checkRepository,
	"project":    checkProject,
	"format":     func(text, _ string) *fault { return checkWord(text, notify.Formats) },
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
			if !v.IsZero() && !IsPlausible(v) {
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

// checkText applies a check to a text of a key.
func (k *checker) checkText(at key, path, name, text string) {
	var f *fault
	if words := strings.Split(name, "|"); len(words) > 1 {
		f = checkWord(text, words)
	} else if text != "" || name == "required" || name == "filled" {
		f = checks[name](text, at.field.Tag.Get("example"))
	}
	if f != nil {
		k.problem(path, path+" "+f.text, f.next)
	}
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

func checkWord(text string, words []string) *fault {
	if slices.Contains(words, text) {
		return nil
	}
	return &fault{fmt.Sprintf("%q is not known", text), "use " + strings.Join(words, ", ")}
}

func checkRequired(text, example string) *fault {
	if strings.TrimSpace(text) != "" {
		return nil
	}
	f := &fault{text: "is missing"}
	if example != "" {
		f.next = fmt.Sprintf("write it like %q", example)
	}
	return f
}

// checkFilled refuses an empty text in a list: it would match everything, or nothing.
func checkFilled(text, _ string) *fault {
	if strings.TrimSpace(text) != "" {
		return nil
	}
	return &fault{"is an empty text", "remove it"}
}

func checkPattern(text, _ string) *fault {
	if _, err := regexp.Compile(text); err == nil {
		return nil
	}
	return &fault{fmt.Sprintf("%q is not a regular expression", text), "see https://golang.org/s/re2syntax"}
}

// checkGlob checks a pattern of names with * and ?.
func checkGlob(text, example string) *fault {
	if _, err := path.Match(text, ""); err == nil {
		return nil
	}
	return &fault{fmt.Sprintf("%q is not a pattern", text), fmt.Sprintf("write it like %q", example)}
}

// checkVariable refuses a text that is not the name of a variable. The text is not
// repeated: it may be the secret itself.
func checkVariable(text, example string) *fault {
	if IsVariable(text) {
		return nil
	}
	return &fault{
		"is not the name of an environment variable",
		"write the variable's name, such as " + example + ", never the secret itself",
	}
}

func checkWeb(text, _ string) *fault {
	if IsBaseURL(text) {
		return nil
	}
	return &fault{fmt.Sprintf("%q is not a web address", text), "write it like https://platform.example.com/path/"}
}

// checkForge refuses an address that a token may not be sent to. The address is not
// repeated: it may hold a password.
func checkForge(text, _ string) *fault {
	u := parseBaseURL(text)
	if u != nil && (u.Scheme == "https" || isLocal(u.Hostname())) {
		return nil
	}
	return &fault{
		"is not an address of a forge",
		"write it like https://git.example.com/, without user or password; http is for this machine only, because the " +
			"token could be read on its way",
	}
}

// checkInside refuses a folder outside the configuration's: what is published must be in
// the repository that is reviewed.
func checkInside(text, _ string) *fault {
	if !LeadsOut(text) {
		return nil
	}
	return &fault{fmt.Sprintf("%q is outside the folder of the configuration", text), "name a folder below it"}
}

func checkRepository(text, example string) *fault {
	if _, rest, _ := strings.Cut(text, "/"); !strings.Contains(rest, "/") {
		return checkProject(text, example)
	}
	return &fault{fmt.Sprintf("%q is not one owner and one name", text), fmt.Sprintf("write it like %q", example)}
}

func checkProject(text, example string) *fault {
	if owner, rest, _ := strings.Cut(text, "/"); owner != "" && rest != "" {
		return nil
	}
	return &fault{fmt.Sprintf("%q is not one owner and one name", text), fmt.Sprintf("write it like %q", example)}
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
