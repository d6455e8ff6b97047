package readers

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/post"
	"github.com/ip3dp/ip3dp/collect/git"
)

// Place is a repository on a forge.
type Place struct {
	Kind       *config.Kind
	Host       string // "github.com"
	Repository string // "owner/name", or the number of a project
	API        string // address
	Token      string // "" if there is none
}

// Answer is who can read the site of a repository.
type Answer struct {
	Place Place
	// Public is true if everybody can read the site, and Known reports whether that is known.
	Public, Known bool
	Who           string // in words: "everybody on the internet"
	Why           string // the fact behind it, or the reason why it is unknown
	Address       string // of the site; "" if unknown
}

// patience is the longest time that the forge is asked.
const patience = 15 * time.Second

// worst is the answer when nothing is known.
const worst = "not known: everybody on the internet may be able to"

// FindInJob returns the place of a job of GitHub Actions or GitLab CI; nil elsewhere.
func FindInJob(env console.Environment) *Place {
	switch {
	case env.Get("GITHUB_ACTIONS") == "true" && env.Get("GITHUB_REPOSITORY") != "":
		p := &Place{Kind: config.KindGitHub, Repository: env.Get("GITHUB_REPOSITORY"), Token: env.Get("GITHUB_TOKEN")}
		p.Host, p.API = hostOf(env.Get("GITHUB_SERVER_URL"), "github.com"), env.Get("GITHUB_API_URL")
		p.addAPI()
		return p
	case env.Get("GITLAB_CI") == "true" && env.Get("CI_PROJECT_ID") != "":
		p := &Place{Kind: config.KindGitLab, Repository: env.Get("CI_PROJECT_ID"), Token: env.Get("IP3DP_COMMENT_TOKEN")}
		p.Host, p.API = hostOf(env.Get("CI_SERVER_URL"), "gitlab.com"), env.Get("CI_API_V4_URL")
		if p.Token == "" {
			p.Token = env.Get("GITLAB_TOKEN")
		}
		p.addAPI()
		return p
	}
	return nil
}

func hostOf(address, otherwise string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return otherwise
}

// FindByRemote returns the place of the remote of a clone; nil if it is on no forge with Pages.
// tokenEnv is the variable with a token; "" is that of the kind of forge.
func FindByRemote(ctx context.Context, clone, tokenEnv string, env console.Environment) *Place {
	remote, err := git.FindRemote(ctx, clone)
	kind := config.FindKind(remote.Kind)
	if err != nil || kind == nil || remote.Repository == "" {
		return nil
	}
	if tokenEnv == "" {
		tokenEnv = kind.TokenEnv
	}
	p := &Place{Kind: kind, Host: remote.Host, Repository: remote.Repository, Token: env.Get(tokenEnv)}
	if kind == config.KindGitHub {
		p.API = env.Get("GITHUB_API_URL")
	} else {
		p.API = env.Get("CI_API_V4_URL")
	}
	p.addAPI()
	return p
}

// addAPI sets the address of the API of a host.
func (p *Place) addAPI() {
	switch {
	case p.API != "":
	case p.Kind == config.KindGitLab:
		p.API = "https://" + p.Host + "/api/v4"
	case p.Host == config.KindGitHub.Host:
		p.API = "https://api.github.com"
	default:
		p.API = "https://" + p.Host + "/api/v3"
	}
}

// IsSelfManaged reports whether an organisation runs the forge itself.
func (p *Place) IsSelfManaged() bool { return p.Host != p.Kind.Host }

// everybody returns the words for the readers of a public site of the forge.
func (p *Place) everybody() string {
	if p.IsSelfManaged() {
		return "everybody who reaches " + p.Host
	}
	return "everybody on the internet"
}

// Ask returns who can read the site of a place. It asks the forge if there is a token. It never
// fails: what cannot be found out is in the answer.
func Ask(ctx context.Context, p *Place) Answer {
	if p == nil {
		return Answer{Who: worst, Why: "no remote on GitHub or GitLab was found"}
	}
	a := Answer{Place: *p, Who: worst}
	if p.Token == "" {
		a.Why = "no token is at hand to ask " + p.Host + " with"
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	facts, err := p.ask(ctx)
	if err != nil {
		a.Why = p.Host + " did not tell: " + err.Error()
		return a
	}
	a.Address = facts.Address
	return a.judge(&facts)
}

func (p *Place) ask(ctx context.Context) (post.Access, error) {
	if p.Kind == config.KindGitLab {
		g, err := post.NewGitLab(p.API, p.Repository, p.Token)
		if err != nil {
			return post.Access{}, err
		}
		return g.Access(ctx)
	}
	g, err := post.NewGitHub(p.API, p.Repository, p.Token)
	if err != nil {
		return post.Access{}, err
	}
	return g.Access(ctx)
}

// judge returns the answer that follows from the facts of a forge.
func (a Answer) judge(f *post.Access) Answer {
	p := &a.Place
	private := f.Private != nil && *f.Private
	switch {
	case f.Pages != nil && *f.Pages:
		a.Public, a.Known, a.Who, a.Why = true, true, p.everybody(), "its Pages site is public"
		if private {
			a.Why = "its Pages site is public, although the repository is private"
		}
	case f.Pages != nil:
		a.Known, a.Who, a.Why = true, "those who can read the repository", "its Pages site has access control"
	case f.Private != nil && !private:
		a.Public, a.Known, a.Who, a.Why = true, true, p.everybody(), "the repository is public"
	case f.NoPages:
		a.Why = "no Pages site is published yet"
		if !p.IsSelfManaged() && p.Kind == config.KindGitHub {
			a.Why += "; that of a private repository is public except on GitHub Enterprise Cloud"
		}
	default:
		a.Why = "the token may not see the settings of Pages"
		if p.Kind == config.KindGitHub && private {
			a.Why += "; the Pages site of a private repository is public except on GitHub Enterprise Cloud"
		}
	}
	return a
}

// Words returns the readers with the fact behind the answer.
func (a Answer) Words() string {
	if a.Why == "" {
		return a.Who
	}
	return a.Who + " (" + a.Why + ")"
}

// Contradiction returns how the facts of the forge contradict site.audience, and the next step;
// "" if they do not, or are not known.
func (a Answer) Contradiction(audience string) (text, next string) {
	if !a.Known || !a.Public || audience == config.AudiencePublic {
		return "", ""
	}
	return `site.audience is "` + audience + `", but ` + a.Who + " can read the site",
		`set site.audience = "public", or restrict the site: docs/private-sites.md`
}

// Propose returns the audience that a new configuration should have, and the reason.
func (a Answer) Propose() (audience, why string) {
	p := &a.Place
	switch {
	case a.Known && a.Public:
		return config.AudiencePublic, a.Why
	case a.Known:
		return "organisation", a.Why
	case p.Kind == nil:
		return config.AudiencePublic, "nothing is known about the place of the site"
	case p.IsSelfManaged():
		return "organisation", "the readers reach " + strings.ToLower(p.Host)
	case p.Kind == config.KindGitHub:
		return config.AudiencePublic, "on most plans the Pages site of a private repository is public"
	}
	return config.AudiencePublic, "the Pages site of a project can be public"
}
