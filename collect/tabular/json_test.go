package tabular

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestJSONShapes(t *testing.T) {
	whole := func(total int, more bool) *fact.Whole { return &fact.Whole{Total: total, More: more} }
	tests := []struct {
		name, in string
		o        Options
		want     []string
		whole    *fact.Whole
	}{
		{
			name: "Jira's search, pretty-printed, one of several pages",
			in: `{
  "expand": "schema,names", "startAt": 0, "maxResults": 1, "total": 120,
  "issues": [{"key": "PLAT-1", "id": "10001", "fields": {"created": "2024-10-15T09:30:00.000+0200",
    "labels": ["a", "b"], "status": {"name": "Done", "id": "3"}}}]
}`,
			o:     Options{Columns: map[string][]string{"id": {"key"}, "at": {"fields.created"}, "text": {"fields.status.name"}}},
			want:  []string{"1: id=PLAT-1 at=2024-10-15T07:30:00Z labels=a|b text=Done"},
			whole: whole(120, false),
		},
		{
			name:  "Jira's newer search without a total",
			in:    `{"issues":[{"number":"P-1","fields":{"created_at":"2024-10-15"}}],"nextPageToken":"CA","isLast":false}`,
			want:  []string{"1: id=P-1 at=2024-10-15T00:00:00Z"},
			whole: whole(0, true),
		},
		{
			name: "pages one after another, and the last of them ends the list",
			in: `{"issues":[{"number":1}],"total":3,"isLast":false,"nextPageToken":"x"}` + "\n" +
				`{"issues":[{"number":2},{"number":3}],"total":3,"isLast":true}`,
			want:  []string{"1: id=1", "2: id=2", "3: id=3"},
			whole: whole(3, false),
		},
		{
			name: "gh issue list --json",
			in: `[{"number":7,"title":"t","createdAt":"2024-10-15T09:30:00Z","closedAt":null,"state":"OPEN",
				"labels":[{"id":"L1","name":"question","color":"d876e3"},{"id":"L2","name":"docs","color":"d876e3"}],
				"author":{"login":"ann","name":""},"milestone":null,"assignees":[]}]`,
			want: []string{"1: id=7 at=2024-10-15T09:30:00Z labels=question|docs"},
		},
		{
			name: "a part of each label, by its path",
			in:   `[{"number":7,"labels":[{"id":"L1","name":"question"}]}]`,
			o:    Options{Columns: map[string][]string{"labels": {"labels[].id"}}},
			want: []string{"1: id=7 labels=L1|question"},
		},
		{
			name: "gh api --paginate: arrays one after another",
			in:   `[{"number":1}][{"number":2}]` + "\n",
			want: []string{"1: id=1", "2: id=2"},
		},
		{
			name: "gh api --paginate --slurp: arrays in an array",
			in:   `[[{"number":1}],[],[{"number":2}]]`,
			want: []string{"1: id=1", "2: id=2"},
		},
		{
			name:  "GitHub's search",
			in:    `{"total_count":1,"incomplete_results":false,"items":[{"number":1,"created_at":"2024-10-15T09:30:00Z"}]}`,
			want:  []string{"1: id=1 at=2024-10-15T09:30:00Z"},
			whole: whole(1, false),
		},
		{
			name: "ServiceNow with values for people and of the database",
			in: `{"result":[{"number":{"display_value":"INC1","value":"INC1"},"created_at":{"display_value":"15/10/2024 11:30:00",
				"value":"2024-10-15 09:30:00"},"team":{"display_value":"Payments","link":"https://x/1","value":"0a1b"}}]}`,
			want:  []string{"1: id=INC1 at=2024-10-15T09:30:00Z text=Payments"},
			whole: whole(0, false),
		},
		{
			name: "PagerDuty",
			in: `{"incidents":[{"number":1,"created_at":"2024-10-15T09:30:00Z","team":{"id":"P1","type":"team_reference",
				"summary":"Payments","self":"https://x"}}],"limit":1,"offset":0,"total":null,"more":true}`,
			want:  []string{"1: id=1 at=2024-10-15T09:30:00Z text=Payments"},
			whole: whole(0, true),
		},
		{
			name:  "Opsgenie",
			in:    `{"data":[{"id":"a1","tags":["x"],"createdAt":"2024-10-15T09:30:00Z"}],"paging":{"next":"https://x"},"took":0.1}`,
			want:  []string{"1: id=a1 at=2024-10-15T09:30:00Z"},
			whole: whole(0, true),
		},
		{
			name:  "Zendesk with other lists",
			in:    `{"tickets":[{"id":1}],"users":[{"id":8}],"next_page":null,"count":1}`,
			want:  []string{"1: id=1"},
			whole: whole(1, false),
		},
		{
			name:  "Elasticsearch",
			in:    `{"took":5,"hits":{"total":{"value":2,"relation":"eq"},"hits":[{"_source":{"id":"1","date":"2024-10-15"}}]}}`,
			want:  []string{"1: id=1 at=2024-10-15T00:00:00Z"},
			whole: whole(2, false),
		},
		{
			name:  "GraphQL",
			in:    `{"data":{"search":{"nodes":[{"number":1}],"pageInfo":{"hasNextPage":true}}}}`,
			want:  []string{"1: id=1"},
			whole: whole(0, true),
		},
		{name: "one object, pretty-printed", in: "\ufeff{\n \"number\": 1,\n \"labels\": [{\"name\": \"a\"}]\n}", want: []string{"1: id=1 labels=a"}},
		{name: "objects, pretty-printed", in: "{\n \"number\": 1\n}\n{\n \"number\": 2\n}\n", want: []string{"1: id=1", "2: id=2"}},
		{name: "an empty page", in: `{"issues":[],"total":0}`, whole: whole(0, false)},
		{name: "lines with a list of no objects", in: `{"id":1,"data":[],"values":["a"]}` + "\n" + `{"id":2}`, want: []string{"1: id=1", "2: id=2"}},
		{
			name: "the list that is set", o: Options{Sheet: "requests"},
			in: `{"users":[{"id":1}],"requests":[{"id":2}],"issues":[{"id":3}]}`, want: []string{"1: id=2"}, whole: whole(0, false),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, im, err := readLines(tt.in, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			checkSum(t, im)
			if len(im.Rejected) > 0 {
				t.Errorf("rejected %v", im.Rejected)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.whole, im.Whole); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSONRefused(t *testing.T) {
	var keys strings.Builder
	keys.WriteString(`{"id":1`)
	for i := range maxKeys {
		fmt.Fprintf(&keys, `,"k%d":1`, i)
	}
	tests := []struct {
		name, in, want string
		o              Options
	}{
		{"several lists", `{"data":[{"id":1}],"items":[{"id":2}]}`, "the lists data and items: set sheet", Options{}},
		{"no such list", `{"data":[{"id":1}]}`, "no list of objects has the key", Options{Sheet: "tickets"}},
		{"cut off", `{"issues":[{"id":1},{"id":`, "unexpected EOF", Options{}},
		{"cut off after a row", `[{"id":1}`, "the file does not end properly", Options{}},
		{"a list of texts", `["Ann Miller"]`, "want an object", Options{}},
		{"keys are data", keys.String() + "}", "different keys", Options{}},
		{"broken", "{\n\"id\": 1,\n Ann}", "not valid JSON at byte", Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readLines(tt.in, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "Ann") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// FuzzJSON holds that no JSON makes the reader panic or lose a row, and that one layout has the
// rows of the other.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"labels":[{"name":"a"},{"x":[1]}],"fields":{"at":"2024-10-15"}}`, `{"issues":[{"id":1}],"total":3}`,
		`{"data":{"search":{"nodes":[{"id":{"display_value":"a","value":"2024-10-15 09:00:00"}}]}}}`, `[[{"id":1}],[]]`,
		`{"id":[1],"text":{"name":{}}}`, "{\n\"id\":2\n}{}", `{"hits":{"hits":[{"_source":{"id":1}}],"total":{"value":9}}}`,
	} {
		f.Add([]byte(seed))
	}
	o := Options{Zone: time.UTC, Order: DayFirst, Decimal: '.', People: true, MaxBytes: 1 << 20, MaxField: 1 << 10}
	f.Fuzz(func(t *testing.T, in []byte) {
		read := func(in []byte) (fact.Import, error) {
			im, err := Read(bytes.NewReader(in), "file", o, func(line int, p *person) error {
				if p.ID == "" || line < 1 || !utf8.ValidString(p.Text) || p.Text != Clean(p.Text) {
					t.Errorf("line %d: id %q, text %q", line, p.ID, p.Text)
				}
				return nil
			})
			if err == nil {
				checkSum(t, im)
			}
			return im, err
		}
		one, err := read(in)
		if err != nil || bytes.IndexByte(in, '\n') >= 0 || len(in) == 0 || in[0] != '{' {
			return
		}
		if again, err := read(append([]byte("\n"), in...)); err != nil || again.Used != one.Used {
			t.Errorf("%d rows, with a blank line first %d rows, %v", one.Used, again.Used, err)
		}
	})
}
