package publish

import (
	"encoding/json"
	"regexp"
)

// formerNames are the names and kinds of files that the version before manifests
// wrote.
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

// runRecord is what publishing needs of a site's record of its run.
type runRecord struct {
	Tool     string `json:"tool"`
	Manifest string `json:"manifest"` // path of the manifest; "" before there was one
}

// isFormerRun reports whether a record of a run was written by the version before
// manifests.
func isFormerRun(data []byte) bool {
	var r runRecord
	return json.Unmarshal(data, &r) == nil && r.Tool == "ip3dp" && r.Manifest == ""
}

// isOfSite reports whether a record of a run may be that of a site: it is one of ours,
// or was cut short.
func isOfSite(data []byte) bool {
	var r runRecord
	return json.Unmarshal(data, &r) != nil || r.Tool == "ip3dp"
}
