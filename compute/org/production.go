package org

import (
	"fmt"
	"regexp"
	"strings"
)

// Production decides which environments are production.
type Production struct {
	include, exclude *regexp.Regexp
	judged           map[environmentTier]bool // memo: a handful of names recur
}

// environmentTier is the name of an environment and the tier in its source.
type environmentTier struct{ environment, tier string }

// NewProduction compiles deploy.production, a regular expression of the names of production
// environments, and deploy.exclude, one of names that never count; "" excludes none. Its error
// names the key of the first expression that does not compile.
func NewProduction(include, exclude string) (*Production, error) {
	p := &Production{judged: map[environmentTier]bool{}}
	var err error
	if p.include, err = regexp.Compile(include); err != nil {
		return nil, fmt.Errorf("deploy.production: not a regular expression: %w", err)
	}
	if exclude == "" {
		return p, nil
	}
	if p.exclude, err = regexp.Compile(exclude); err != nil {
		return nil, fmt.Errorf("deploy.exclude: not a regular expression: %w", err)
	}
	return p, nil
}

// IsProduction reports whether an environment is production: by its tier if the source has one,
// because people chose it, else by its name. It ignores the production flags of forges, which
// are often wrong. Excluded names never count, whatever their tier.
func (p *Production) IsProduction(environment, tier string) bool {
	environment = strings.TrimSpace(environment) // no-break spaces among them
	is, ok := p.judged[environmentTier{environment, tier}]
	if !ok {
		switch tier {
		case "production":
			is = true
		case "staging", "testing", "development":
		default: // "" and "other" decide nothing
			is = p.include.MatchString(environment)
		}
		is = is && !p.Excludes(environment)
		p.judged[environmentTier{environment, tier}] = is
	}
	return is
}

// Excludes reports whether an environment never counts, whatever its tier.
func (p *Production) Excludes(environment string) bool {
	return p.exclude != nil && p.exclude.MatchString(strings.TrimSpace(environment))
}
