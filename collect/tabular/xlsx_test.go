package tabular

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// part is a file of an archive.
type part struct{ name, text string }

// pack returns a zip archive.
func pack(t testing.TB, parts ...part) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	mainSpace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	// styles have the formats: 0 general, 1 percent, 2 a built-in day, 3 a day and time, 4 a
	// duration, 5 a number of five digits, 6 a red number with a unit.
	styles = `<styleSheet ` + mainSpace + `><numFmts count="4"><numFmt numFmtId="164" ` +
		`formatCode="[$-409]d\-mmm\-yy\ h:mm\ AM/PM;@"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/>` +
		`<numFmt numFmtId="166" formatCode="00000"/><numFmt numFmtId="167" formatCode="[Red]0.0&quot; days&quot;"/></numFmts>` +
		`<cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="164"/>` +
		`<xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs></styleSheet>`
)

// sheet is a sheet of a workbook in a test.
type sheet struct{ name, state, xml string }

// newBook returns a workbook. Each sheet's XML is what follows its root element.
func newBook(t testing.TB, properties string, shared []string, sheets ...sheet) string {
	t.Helper()
	var list, links strings.Builder
	types := `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/></Types>`
	const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	parts := []part{{"[Content_Types].xml", types}}
	for i, s := range sheets {
		fmt.Fprintf(&list, `<sheet name=%q sheetId="%d" state=%q r:id="rId%d"/>`, s.name, i+1, s.state, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relation,
			i+1)
		parts = append(parts, part{
			fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), "<worksheet " + mainSpace + ">" + s.xml + "</worksheet>",
		})
	}
	book := `<workbook ` + mainSpace + ` xmlns:r="` + relation + `">` + properties + `<sheets>` + list.String() +
		`</sheets></workbook>`
	strs := `<sst ` + mainSpace + `>`
	for _, s := range shared {
		strs += "<si>" + s + "</si>"
	}
	const packages = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	parts = append(parts, part{"xl/workbook.xml", book}, part{"xl/styles.xml", styles},
		part{"xl/sharedStrings.xml", strs + "</sst>"},
		part{"xl/_rels/workbook.xml.rels", `<Relationships ` + packages + `>` + links.String() + `</Relationships>`},
		part{"_rels/.rels", `<Relationships ` + packages + `><Relationship Id="rId1" Type="` + relation +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`})
	return pack(t, parts...)
}

// rows returns the XML of rows of inline texts; a cell that begins with "<" is XML itself.
func rows(cells ...[]string) string {
	var b strings.Builder
	b.WriteString("<sheetData>")
	for _, row := range cells {
		b.WriteString("<row>")
		for _, c := range row {
			if strings.HasPrefix(c, "<") {
				b.WriteString(c)
			} else {
				b.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
			}
		}
		b.WriteString("</row>")
	}
	return b.String() + "</sheetData>"
}

func TestXLSX(t *testing.T) {
	one := func(xml string) []sheet { return []sheet{{"Sheet1", "", xml}} }
	head := []string{"Number", "Created at", "Score", "Hours", "Done", "Text"}
	tests := []struct {
		name       string
		properties string
		shared     []string
		sheets     []sheet
		o          Options
		want       []string
		rejected   string
		note       string
	}{
		{
			name: "texts, a built-in date, numbers and a boolean",
			sheets: one(rows(head, []string{
				"A1", `<c s="2"><v>45580</v></c>`, "<c><v>9</v></c>", "<c><v>0.30000000000000004</v></c>",
				`<c t="b"><v>1</v></c>`, "ok",
			})),
			want: []string{"2: id=A1 at=2024-10-15T00:00:00Z score=9 hours=0.30000000000000004 done=true text=ok"},
		},
		{
			name:   "a stamp takes the zone",
			o:      Options{Zone: mustZone(t, "Europe/Vienna")},
			sheets: one(rows(head, []string{"A1", `<c s="3"><v>45580.395833333336</v></c>`})),
			want:   []string{"2: id=A1 at=2024-10-15T07:30:00Z"},
			note:   "stamps without a zone read as Europe/Vienna",
		},
		{
			name:       "dates from 1904",
			properties: `<workbookPr date1904="1"/>`,
			sheets:     one(rows(head, []string{"A1", `<c s="2"><v>44118</v></c>`})),
			want:       []string{"2: id=A1 at=2024-10-15T00:00:00Z"},
		},
		{
			name:   "a percent is read as in CSV",
			sheets: one(rows(head, []string{"A1", "", "", `<c s="1"><v>0.57</v></c>`})),
			want:   []string{"2: id=A1 hours=57"},
		},
		{
			name:     "a duration is not a number",
			sheets:   one(rows(head, []string{"A1", "", "", `<c s="4"><v>1.5</v></c>`})),
			rejected: "hours: not a number",
		},
		{
			name:   "numbers are not rounded to their format",
			sheets: one(rows(head, []string{`<c s="5"><v>7</v></c>`, "", "", `<c s="6"><v>2.96</v></c>`})),
			want:   []string{"2: id=7 hours=2.96"},
		},
		{
			name:   "a large number keeps its digits",
			sheets: one(rows(head, []string{"<c><v>123456789012345678</v></c>", "", "", "<c><v>1.5E-3</v></c>"})),
			want:   []string{"2: id=123456789012345678 hours=0.0015"},
		},
		{
			name:   "#N/A is blank",
			sheets: one(rows(head, []string{"A1", "", `<c t="e"><v>#N/A</v></c>`})),
			want:   []string{"2: id=A1"},
			note:   "1 cell with #N/A, first on row 2: read as blank",
		},
		{
			name:     "another error is not a score",
			sheets:   one(rows(head, []string{"A1", "", `<c t="e"><v>#REF!</v></c>`})),
			rejected: "score: not a whole number",
		},
		{
			name:   "a formula has its stored value",
			sheets: one(rows(head, []string{`<c t="str"><f>"A"&amp;1</f><v>A1</v></c>`, "", "<c><f>5+4</f><v>9</v></c>"})),
			want:   []string{"2: id=A1 score=9"},
		},
		{
			name:     "a formula without a stored value is not blank",
			sheets:   one(rows(head, []string{"A1", "", "<c><f>5+4</f></c>"})),
			rejected: "score: not a whole number",
			note:     "1 formula without a stored value, first on row 2: not understood; save the workbook in a spreadsheet",
		},
		{
			name:   "shared strings with runs and a reading aid",
			shared: []string{"<t>Number</t>", `<r><t>A</t></r><r><t xml:space="preserve">1 </t></r><rPh><t>x</t></rPh>`},
			sheets: one(`<sheetData><row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row></sheetData>`),
			want:   []string{"2: id=A1"},
		},
		{
			name: "gaps in rows and cells",
			sheets: one(`<sheetData><row r="3"><c r="B3" t="str"><v>Number</v></c><c r="D3" t="str"><v>Score</v></c></row>` +
				`<row r="4"><c r="A4" s="1"/></row><row r="9"><c r="B9"><v>7</v></c><c r="D9"><v>9</v></c></row></sheetData>`),
			want: []string{"9: id=7 score=9"},
		},
		{
			name:   "hidden rows count",
			sheets: one(`<sheetData><row><c t="str"><v>Number</v></c></row><row hidden="1"><c><v>7</v></c></row></sheetData>`),
			want:   []string{"2: id=7"},
			note:   "1 hidden row, first on row 2: read like the others",
		},
		{
			name: "a hidden and an empty sheet",
			sheets: []sheet{
				{"Lists", "veryHidden", rows([]string{"x"})},
				{"Data", "visible", rows([]string{"Number"}, []string{"A1"})},
				{"Empty", "", "<sheetData/>"},
			},
			want: []string{"2: id=A1"},
			note: "1 hidden sheet not read",
		},
		{
			name: "the sheet that is set",
			o:    Options{Sheet: "answers 2024"},
			sheets: []sheet{
				{"Notes", "", rows([]string{"x"})}, {"Answers 2024", "", rows([]string{"Number"}, []string{"A1"})},
			},
			want: []string{"2: id=A1"},
		},
		{
			name: "merged cells of data and a merged header",
			sheets: one(rows([]string{"Number", "Score", "Team"}, []string{"A1", "<c><v>9</v></c>", "Payments"},
				[]string{"A2", "<c><v>8</v></c>", "<c/>"}, []string{"A3", "<c><v>7</v></c>"}) +
				`<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>`),
			want: []string{
				"2: id=A1 score=9 text=Payments", "3: id=A2 score=8 text=Payments",
				"4: id=A3 score=7",
			},
			note: "1 cell of a merged range, first on row 3: read with the value of the range",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, im, err := readLines(newBook(t, tt.properties, tt.shared, tt.sheets...), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			checkSum(t, im)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			reasons := ""
			for _, r := range im.Rejected {
				reasons += r.Reason
			}
			if reasons != tt.rejected {
				t.Errorf("rejected %q, want %q", reasons, tt.rejected)
			}
			if notes := strings.Join(im.Notes, "\n"); !strings.Contains(notes, tt.note) {
				t.Errorf("notes %q, want %q", notes, tt.note)
			}
		})
	}
}

// readLines reads rows with their lines.
func readLines(in string, o Options) ([]string, fact.Import, error) {
	var got []string
	im, err := Read(strings.NewReader(in), "file", o, func(line int, p *person) error {
		got = append(got, fmt.Sprintf("%d: %s", line, show(p)))
		return nil
	})
	return got, im, err
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestNumberStyles(t *testing.T) {
	tests := map[string]numberStyle{
		"General": plainStyle, "0.00": plainStyle, "#,##0;[Red]-#,##0": plainStyle, `0" days"`: plainStyle,
		`0\d`: plainStyle, "0.0%": percentStyle, "yyyy-mm-dd": dateStyle, `dd\.mm\.yyyy;@`: dateStyle, "mmm": dateStyle,
		"m/d/yy h:mm": stampStyle, `yyyy-mm-dd"T"hh:mm:ss`: stampStyle, "h:mm AM/PM": clockStyle, "[mm]:ss": clockStyle,
		"[$-F800]dddd, mmmm dd, yyyy": dateStyle, `_-* #,##0.00\ "€"_-`: plainStyle, "[broken": plainStyle, "@": plainStyle,
	}
	for code, want := range tests {
		t.Run(code, func(t *testing.T) {
			if got := parseNumberStyle(code); got != want {
				t.Errorf("style %d, want %d", got, want)
			}
		})
	}
}

// TestXLSXOfTheLibrary holds that a workbook that excelize writes has the values that were set.
func TestXLSXOfTheLibrary(t *testing.T) {
	book := excelize.NewFile()
	at := time.Date(2024, 10, 15, 9, 30, 0, 0, time.UTC)
	for i, row := range [][]any{{"ID", "Created at", "Hours", "Done"}, {"A1", at, 0.1, true}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, _, err := readLines(b.String(), Options{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2: id=A1 at=2024-10-15T09:30:00Z hours=0.1 done=true"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestXLSXRefused(t *testing.T) {
	good := newBook(t, "", nil, sheet{"Sheet1", "", rows([]string{"Number"}, []string{"A1"})})
	two := newBook(t, "", nil, sheet{"Ann Miller", "", rows([]string{"Number"})}, sheet{"B", "", rows([]string{"ID"})})
	many := make([]part, maxParts+1)
	for i := range many {
		many[i].name = fmt.Sprint("xl/", i)
	}
	tests := []struct {
		name, in, want string
		o              Options
	}{
		{"several sheets", two, `2 sheets in the workbook: set sheet to the name of one: "Ann Miller", "B"`, Options{}},
		{"no such sheet", good, "1 sheet in the workbook: set sheet", Options{Sheet: "Answers"}},
		{"no cells", newBook(t, "", nil, sheet{"A", "", "<sheetData/>"}), "no visible sheet with cells", Options{}},
		{"cut off", good[:len(good)/2], "is cut off", Options{}},
		{"larger than allowed", good, "more than 500 bytes: set max_bytes", Options{MaxBytes: 500}},
		{
			"a bomb", pack(t, part{"xl/workbook.xml", strings.Repeat(" ", ratioFloor+1)}),
			"refused as a decompression bomb",
			Options{},
		},
		{"many files", pack(t, many...), "files, want at most 5000", Options{}},
		{"not a workbook", pack(t, part{"xl/workbook.xml", "<broken"}), "the workbook", Options{}},
		{
			"a damaged sheet", newBook(t, "", nil, sheet{"A", "", "<sheetData><row><c><v>1</v></c></row><row></sheetData"}),
			"damaged",
			Options{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readLines(tt.in, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			var sheets *manySheets
			if errors.As(err, &sheets) && strings.Contains(publicReason(File{Path: "f"}, err), "Ann") {
				t.Errorf("the public reason has the name of a sheet")
			}
		})
	}
}

// TestWrongFormats holds that files in other formats are named by their content, with the next
// step.
func TestWrongFormats(t *testing.T) {
	tar := strings.Repeat("\x00", 257) + "ustar\x00" + strings.Repeat("\x00", 300)
	tests := []struct{ name, in, found, next string }{
		{"Jira's .xls", "\ufeff\n <html xmlns:o=\"urn:schemas\"><head></head><table><tr><td>", "an HTML page", "CSV (all fields)"},
		{"a sign-in page", "<!DOCTYPE html>\n<title>Sign in</title>", "an HTML page", "sign-in page"},
		{
			"SpreadsheetML", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>`,
			"an XML spreadsheet", "save it as .xlsx or CSV",
		},
		{"Jira's XML", `<?xml version="1.0"?><!-- RSS generated by JIRA --><rss version="0.92">`, "an XML feed", "CSV (all fields)"},
		{"XML of ServiceNow", `<?xml version="1.0" encoding="UTF-8"?><unload><incident action="x">`, "XML", "export CSV"},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "an old Excel workbook", "save it as .xlsx"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", "a PDF", "export CSV"},
		{"Parquet", "PAR1\x15\x04", "a Parquet file", "as CSV or JSON"},
		{"SQLite", "SQLite format 3\x00\x10", "an SQLite database", "sqlite3 -csv"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00", "a picture (PNG)", "export CSV"},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "a picture (JPEG)", "export CSV"},
		{"WebP", "RIFF\x00\x00\x00\x00WEBPVP8 ", "a picture (WebP)", "export CSV"},
		{"tar", tar, "a tar archive", "unpack it"},
		{"zstd", "\x28\xb5\x2f\xfd\x00", "compressed with zstd", "unpack it"},
		{"zip of Qualtrics", pack(t, part{"Survey.csv", "a,b\n"}), "a zip archive", "unpack it"},
		{
			"OpenDocument", pack(t, part{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, part{"content.xml", "<x/>"}),
			"an OpenDocument file (.ods)", "save it as .xlsx or CSV",
		},
		{"Numbers", pack(t, part{"Index/Document.iwa", "x"}), "a Numbers spreadsheet", "save it as .xlsx or CSV"},
		{"xlsb", pack(t, part{"xl/workbook.bin", "x"}), "a binary Excel workbook", "save it as .xlsx or CSV"},
		{"Word", pack(t, part{"word/document.xml", "x"}), "a document or presentation", "export CSV"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, in := range []string{tt.in, gzipped(tt.in)} {
				_, _, err := readLines(in, Options{})
				var wrong *wrongFormat
				if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.found, tt.found) || !strings.Contains(wrong.next, tt.next) {
					t.Errorf("error %v, want %q and %q", err, tt.found, tt.next)
				}
			}
		})
	}
}

// FuzzXLSX holds that no bytes of a workbook, and no XML of its sheet, make the reader panic or
// lose a row.
func FuzzXLSX(f *testing.F) {
	f.Add(newBook(f, "", nil, sheet{"A", "", rows([]string{"ID"}, []string{"1"})}), "")
	f.Add("", `<sheetData><row r="2"><c r="A2" t="str"><v>ID</v></c></row><row r="5"><c r="A5" s="3"><v>1e5</v></c></row>`)
	f.Add("", rows([]string{"ID", "At"}, []string{"1", `<c s="4"><f/></c>`})+`<mergeCells><mergeCell ref="A1:B9"/></mergeCells>`)
	o := Options{Zone: time.UTC, Order: DayFirst, Decimal: '.', MaxBytes: 1 << 20, MaxField: 1 << 10}
	f.Fuzz(func(t *testing.T, in, xml string) {
		if in == "" {
			in = newBook(t, "", nil, sheet{"A", "", xml})
		}
		im, err := Read(strings.NewReader(in), "file", o, func(line int, p *person) error {
			if p.ID == "" || line < 1 || !utf8.ValidString(p.Text) || p.Text != Clean(p.Text) {
				t.Errorf("line %d: id %q, text %q", line, p.ID, p.Text)
			}
			return nil
		})
		if err == nil {
			checkSum(t, im)
		}
	})
}
