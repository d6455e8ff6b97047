package compute

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// releasedKeys are the settings listed in the definitions of that release.
var releasedKeys = map[string]bool{
	"deploy.production": true, "deploy.exclude": true, "deploy.collapse_minutes": true, "people.bots": true,
	"dora.max_commit_age_days": true, "dora.lead_start": true, "dora.lead_statistic": true, "dora.fail_rate": true,
	"dora.failure_evidence": true, "dora.window_hours": true, "dora.hotfix_branch": true, "dora.hotfix_label": true, "dora.hotfix_title": true,
	"platform.developers": true, "sesoi.nps_points": true,
}

// releasedExclude is the default of deploy.exclude in that release.
const releasedExclude = "^github-pages$"

// readReleased returns history with the rows of the last release without versions converted to
// rows of version 1, if they were published with today's settings. Otherwise the upgrade would
// begin a new series of every metric. Rows with other hashes remain; the slice history is not
// changed.
func readReleased(history []Row, sections []metric.Section) ([]Row, error) {
	specs, err := dora.Defaults().Specs()
	if err != nil {
		return nil, err
	}
	defaults := map[string]bool{}
	for i := range specs {
		for _, line := range specs[i].Config {
			defaults[line] = true
		}
	}
	versions := map[string]string{}
	for i := range sections {
		for k := range sections[i].Definitions {
			d := &sections[i].Definitions[k]
			config := releasedConfig(d.Config, defaults)
			for _, text := range releasedTextsOf(d.ID, config) {
				versions[metric.ReleasedFingerprint(d.ID, text, config)] = metric.Fingerprint(d.ID, 1, d.Config)
			}
		}
	}
	out := make([]Row, 0, len(history))
	have := map[rowKey]bool{}
	for _, r := range history {
		if hash := versions[r.Hash]; hash != "" {
			r.Hash = hash
		}
		// A site that used the old release again for some time has a week twice.
		if !have[r.key()] {
			have[r.key()] = true
			out = append(out, r)
		}
	}
	return out, nil
}

// releasedConfig returns settings as that release would have listed them. Two differences do
// not count: another default of deploy.exclude, and a setting that did not exist then and has
// its default value. defaults are the lines of all of today's defaults.
func releasedConfig(config []string, defaults map[string]bool) []string {
	var out []string
	for _, line := range config {
		key, _, _ := strings.Cut(line, " = ")
		switch {
		case key == "deploy.exclude" && defaults[line]:
			out = append(out, fmt.Sprintf("deploy.exclude = %q", releasedExclude))
		case releasedKeys[key] || !defaults[line]:
			out = append(out, line)
		}
	}
	return out
}

// releasedTextsOf returns the possible texts of the definition in that release.
func releasedTextsOf(id string, config []string) []string {
	switch id {
	case dora.LeadTime:
		return releasedLeadTexts()
	case dora.FailRate:
		return []string{releasedFailText(config)}
	}
	if text, ok := releasedTexts[id]; ok {
		return []string{text}
	}
	return nil
}
