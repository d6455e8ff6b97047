package publish

import (
	"encoding/json"
	"regexp"
)

// formerNames matches the names of files from the version before manifests.
var formerNames = regexp.MustCompile(`^(` +
	`404\.html|index\.html|search\.json` +
	`|(about|cases|decisions|delivery|discovery|experience|features|how-we-work|initiatives|pages|roadmap|search|teams)(/[^/]+){0,2}/index\.html` +
	`|decisions/feed\.xml` +
	`|(delivery|experience|features|teams)(/[^/]+){1,3}\.csv` +
	`|data/(run|measured|report|decisions)\.json` +
	`|data/[^/]+\.csv|data/series/.+\.csv` +
	`|assets/.+\.[0-9a-f]{10}(\.[A-Za-z0-9]+)?` +
	`)$`)

// isFormerName reports whether the version before manifests wrote files of a name.
func isFormerName(name string) bool { return formerNames.MatchString(name) }

// runRecord is the part of a site's record of its run that publishing needs.
type runRecord struct {
	Tool     string `json:"tool"`
	Manifest string `json:"manifest"` // path of the manifest; "" before there was one
}

// isFormerRun reports whether the version before manifests wrote a record of a run.
func isFormerRun(data []byte) bool {
	var r runRecord
	return json.Unmarshal(data, &r) == nil && r.Tool == "ip3dp" && r.Manifest == ""
}

// mayBeSite reports whether a record of a run may belong to a site: ip3dp wrote it, or it was
// cut short.
func mayBeSite(data []byte) bool {
	var r runRecord
	return json.Unmarshal(data, &r) != nil || r.Tool == "ip3dp"
}
