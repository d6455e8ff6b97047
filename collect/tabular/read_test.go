package tabular

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// person is a row type with every kind of field.
type person struct {
	ID     string   `csv:"id,number,issue_key" tabular:"required"`
	At     Time     `csv:"at,created_at,date"`
	Score  *int     `csv:"score,omitempty"`
	Hours  *float64 `csv:"hours,omitempty"`
	Done   *bool    `csv:"done,omitempty"`
	Labels List     `csv:"labels"`
	SHAs   List     `csv:"shas" tabular:"words"`
	Items  Cells    `csv:"items"`
	Login  string   `csv:"login" tabular:"identity"`
	Text   string   `csv:"text,team"`
}

// show spells a row so that nil and zero differ.
func show(p *person) string {
	var parts []string
	add := func(name, value string) { parts = append(parts, name+"="+value) }
	add("id", p.ID)
	if !p.At.IsZero() {
		add("at", p.At.Format(time.RFC3339Nano))
	}
	if p.Score != nil {
		add("score", fmt.Sprint(*p.Score))
	}
	if p.Hours != nil {
		add("hours", fmt.Sprint(*p.Hours))
	}
	if p.Done != nil {
		add("done", fmt.Sprint(*p.Done))
	}
	if p.Labels != nil {
		add("labels", strings.Join(p.Labels, "|"))
	}
	if p.SHAs != nil {
		add("shas", strings.Join(p.SHAs, "|"))
	}
	for _, c := range p.Items {
		add(c.Column, c.Value)
	}
	if p.Login != "" {
		add("login", p.Login)
	}
	if p.Text != "" {
		add("text", p.Text)
	}
	return strings.Join(parts, " ")
}

func readAll(t testing.TB, in string, o Options) ([]string, fact.Import, error) {
	t.Helper()
	var rows []string
	im, err := Read(strings.NewReader(in), "file", o, func(_ int, p *person) error {
		rows = append(rows, show(p))
		return nil
	})
	checkSum(t, im)
	return rows, im, err
}

// checkSum holds the promise of every reconciliation line.
func checkSum(t testing.TB, im fact.Import) {
	t.Helper()
	sum := im.Used
	for _, r := range im.Rejected {
		sum += r.Count
	}
	if sum != im.Read {
		t.Errorf("read %d rows, used and rejected %d", im.Read, sum)
	}
}

func utf16(t *testing.T, s string, e unicode.Endianness, b unicode.BOMPolicy) string {
	t.Helper()
	out, err := unicode.UTF16(e, b).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func page(t *testing.T, s string, m *charmap.Charmap) string {
	t.Helper()
	return encode(t, s, m)
}

func encode(t *testing.T, s string, m encoding.Encoding) string {
	t.Helper()
	out, err := m.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func TestDialects(t *testing.T) {
	const french = "id,text\n1,Déployé à Zürich\n"
	frenchRow := []string{"id=1 text=Déployé à Zürich"}
	tests := []struct {
		name  string
		in    string
		o     Options
		rows  []string
		notes []string
	}{
		{"plain", "id,score\n1,9\n", Options{}, []string{"id=1 score=9"}, nil},
		{"byte order mark", "\xef\xbb\xbfid,score\n1,9\n", Options{}, []string{"id=1 score=9"}, nil},
		{"utf-16le", utf16(t, french, unicode.LittleEndian, unicode.UseBOM), Options{}, frenchRow, []string{"encoding utf-16le (detected)"}},
		{"utf-16be", utf16(t, french, unicode.BigEndian, unicode.UseBOM), Options{}, frenchRow, []string{"encoding utf-16be (detected)"}},
		{"utf-16le without mark", utf16(t, french, unicode.LittleEndian, unicode.IgnoreBOM), Options{}, frenchRow, []string{"encoding utf-16le (detected)"}},
		{"utf-16be without mark", utf16(t, french, unicode.BigEndian, unicode.IgnoreBOM), Options{}, frenchRow, []string{"encoding utf-16be (detected)"}},
		{"windows-1252", page(t, french, charmap.Windows1252), Options{}, frenchRow, []string{"encoding windows-1252 (guessed), first seen on line 2"}},
		{"mac roman", page(t, french, charmap.Macintosh), Options{}, frenchRow, []string{"encoding macroman (guessed), first seen on line 2"}},
		{"mac roman declared", page(t, french, charmap.Macintosh), Options{Encoding: "macroman"}, frenchRow, nil},
		{"one stray byte", "id,text\n1,Zürich\n2,Z\xfcrich\n", Options{}, []string{"id=1 text=Zürich", "id=2 text=Zürich"}, []string{"encoding windows-1252 (guessed), first seen on line 3"}},
		{"windows-1251 declared", page(t, "id,text\n1,Привет\n", charmap.Windows1251), Options{Encoding: "windows-1251"}, []string{"id=1 text=Привет"}, nil},
		{"shift-jis declared", encode(t, "id,text\n1,ソフト\n", japanese.ShiftJIS), Options{Encoding: "shift-jis"}, []string{"id=1 text=ソフト"}, nil},
		{"utf-16le in Cyrillic", utf16(t, "id,text\n1,Привет как дела друзья мои\n", unicode.LittleEndian, unicode.IgnoreBOM), Options{}, []string{"id=1 text=Привет как дела друзья мои"}, []string{"encoding utf-16le (detected)"}},
		{"decoded wrongly before", "id,text\n1,ZÃ¼rich\n2,itâ€™s\n3,Zürich\n", Options{}, []string{"id=1 text=ZÃ¼rich", "id=2 text=itâ€™s", "id=3 text=Zürich"}, []string{"2 cells with letters such as \"Ã¤\" were decoded wrongly before the export, first on line 2"}},
		{"blank words", "id,score,hours,at,text,done\n1,?,N/A,0000-00-00,None,NA\n2,-,NaN,NaT,NA,null\n", Options{}, []string{"id=1", "id=2 text=NA"}, []string{"score has no value in any row", "hours has no value in any row"}},
		{"blank words, declared", "id,score,text\n1,-99,None\n", Options{Blanks: []string{"-99"}}, []string{"id=1 text=None"}, []string{"score has no value in any row"}},
		{"no blank words", "id,text\n1,None\n", Options{Blanks: []string{}}, []string{"id=1 text=None"}, nil},
		{"semicolons", "id;text\n1;a, b\n", Options{}, []string{"id=1 text=a, b"}, []string{"delimiter ';' (detected)"}},
		{"tabs", "id\ttext\n1\ta, b\n", Options{}, []string{"id=1 text=a, b"}, []string{"delimiter tab (detected)"}},
		{"separator line", "sep=|\r\nid|text\r\n1|a;b,c\r\n", Options{}, []string{"id=1 text=a;b,c"}, nil},
		{"declared delimiter", "id:score\n1:9\n", Options{Delimiter: ':'}, []string{"id=1 score=9"}, nil},
		{"carriage returns", "id,score\r1,9\r2,8\r", Options{}, []string{"id=1 score=9", "id=2 score=8"}, []string{"line ends are bare carriage returns"}},
		{"gzip", gzipped("id,score\n1,9\n"), Options{}, []string{"id=1 score=9"}, nil},
		{"header spelling", "<b>ID</b>,\" Created\u00a0At\n(UTC)\",Sc&shy;ore\n1,2024-10-15 09:30,9\n", Options{}, []string{"id=1 at=2024-10-15T09:30:00Z score=9"}, nil},
		{"aliases", "Issue key,createdAt\nP-1,2024-10-15\n", Options{}, []string{"id=P-1 at=2024-10-15T00:00:00Z"}, nil},
		{"mapped", "Ticket,Custom field (Squad)\n1,checkout\n", Options{Columns: map[string][]string{"id": {"ticket"}, "text": {"Squad"}}}, []string{"id=1 text=checkout"}, nil},
		{"repeated headers", "id,Labels,Labels,Labels,Labels\n1,a,,b,\n", Options{}, []string{"id=1 labels=a|b"}, nil},
		{"first filled", "id,text,team\n1,,x\n2,y,x\n", Options{}, []string{"id=1 text=x", "id=2 text=y"}, []string{`text is the first filled of "text", "team"`}},
		{"blank is not zero", "id,score,hours,done\n1,,,\n2,0,0,no\n", Options{}, []string{"id=1", "id=2 score=0 hours=0 done=false"}, nil},
		{"ragged", "id,score,text\n1\n2,9,x,,\n", Options{}, []string{"id=1", "id=2 score=9 text=x"}, []string{
			"1 rows have fewer cells than headers, first on line 2: read as blank",
			"1 rows have blank cells after the last header, first on line 3",
		}},
		{"multiple choice in one cell", "id,labels\n1,GitOps;Backstage;\n2,\"GitOps, Helm\"\n", Options{}, []string{"id=1 labels=GitOps|Backstage", "id=2 labels=GitOps|Helm"}, nil},
		{"words", "id,shas\n1,a b  c\n2,a;b\n", Options{}, []string{"id=1 shas=a|b|c", "id=2 shas=a|b"}, nil},
		{"multiple choice in columns", "id,labels [GitOps],\"labels [Slow, flaky]\"\n1,Yes,No\n2,,\"Slow, flaky\"\n", Options{}, []string{"id=1 labels=GitOps", "id=2 labels=Slow, flaky"}, nil},
		{"controls", "id,text\n1,a\u202eb\x00c\u2066\x1b[31m\n", Options{}, []string{"id=1 text=abc[31m"}, nil},
		{"addresses", "id,text,login,E-mail\n1,a@example.org,b@example.org,c@example.org\n2,10.0.0.1,,\n", Options{People: true}, []string{"id=1 login=b@example.org", "id=2"}, []string{
			"2 cells dropped: nothing but an e-mail or IP address",
			`not read, may identify a person: "E-mail"`,
		}},
		{"cells", "id,Docs are clear,Support is fast\n1,4,\n2,5,3\n", Options{Columns: map[string][]string{"items": {"docs are clear", "support is fast"}}}, []string{"id=1 docs are clear=4", "id=2 docs are clear=5 support is fast=3"}, nil},
		{"zone", "id,at\n1,2024-07-01 12:00\n", Options{Zone: time.FixedZone("X", 7200)}, []string{"id=1 at=2024-07-01T10:00:00Z"}, []string{"stamps without a zone read as X"}},
		{"json lines", "{\"id\":1,\"score\":null}\n{\"id\":2,\"score\":0,\"labels\":[\"a;b\",\"c\"],\"extra\":[[1]]}\n", Options{}, []string{"id=1", "id=2 score=0 labels=a;b|c"}, []string{"keys with nested values, which are not read: 1"}},
		{"json object over several lines", "{\n\"id\":1}\n", Options{}, []string{"id=1"}, nil},
		{"json array", ` [ {"id":"1","done":true}, {"id":"2","at":1729000000} ] `, Options{}, []string{"id=1 done=true", "id=2 at=2024-10-15T13:46:40Z"}, nil},
		{"json lines gzip", gzipped("{\"id\":1}\n"), Options{}, []string{"id=1"}, nil},
		{"no rows", "id,score\n", Options{}, nil, nil},
		{"empty array", "[]", Options{}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, im, err := readAll(t, tt.in, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, im.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if len(im.Rejected) > 0 {
				t.Errorf("rejected %v", im.Rejected)
			}
		})
	}
}

func TestSurveyHeaders(t *testing.T) {
	const nps = "How likely are you to recommend it?"
	o := Options{Columns: map[string][]string{"id": {"Respondent ID", "ResponseId"}, "score": {nps}, "labels": {"What do you use?"}}}
	monkey := "Respondent ID,Collector ID," + nps + ",What do you use?,,Team\n" +
		",,Response,GitOps,Helm,Response\n" +
		"1,7,9,GitOps,,checkout\n2,7,,,Helm,\n"
	qualtrics := "ResponseId,Q1,Q2,Q3\n" +
		"Response ID," + nps + ",What do you use? - Selected Choice,Team\n" +
		`"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}"` + "\n" +
		"1,9,\"GitOps,Helm\",checkout\n2,,,\n"
	tests := []struct {
		name, in string
		columns  string // header of the team
		rows     []string
		note     string
	}{
		{"SurveyMonkey", monkey, "Team", []string{"id=1 score=9 labels=GitOps text=checkout", "id=2 labels=Helm"}, "2 header rows (detected)"},
		{"Qualtrics", qualtrics, "Q3", []string{"id=1 score=9 labels=GitOps|Helm text=checkout", "id=2"}, "3 header rows (detected)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o.Columns["text"] = []string{tt.columns}
			o.Columns["id"] = o.Columns["id"][:0:0]
			o.Columns["id"] = []string{strings.SplitN(tt.in, ",", 2)[0]}
			rows, im, err := readAll(t, tt.in, o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{tt.note}, im.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRejected(t *testing.T) {
	big := strings.Repeat("x", 101)
	tests := []struct {
		name, in string
		used     int
		want     []fact.Rejected
	}{
		{"required cell blank", "id,score\n,9\n1,9\n", 1, []fact.Rejected{{Reason: "id is blank", Count: 1, Line: 2, Class: fact.Refused}}},
		{"fraction for a whole number", "id,score\n1,9.7\n2,9.0\n3,010\n", 2, []fact.Rejected{{Reason: "score: not a whole number", Count: 1, Line: 2, Class: fact.Refused}}},
		{"word for a number", "id,hours\n1,Infinity\n2,0x10\n3,1.5\n4,many\n", 1, []fact.Rejected{{Reason: "hours: not a number", Count: 3, Line: 2, Class: fact.Refused}}},
		{"yes or no", "id,done\n1,maybe\n", 0, []fact.Rejected{{Reason: "done: not yes or no", Count: 1, Line: 2, Class: fact.Refused}}},
		{"no such day", "id,at\n1,2024-02-30\n2,2023-02-29T00:00:00Z\n", 0, []fact.Rejected{{Reason: "at: not a date", Count: 2, Line: 2, Class: fact.Refused}}},
		{"too many cells", "id,text\n1,a,b\n", 0, []fact.Rejected{{Reason: "more cells than headers", Count: 1, Line: 2, Class: fact.Refused}}},
		{"blank row", "id,text\n , \n1,a\n", 1, []fact.Rejected{{Reason: "blank row", Count: 1, Line: 2, Class: fact.ByRule}}},
		{"header repeated", "id,text\n1,a\nid,text\n", 1, []fact.Rejected{{Reason: "header repeated", Count: 1, Line: 3, Class: fact.ByRule}}},
		{"broken quotes", "id,text\n1,5\" disk\n2,a\n", 1, []fact.Rejected{{Reason: "broken quotes", Count: 1, Line: 2, Class: fact.Refused}}},
		{"cell too long", "id,text\n1," + big + "\n2,a\n", 1, []fact.Rejected{{Reason: "text: a cell over 100 bytes", Count: 1, Line: 2, Class: fact.Refused}}},
		{"nested", "{\"id\":\"1\"}\n{\"id\":{\"a\":1}}\n{\"id\":[1,2]}\n", 1, []fact.Rejected{
			{Reason: "id: a nested value, want text or a number", Count: 1, Line: 2, Class: fact.Refused},
			{Reason: "id: a list, want one value", Count: 1, Line: 3, Class: fact.Refused},
		}},
		{"broken line", "{\"id\":\"1\"}\n{\"id\":\n{\"id\":\"2\"} {}\n", 1, []fact.Rejected{
			{Reason: "not a JSON object on one line", Count: 1, Line: 2, Class: fact.Refused},
			{Reason: "more than one JSON value on the line", Count: 1, Line: 3, Class: fact.Refused},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, im, err := readAll(t, tt.in, Options{MaxField: 100})
			if err != nil {
				t.Fatal(err)
			}
			if im.Used != tt.used {
				t.Errorf("used %d, want %d", im.Used, tt.used)
			}
			if diff := cmp.Diff(tt.want, im.Rejected); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	bomb := gzipped("id,text\n" + strings.Repeat("1,"+strings.Repeat("x", 10_000)+"\n", 1000))
	tests := []struct {
		name, in string
		o        Options
		want     string
	}{
		{"empty", "", Options{}, "file: the file is empty"},
		{"missing with near misses", "idd,scor\n1,9\n", Options{}, `no column "id" (the header has 2 columns; near misses: column 1`},
		{"missing", "a,b\n1,9\n", Options{}, `no column "id" (the header has 2 columns; other accepted names: "`},
		{"missing in JSON", "{\"key\":1}\n", Options{}, `no column "id"`},
		{"configured header missing", "id,NPS scores\n1,9\n", Options{Columns: map[string][]string{"score": {"NPS Score"}}}, `no column "NPS Score" (the header has 2 columns; near misses: column 2); correct the header configured for score`},
		{"unknown column in options", "id\n1\n", Options{Columns: map[string][]string{"nope": {"x"}}}, `unknown column "nope"`},
		{"identity", "id,E-mail\n1,x\n", Options{Columns: map[string][]string{"text": {"E-mail"}}}, "column 2 seems to hold names or addresses"},
		{"ambiguous date", "id,at\n1,3/4/2024\n", Options{}, "line 2: column \"at\": the order of day, month and year is not clear"},
		{"no zone", "id,at\n1,2024-10-15 09:30\n", Options{}, "the stamp names no time zone: set timezone"},
		{"ambiguous number", "id,hours\n1,\"1,234\"\n", Options{}, "1,234 may be a thousand or a fraction"},
		{"quote never closed", "id,text\n1,\"a\n2,b\n", Options{}, "line 2: a quoted cell does not end properly up to line"},
		{"too many bytes", "id\n" + strings.Repeat("1\n", 100), Options{MaxBytes: 100}, "more than 100 bytes: set max_bytes"},
		{"bomb", bomb, Options{}, "refused as a decompression bomb"},
		{"cut gzip", gzipped("id\n" + strings.Repeat("1\n", 100))[:20], Options{}, "unexpected EOF"},
		{"long row", "id,text\n1,\"" + strings.Repeat("x", 200<<10), Options{MaxField: 10}, "one row is longer than 160 bytes"},
		{"long line", "{\"id\":1}\n{\"id\":\"" + strings.Repeat("x", 500), Options{MaxField: 10}, "line 2: longer than 160 bytes"},
		{"object over several lines, cut off", "{\n\"id\":1\n", Options{}, "the file does not end properly"},
		{"broken array", `[{"id":1},`, Options{}, "unexpected EOF"},
		{"array of numbers", `[1,2]`, Options{}, "item 1: want an object"},
		{"windows-1251", page(t, "id,text\n1,Привет\n", charmap.Windows1251), Options{}, "maybe in windows-1251"},
		{"shift-jis", encode(t, "id,text\n1,これはテストです\n", japanese.ShiftJIS), Options{}, "maybe in shift-jis: set encoding"},
		{"gbk", encode(t, "id,text\n1,平台团队的反馈意见\n", simplifiedchinese.GBK), Options{}, "gbk"},
		{"encoding", "id\n1\n", Options{Encoding: "ebcdic"}, `encoding "ebcdic" is unknown`},
		{"header rows", "id\n", Options{HeaderRows: 3}, "the file has 1 rows, want 3 of headers"},
		{"second header row", "id,at\na\"b,c\n1,2\nx,y,z\n", Options{HeaderRows: 2}, "line 2: the header cannot be read: broken quotes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readAll(t, tt.in, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCallback(t *testing.T) {
	in := "id\n1\n2\n3\n"
	im, err := Read(strings.NewReader(in), "file", Options{}, func(line int, p *person) error {
		if line != 1+len(p.ID)*int(p.ID[0]-'0') {
			t.Errorf("row %s on line %d", p.ID, line)
		}
		if p.ID == "2" {
			return Rejectf("status %q is unknown", p.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := fact.Import{File: "file", Read: 3, Used: 2, Rejected: []fact.Rejected{{Reason: `status "2" is unknown`, Count: 1, Line: 3, Class: fact.Refused}}}
	want.Columns.Bound = []fact.BoundColumn{{Field: "id", Header: "id"}}
	if diff := cmp.Diff(want, im); diff != "" {
		t.Errorf("import (-want +got):\n%s", diff)
	}
	stop := errors.New("stop")
	if _, err := Read(strings.NewReader(in), "file", Options{}, func(int, *person) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want stop", err)
	}
}

func TestManyReasonsAreBounded(t *testing.T) {
	var in strings.Builder
	in.WriteString("id\n")
	for i := range 1000 {
		fmt.Fprintln(&in, i)
	}
	im, err := Read(strings.NewReader(in.String()), "file", Options{}, func(_ int, p *person) error { return Reject(p.ID) })
	if err != nil {
		t.Fatal(err)
	}
	checkSum(t, im)
	if n := len(im.Rejected); n != maxReasons+1 {
		t.Errorf("%d reasons, want %d", n, maxReasons+1)
	}
}

// TestHeadersGrow checks that JSON keys which appear late are read, over batches.
func TestHeadersGrow(t *testing.T) {
	in := strings.Repeat("{\"id\":\"1\"}\n", batchSize+5) + "{\"score\":9,\"id\":\"2\"}\n"
	rows, im, err := readAll(t, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[len(rows)-1]; got != "id=2 score=9" || im.Used != batchSize+6 {
		t.Errorf("last row %q of %d", got, im.Used)
	}
}

func TestRowTypes(t *testing.T) {
	if _, err := Read(strings.NewReader("a\n1\n"), "file", Options{}, func(int, *struct {
		A *int `csv:"a"`
	},
	) error {
		return nil
	}); err == nil || !strings.Contains(err.Error(), "needs omitempty") {
		t.Errorf("a pointer without omitempty: %v", err)
	}
	if _, err := Read(strings.NewReader("a\n1\n"), "file", Options{}, func(int, *struct {
		A int `csv:"a"`
	},
	) error {
		return nil
	}); err == nil || !strings.Contains(err.Error(), "cannot hold a cell") {
		t.Errorf("a plain int: %v", err)
	}
	if _, err := Read(strings.NewReader("a\n1\n"), "file", Options{}, func(int, *struct {
		A string `csv:"a,b_c"`
		B string `csv:"bc"`
	},
	) error {
		return nil
	}); err == nil || !strings.Contains(err.Error(), "would be read as a and bc") {
		t.Errorf("a name shared by two fields: %v", err)
	}
}
