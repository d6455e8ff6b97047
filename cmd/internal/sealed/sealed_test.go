package sealed_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/collect/testkit/damage"
)

type row struct {
	Week  time.Time  `json:"week"`
	Value *float64   `json:"value"`
	Since *time.Time `json:"since,omitempty"`
}

type base struct {
	Name string `json:"name"`
}

type file struct {
	Version int            `json:"version"`
	Rows    []row          `json:"rows"`
	Counts  map[string]int `json:"counts,omitempty"`
	Pair    [2]int         `json:"pair"`
	base2
	Nested *base `json:"nested,omitempty"`
}

type base2 struct {
	Note string `json:"note"`
}

var form = sealed.Form{Kind: "history.json", Version: 2, Bare: 1}

func whole(version int) file {
	half := 0.5
	week := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	return file{Version: version, Rows: []row{{Week: week, Value: &half}, {Week: week, Since: &week}}, Counts: map[string]int{"a": 1, "B": 2}}
}

func TestRoundTrip(t *testing.T) {
	indented, err := form.Encode(whole(2))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(indented, []byte("{\n \"sealed\": \"history.json\",\n \"sha256\": \"")) {
		t.Errorf("begins with %.60q", indented)
	}
	compact, err := form.Seal([]byte(`{"version":2,"rows":null,"pair":[1,2],"note":""}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{indented, compact} {
		var f file
		if bare, err := form.Decode(data, &f); bare || err != nil {
			t.Errorf("Decode = %v, %v", bare, err)
		}
	}
	var back file
	if _, err := form.Decode(indented, &back); err != nil || !reflect.DeepEqual(back, whole(2)) {
		t.Errorf("read back %+v, %v", back, err)
	}
	again, err := form.Encode(whole(2))
	if err != nil || !bytes.Equal(indented, again) {
		t.Errorf("not the same bytes twice: %v", err)
	}
	for _, bad := range []string{"", "{}", "[1]", `"x"`, "{ 1"} {
		if _, err := form.Seal([]byte(bad)); err == nil {
			t.Errorf("%q was sealed", bad)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	const good = `{"version":1,"rows":[{"week":"2024-11-04T00:00:00Z","value":1}],"pair":[1,2],"note":"n"}`
	tests := []struct {
		name, data, want string
		is               error
	}{
		{"empty", " \n", "empty", sealed.ErrDamaged},
		{"cut", good[:30], "ends too early", sealed.ErrDamaged},
		{"a list", "[]", "not a JSON object", sealed.ErrDamaged},
		{"more after it", good + "x", "line 1 is not JSON", sealed.ErrDamaged},
		{"a key not known", strings.Replace(good, "rows", "sows", 1), "line 1 has a key that no such file has", sealed.ErrDamaged},
		{"a key missing", strings.Replace(good, `,"note":"n"`, "", 1), `without its key "note"`, sealed.ErrDamaged},
		{"a key missing below", strings.Replace(good, `,"value":1`, "", 1), `without its key "value"`, sealed.ErrDamaged},
		{"a key twice", strings.Replace(good, `"pair":`, `"pair":[3,4],"pair":`, 1), "repeats a key", sealed.ErrDamaged},
		{"other case", strings.Replace(good, `"rows"`, `"Rows"`, 1), "no such file has", sealed.ErrDamaged},
		{"null", strings.Replace(good, `"n"`, "null", 1), "has no value", sealed.ErrDamaged},
		{"null for a time", strings.Replace(good, `"2024-11-04T00:00:00Z"`, "null", 1), "has no value", sealed.ErrDamaged},
		{"a short list", strings.Replace(good, "[1,2]", "[1]", 1), "list of 2 values", sealed.ErrDamaged},
		{"another kind of value", strings.Replace(good, `"n"`, "7", 1), "another form", sealed.ErrDamaged},
		{"no version", strings.Replace(good, `"version":1,`, "", 1), `has no version`, sealed.ErrDamaged},
		{"version in words", strings.Replace(good, `:1,`, `:"1",`, 1), "not a number", sealed.ErrDamaged},
		{"no checksum", strings.Replace(good, `:1,`, `:2,`, 1), "version 2", sealed.ErrBare},
		{"newer", strings.Replace(good, `:1,`, `:3,"more":1,`, 1), "version 3, newer than 2", sealed.ErrNewer},
		{"half a head", strings.Replace(good, `{`, `{"sha256":"x",`, 1), "not whole", sealed.ErrDamaged},
		{"too deep", `{"version":1,"rows":` + strings.Repeat("[", 20_000), "", sealed.ErrDamaged},
	}
	var f file
	if bare, err := form.Decode([]byte(good), &f); !bare || err != nil {
		t.Fatalf("Decode = %v, %v", bare, err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := form.Decode([]byte(tt.data), new(file))
			if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Decode: %v, want %q", err, tt.want)
			}
		})
	}
	other, err := sealed.Form{Kind: "run.json", Version: 2, Bare: 1}.Encode(whole(2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := form.Decode(other, new(file)); err == nil || !strings.Contains(err.Error(), "content is that of run.json") {
		t.Errorf("another kind: %v", err)
	}
	newer, err := sealed.Form{Kind: form.Kind, Version: 3}.Seal([]byte(`{"version":3,"more":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = form.Decode(newer, new(file)); !errors.Is(err, sealed.ErrNewer) || sealed.Next(err, "x") != "upgrade ip3dp" {
		t.Errorf("a newer file: %v", err)
	}
}

// TestDamages: no damage of a file is taken.
func TestDamages(t *testing.T) {
	other, err := sealed.Form{Kind: "run.json", Version: 2}.Encode(whole(2))
	if err != nil {
		t.Fatal(err)
	}
	data, err := form.Encode(whole(2))
	if err != nil {
		t.Fatal(err)
	}
	compact, err := form.Seal([]byte(`{"version":2,"rows":null,"pair":[1,2],"note":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, whole := range [][]byte{data, compact} {
		for _, d := range damage.Make(whole, [][]byte{other}, 2000, 1) {
			if _, err := form.Decode(d.Data, new(file)); err == nil {
				t.Errorf("%s: taken: %q", d.Name, d.Data)
			}
		}
	}
}

// replaceFile is enough of a replacement for a test.
func replaceFile(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o600)
}

func TestFolder(t *testing.T) {
	const former = `{"version":1,"rows":null,"pair":[1,2],"note":"n"}`
	run := sealed.Form{Kind: "run.json", Version: 2, Bare: 1}
	dir := t.TempDir()
	folder := sealed.Folder{Dir: dir, Replace: replaceFile}
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(step string, form sealed.Form, wantBare bool, want error) {
		t.Helper()
		bare, err := folder.Read(form, new(file))
		if bare != wantBare || !errors.Is(err, want) {
			t.Fatalf("%s: %v, %v, want %v, %v", step, bare, err, wantBare, want)
		}
	}
	expect("nothing there", form, false, fs.ErrNotExist)
	put("history.json", former)
	put("run.json", former)
	expect("the former version's", form, true, nil)
	if err := folder.Save(run, whole(2)); err != nil {
		t.Fatal(err)
	}
	expect("its other files are still taken", form, true, nil)
	put("run.json", former)
	expect("but none that had a checksum", run, false, sealed.ErrBare)
	if err := errors.Join(folder.Save(run, whole(2)), os.Remove(at(sealed.RecordFile))); err != nil {
		t.Fatal(err)
	}
	expect("the record is gone", form, false, sealed.ErrBare)
	expect("the record is gone", run, false, nil)
	if err := folder.Save(form, whole(2)); err != nil {
		t.Fatal(err)
	}
	if noted, err := folder.Noted("run.json"); !noted || err != nil {
		t.Errorf("the record is not whole again: %v", err)
	}
	put(sealed.RecordFile, `{"version": 1, "kinds": []}`)
	expect("the record is damaged", form, false, sealed.ErrBare)
	var fault *sealed.FileError
	if _, err := folder.Read(run, new(file)); !errors.As(err, &fault) || fault.Next == "" || fault.Name != at(sealed.RecordFile) {
		t.Errorf("the record is damaged: %v", err)
	}
	elsewhere := sealed.Folder{Dir: t.TempDir(), Replace: replaceFile, Witnesses: []string{at("run.json")}}
	if err := os.WriteFile(filepath.Join(elsewhere.Dir, "history.json"), []byte(former), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Read(form, new(file)); !errors.Is(err, sealed.ErrBare) {
		t.Errorf("beside a sealed site: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	data, err := form.Encode(whole(2))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"rows":[{"week":"2024-11-04T00:00:00Z","value":1}],"pair":[1,2],"note":"n"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v file
		bare, err := form.Decode(data, &v)
		if err == nil && !bare && !sealed.HasHead(data) {
			t.Error("taken for sealed without a head")
		}
	})
}
