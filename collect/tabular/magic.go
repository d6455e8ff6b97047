package tabular

import (
	"archive/zip"
	"bytes"
	"strings"
)

// wrongFormat is the error for a file in a format that is not read. It does not quote the file.
type wrongFormat struct{ found, next string }

func (e *wrongFormat) Error() string { return "the file is " + e.found + ": " + e.next }

// Next steps for formats that several tools write.
const (
	exportCSV  = "export CSV, JSON or .xlsx instead"
	saveCSV    = "save it as .xlsx or CSV"
	unpack     = "unpack it, or compress with gzip"
	queryTable = "export the table as CSV or JSON, such as with duckdb or sqlite3 -csv"
)

// zipMagic begins a zip archive, such as an XLSX workbook.
const zipMagic = "PK\x03\x04"

// binaryFormats are the formats that are refused, by the bytes at the start of a file.
var binaryFormats = []struct {
	magic string
	wrongFormat
}{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", wrongFormat{
		"an old Excel workbook (.xls), or a workbook with a password", "save it as .xlsx without a password, or as CSV",
	}},
	{"%PDF-", wrongFormat{"a PDF", exportCSV}},
	{"PAR1", wrongFormat{"a Parquet file", queryTable}},
	{"ARROW1", wrongFormat{"an Arrow file", queryTable}},
	{"Obj\x01", wrongFormat{"an Avro file", queryTable}},
	{"SQLite format 3\x00", wrongFormat{"an SQLite database", queryTable}},
	{"\x89PNG\r\n\x1a\n", wrongFormat{"a picture (PNG)", exportCSV}},
	{"\xff\xd8\xff", wrongFormat{"a picture (JPEG)", exportCSV}},
	{"GIF8", wrongFormat{"a picture (GIF)", exportCSV}},
	{"{\\rtf", wrongFormat{"a rich text document", saveCSV}},
	{"PK\x05\x06", wrongFormat{"an empty zip archive", exportCSV}},
	{"BZh", wrongFormat{"compressed with bzip2", unpack}},
	{"\xfd7zXZ\x00", wrongFormat{"compressed with xz", unpack}},
	{"\x28\xb5\x2f\xfd", wrongFormat{"compressed with zstd", unpack}},
	{"7z\xbc\xaf\x27\x1c", wrongFormat{"a 7z archive", unpack}},
	{"Rar!\x1a\x07", wrongFormat{"a RAR archive", unpack}},
}

// refuseBinary returns an error that names the format of a file that is not text, or nil.
func refuseBinary(head []byte) error {
	for i := range binaryFormats {
		if f := &binaryFormats[i]; bytes.HasPrefix(head, []byte(f.magic)) {
			return &f.wrongFormat
		}
	}
	switch at := len("filename") + 249; { // the mark of a tar archive is at byte 257
	case len(head) > at+len("ustar") && string(head[at:at+len("ustar")]) == "ustar":
		return &wrongFormat{"a tar archive", unpack}
	case len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return &wrongFormat{"a picture (WebP)", exportCSV}
	}
	return nil
}

// refuseMarkup returns an error that names the format of a file of HTML or XML, or nil. trimmed
// is the start of its text without leading white space.
func refuseMarkup(trimmed []byte) error {
	const looked = 4 << 10
	head := strings.ToLower(string(trimmed[:min(len(trimmed), looked)]))
	startsWith := func(tags ...string) bool {
		for _, tag := range tags {
			if strings.HasPrefix(head, tag) {
				return true
			}
		}
		return false
	}
	if !startsWith("<html", "<!doctype", "<head", "<meta", "<style", "<body", "<table", "<?xml", "<rss", "<!--",
		"<workbook", "<svg") {
		return nil
	}
	has := func(s string) bool { return strings.Contains(head, s) }
	switch {
	case has("<workbook") || has("excel.sheet"):
		return &wrongFormat{"an XML spreadsheet (SpreadsheetML), whatever its ending", saveCSV}
	case has("<rss"):
		return &wrongFormat{"an XML feed, such as Jira's XML export", `export "CSV (all fields)" instead`}
	case startsWith("<svg") || has("<svg"):
		return &wrongFormat{"a picture (SVG)", exportCSV}
	case startsWith("<?xml") && !has("<html"):
		return &wrongFormat{"XML", exportCSV}
	}
	return &wrongFormat{
		"an HTML page, whatever its ending",
		`for Jira's ".xls" export "CSV (all fields)" instead; a downloaded file may be a sign-in page`,
	}
}

// refuseArchive returns an error that names the kind of a zip archive that is not an XLSX
// workbook, or nil.
func refuseArchive(z *zip.Reader) error {
	has := func(prefix string) bool {
		for _, f := range z.File {
			if strings.HasPrefix(strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")), prefix) {
				return true
			}
		}
		return false
	}
	switch {
	case has("xl/workbook.bin"):
		return &wrongFormat{"a binary Excel workbook (.xlsb)", saveCSV}
	case has("xl/"):
		return nil
	case has("content.xml"):
		return &wrongFormat{"an OpenDocument file (.ods)", saveCSV}
	case has("index/") || has("index.zip"):
		return &wrongFormat{"a Numbers spreadsheet", saveCSV}
	case has("word/"), has("ppt/"):
		return &wrongFormat{"a document or presentation of Office", exportCSV}
	}
	return &wrongFormat{"a zip archive", "unpack it, and name the file inside"}
}
