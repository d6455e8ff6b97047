package readback

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
)

const (
	// MaxFile is how large a published file may be: that of 60 teams over two years has 5 MiB.
	MaxFile = 64 << 20
	// MaxAge is the age from which an artifact is reported.
	MaxAge = 30 * 24 * time.Hour
	// retries is how often the store of a bucket is asked.
	retries = 3
)

// published lists the files of a site that are read back.
var published = []string{
	"data/measured.json", "data/decisions.json", "data/waves.json", "data/run.json", "data/report.json",
}

// Kind is a kind of place.
type Kind int

// Kinds of places, in the order in which they are read.
const (
	Branch Kind = iota
	Bucket
	Folder
	Artifact
	Address
)

// String returns the kind with its article, as pages show it.
func (k Kind) String() string {
	return [...]string{"a branch", "a bucket", "a folder", "an artifact", "the published site"}[k]
}

// Files reads the files of one site. The name that it returns is for people. A file that does
// not exist is fs.ErrNotExist.
type Files func(file string) (data []byte, name string, err error)

// Site is an opened place.
type Site struct {
	Files Files
	// Title describes the place for people, with the day of an artifact.
	Title string
	// At is when the artifact was made; zero for other places.
	At time.Time
	// Run is when the run of the artifact was created; zero for other places.
	Run time.Time
	// Stale means that the place may have a later publication, which was not read.
	Stale bool
}

// Place is a place that a site may be read back from.
type Place struct {
	Kind Kind
	Text string // as it was configured
	open func(ctx context.Context, o *Opener) (Site, error)
}

// Open opens the place. A place without a site is fs.ErrNotExist, at the latest when its files
// are read.
func (p Place) Open(ctx context.Context, o *Opener) (Site, error) { return p.open(ctx, o) }

// Opener has the inputs of places.
type Opener struct {
	Env     func(string) string // values of variables
	Environ []string            // all variables, for git
	Release string              // of this program, which requests carry
	Clone   string              // folder of the clone whose branches are read
	// HeaderEnv is the variable with a header, which only Hosts get: those of the addresses in
	// the trusted configuration.
	HeaderEnv string
	Hosts     []string
	Workflow  string // history.workflow
	// Nightly means that the job is the nightly run itself, so that its own workflow file counts.
	Nightly bool
	// Pause waits before another attempt; nil waits some seconds.
	Pause func(ctx context.Context, attempt int) error
	// Timeout is how long a file of an address may take; 0 for FetchTime.
	Timeout time.Duration
}

// NewOpener returns an opener for the places of a trusted configuration.
func NewOpener(env []string, c *config.Config, clone, release string) *Opener {
	o := &Opener{Environ: env, Release: release, Clone: clone, HeaderEnv: c.History.HeaderEnv, Workflow: c.History.Workflow}
	o.Env = func(name string) string {
		for _, kv := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				return value
			}
		}
		return ""
	}
	for _, address := range []string{c.History.From, c.Site.BaseURL} {
		if u, err := url.Parse(address); err == nil && IsAddress(address) {
			o.Hosts = append(o.Hosts, u.Host)
		}
	}
	return o
}

// List returns the places that a configuration and the job name, in the order in which they are
// read: history.from, site.out, the artifact of the job's repository, site.base_url. root is the
// folder that paths are relative to.
func List(o *Opener, c *config.Config, root string) []Place {
	var list []Place
	if from := c.History.From; from != "" {
		list = append(list, Parse(from, root))
	}
	list = append(list, newFolder(config.Resolve(root, c.Site.Out)))
	if o.inJob() && c.History.From != artifactText {
		list = append(list, newArtifact())
	}
	if c.Site.BaseURL != "" && strings.TrimSuffix(c.History.From, "/") != strings.TrimSuffix(c.Site.BaseURL, "/") {
		list = append(list, newAddress(c.Site.BaseURL))
	}
	slices.SortStableFunc(list, func(a, b Place) int { return int(a.Kind) - int(b.Kind) })
	return list
}

// artifactText names the artifact of the job's repository.
const artifactText = "artifact"

// IsRemote reports whether a text names a branch, a bucket or the artifact: a place that is
// neither an address nor a path.
func IsRemote(text string) bool {
	_, _, isBranch := publish.ParseBranch(text)
	return isBranch || strings.HasPrefix(text, "s3:") || text == artifactText
}

// Parse returns the place that a text names: branch:NAME, git+URL#NAME, s3://BUCKET/FOLDER,
// artifact, an address, or a folder or file relative to root.
func Parse(text, root string) Place {
	remote, branch, isBranch := publish.ParseBranch(text)
	switch {
	case isBranch:
		return Place{Kind: Branch, Text: text, open: func(ctx context.Context, o *Opener) (Site, error) {
			return o.openBranch(ctx, remote, branch)
		}}
	case strings.HasPrefix(text, "s3:"):
		return Place{Kind: Bucket, Text: text, open: func(ctx context.Context, o *Opener) (Site, error) {
			return o.openBucket(ctx, text)
		}}
	case text == artifactText:
		return newArtifact()
	case IsAddress(text):
		return newAddress(text)
	}
	return newFolder(config.Resolve(root, text))
}

func newArtifact() Place { return newArtifactBefore(time.Time{}) }

// newArtifactBefore returns the artifact of the newest run that was created before a time; of
// all runs for the zero time.
func newArtifactBefore(t time.Time) Place {
	return Place{Kind: Artifact, Text: artifactText, open: func(ctx context.Context, o *Opener) (Site, error) {
		return o.openArtifact(ctx, t)
	}}
}

// Before returns the place as it was before a time. Only artifacts are kept for so long; ok is
// false for other places.
func (p Place) Before(t time.Time) (before Place, ok bool) {
	return newArtifactBefore(t), p.Kind == Artifact
}

func newAddress(text string) Place {
	return Place{Kind: Address, Text: text, open: func(ctx context.Context, o *Opener) (Site, error) {
		return Site{Files: o.addressFiles(ctx, text), Title: hideQuery(text)}, nil
	}}
}

func newFolder(name string) Place {
	return Place{Kind: Folder, Text: name, open: func(context.Context, *Opener) (Site, error) {
		return Site{Files: FolderFiles(name), Title: name}, nil
	}}
}

// IsAddress reports whether a name is one of the web and not of a file.
func IsAddress(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

// openBranch reads the files of a branch.
func (o *Opener) openBranch(ctx context.Context, remote, branch string) (Site, error) {
	b, err := publish.NewBranch(ctx, publish.GitOptions{
		Remote: remote, Clone: o.Clone, Local: true, Branch: branch, Env: o.Environ,
		TokenFor: func(remote string) string { return publish.JobToken(remote, o.Env) },
	})
	if err != nil {
		return Site{}, err
	}
	files, stale, err := b.ReadFiles(ctx, published, MaxFile)
	if err != nil {
		return Site{}, err
	}
	title := "the branch " + branch
	return Site{Files: listedFiles(files, title), Title: title, Stale: stale}, nil
}

// openBucket opens the objects of a bucket.
func (o *Opener) openBucket(ctx context.Context, text string) (Site, error) {
	options, err := publish.ParseBucket(text, o.Env)
	if err != nil {
		return Site{}, err
	}
	options.Retries = retries
	b, err := publish.NewBucket(options)
	if err != nil {
		return Site{}, err
	}
	return Site{Title: b.String(), Files: func(file string) ([]byte, string, error) {
		data, err := b.ReadFile(ctx, file, MaxFile)
		return data, b.String() + "/" + file, err
	}}, nil
}

// listedFiles returns files that were read already.
func listedFiles(files map[string][]byte, title string) Files {
	return func(file string) ([]byte, string, error) {
		name := file + " of " + title
		data, ok := files[file]
		if !ok {
			return nil, name, missingError{name}
		}
		return data, name, nil
	}
}

// FolderFiles returns the files of a site in a folder, or one file and those beside it.
func FolderFiles(site string) Files {
	return func(file string) ([]byte, string, error) {
		name := Locate(site, file)
		data, err := readFile(name)
		return data, name, err
	}
}

// missingError reports a missing file.
type missingError struct{ name string }

func (e missingError) Error() string { return "there is no " + e.name }

// Is reports whether an error is fs.ErrNotExist.
func (missingError) Is(target error) bool { return target == fs.ErrNotExist }

// Locate returns where a file of a site lies that was named by its folder, its address, or
// another file of its folder data. A file with another name is the measured.json itself.
func Locate(site, file string) string {
	switch {
	case strings.HasSuffix(site, path.Base(file)):
		return site
	case IsAddress(site) && strings.HasSuffix(site, ".json"):
		return site[:strings.LastIndexByte(site, '/')+1] + path.Base(file)
	case IsAddress(site):
		return strings.TrimSuffix(site, "/") + "/" + file
	}
	if info, err := os.Stat(site); err == nil && info.IsDir() || errors.Is(err, fs.ErrNotExist) && path.Ext(site) != ".json" {
		return filepath.Join(site, filepath.FromSlash(file))
	}
	if path.Base(file) == "measured.json" && !slices.Contains(published, "data/"+filepath.Base(site)) {
		return site // a measured.json may lie alone, under another name
	}
	return filepath.Join(filepath.Dir(site), path.Base(file))
}
