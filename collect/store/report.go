package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/ip3dp/ip3dp/collect"
)

// sumPattern matches the beginning of a report with a checksum. The row has no column for it: a
// build of the previous version can read a store of this schema and skips the key.
var sumPattern = regexp.MustCompile(`^\{"sum":"([0-9a-f]{8})",`)

const noSum = "00000000"

// encodeReport returns a report with its checksum, for the row of that time.
func encodeReport(reported string, r collect.Report) (string, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	return withSum(reported, []byte(`{"sum":"`+noSum+`",`+string(body[1:])), noSum), nil
}

// withSum replaces one checksum of a row by the right one.
func withSum(reported string, body []byte, old string) string {
	const at = len(`{"sum":"`)
	blank := bytes.Replace(body, []byte(old), []byte(noSum), 1)
	sum := fmt.Sprintf("%08x", checksum(0, 0, 0, false, reported, blank))
	return string(blank[:at]) + sum + string(blank[at+len(noSum):])
}

// decodeReport reads a report of encodeReport, or one of the previous version, which has no
// checksum.
func decodeReport(reported, body string) (r collect.Report, err error) {
	var row struct {
		Sum string `json:"sum"`
		collect.Report
	}
	if head := sumPattern.FindStringSubmatch(body); head != nil && withSum(reported, []byte(body), head[1]) != body {
		return r, errRow
	}
	d := json.NewDecoder(bytes.NewReader([]byte(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&row); err != nil {
		return r, fmt.Errorf("%w: %w", errRow, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return r, errRow
	}
	if row.Sum != "" && !sumPattern.MatchString(body) {
		return r, errRow
	}
	return row.Report, nil
}
