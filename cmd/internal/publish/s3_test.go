package publish

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is a page of a site that links to others and loads assets.
func page(refs ...string) string {
	var b strings.Builder
	for _, r := range refs {
		b.WriteString(`<a href="` + r + `">`)
	}
	return b.String()
}

var (
	oldSite = map[string]string{
		"index.html": page("a.html", "assets/site.11111111.css"), "a.html": page("assets/site.11111111.css"),
		"assets/site.11111111.css": "old", "gone.html": page("assets/site.11111111.css"),
	}
	newSite = map[string]string{
		"index.html": page("a.html", "b.html", "assets/site.22222222.css"), "a.html": page("b.html", "assets/site.22222222.css"),
		"b.html": page("assets/site.22222222.css"), "assets/site.22222222.css": "new",
	}
)

func TestBucket(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "x/site")
	s.objects["x/other"], s.objects["y"] = stored{}, stored{}
	got, err := b.Publish(t.Context(), open(t, oldSite), "", day)
	if err != nil || got.Written != 6 || got.Removed != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	o := s.objects["x/site/assets/site.11111111.css"]
	if string(o.data) != "old" || o.kind != "test/.css" || o.cache != "public, max-age=31536000, immutable" {
		t.Errorf("stylesheet %q, %q, %q", o.data, o.kind, o.cache)
	}
	if o := s.objects["x/site/index.html"]; o.cache != "public, max-age=0, must-revalidate" {
		t.Errorf("page: %q", o.cache)
	}
	// The same again writes nothing at all.
	s.log = nil
	if got, err = b.Publish(t.Context(), open(t, oldSite), "", day); err != nil || got.Unchanged != 6 || len(s.log) != 0 {
		t.Errorf("%+v, %v, %q", got, err, s.log)
	}
	// A preview is beside it, and stays when the site is replaced.
	if _, err = b.Publish(t.Context(), open(t, oldSite), "previews/pr-1", day); err != nil {
		t.Fatal(err)
	}
	s.objects["x/site/previews/by-hand/index.html"] = stored{}
	s.objects["x/site/robots.txt"] = stored{}
	s.log = nil
	if got, err = b.Publish(t.Context(), open(t, newSite), "", day); err != nil || got.Written != 5 || got.Unchanged != 1 || got.Removed != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	want := []string{
		"PUT .ip3dp-published.json", "PUT assets/site.22222222.css", "PUT b.html", "PUT a.html", "PUT index.html", "PUT data/manifest.json",
		"DELETE gone.html", "DELETE assets/site.11111111.css", "PUT .ip3dp-published.json",
	}
	if order := strings.ReplaceAll(strings.Join(s.log, ","), "x/site/", ""); order != strings.Join(want, ",") {
		t.Errorf("order %s", order)
	}
	for _, stays := range []string{"x/other", "y", "x/site/robots.txt", "x/site/previews/by-hand/index.html", "x/site/previews/pr-1/gone.html"} {
		if _, ok := s.objects[stays]; !ok {
			t.Errorf("%s is gone", stays)
		}
	}
	// Removed is the preview, and what somebody put beside it stays.
	s.objects["x/site/previews/pr-1/note.txt"] = stored{}
	if got, err = b.Remove(t.Context(), "previews/pr-1", day); err != nil || got.Removed != 6 || len(got.Previews) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = b.Remove(t.Context(), "previews/pr-1", day); err != nil || got.Removed != 0 || len(got.Previews) != 0 {
		t.Errorf("again: %+v, %v", got, err)
	}
	if names := s.names(); strings.Count(names, "previews/pr-1/") != 1 || !strings.Contains(names, "previews/pr-1/note.txt") {
		t.Errorf("objects %s", names)
	}
}

var refs = regexp.MustCompile(`href="([^"]+)"`)

// Whenever a run dies, and at every moment before, what a page names is there; and
// the next run, of whichever site, makes it whole.
func TestBucketCrashes(t *testing.T) {
	for crash := range 11 {
		s := newFakeS3(t)
		b := s.bucket(t, "")
		if _, err := b.Publish(t.Context(), open(t, oldSite), "", day); err != nil {
			t.Fatal(err)
		}
		s.setAfter(func(s *fakeS3, write string) {
			for name, o := range s.objects {
				for _, m := range refs.FindAllSubmatch(o.data, -1) {
					if _, ok := s.objects[string(m[1])]; !ok {
						t.Errorf("after %s: %s names %s, which is not there", write, name, m[1])
					}
				}
			}
		})
		s.setLeft(crash)
		_, err := b.Publish(t.Context(), open(t, newSite), "", day)
		if died := crash < 9; died != (err != nil) {
			t.Fatalf("crash after %d writes: %v", crash, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "Crashed") || strings.Contains(err.Error(), "Signature")) {
			t.Errorf("error %v", err)
		}
		s.setLeft(-1)
		next, want := newSite, newSite
		if crash%2 == 1 { // the one before is published again
			next, want = oldSite, oldSite
		}
		if _, err := b.Publish(t.Context(), open(t, next), "", day); err != nil {
			t.Fatal(err)
		}
		if n := len(s.objects); n != len(want)+3 {
			t.Errorf("crash after %d writes: then %d objects: %s", crash, n, s.names())
		}
		for name, text := range want {
			if got := string(s.objects[name].data); got != text {
				t.Errorf("crash after %d writes: then %s is %q, want %q", crash, name, got, text)
			}
		}
	}
}

// A first run that died knows what is its own.
func TestBucketFirstCrash(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "")
	s.setLeft(3)
	if _, err := b.Publish(t.Context(), open(t, oldSite), "", day); err == nil {
		t.Fatal("it did not die")
	}
	s.setLeft(-1)
	if _, err := b.Publish(t.Context(), open(t, newSite), "", day); err != nil {
		t.Fatal(err)
	}
	if names := s.names(); names != ".ip3dp-published.json a.html assets/site.22222222.css b.html data/manifest.json data/run.json index.html" {
		t.Errorf("objects %s", names)
	}
}

// Objects of others are neither replaced nor removed.
func TestBucketOfAnother(t *testing.T) {
	s := newFakeS3(t)
	s.objects["index.html"] = stored{data: []byte("theirs")}
	if _, err := s.bucket(t, "").Publish(t.Context(), open(t, oldSite), "", day); err == nil || !strings.Contains(err.Error(), "index.html is there and was not published by ip3dp") {
		t.Errorf("got %v", err)
	}
	if s.names() != "index.html" || string(s.objects["index.html"].data) != "theirs" {
		t.Errorf("objects %s", s.names())
	}
	s.objects[Receipt] = stored{data: []byte(`{"version":1,"tool":"ip3dp","at":"2024-11-11T00:00:00Z","files":{"../x":{}}}`)}
	if _, err := s.bucket(t, "").Publish(t.Context(), open(t, oldSite), "", day); err == nil || !strings.Contains(err.Error(), "not a file of a site") {
		t.Errorf("a forged receipt: %v", err)
	}
}

func TestBucketPrunes(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "site")
	for prefix, age := range map[string]int{"": 100, "previews/old": 20, "previews/new": 3} {
		t.Run(prefix, func(t *testing.T) {
			if _, err := b.Publish(t.Context(), open(t, nil), prefix, day.AddDate(0, 0, -age)); err != nil {
				t.Fatal(err)
			}
		})
	}
	s.objects["site/previews/by-hand/index.html"] = stored{}
	got, err := b.Prune(t.Context(), day.AddDate(0, 0, -14), day)
	if err != nil || !slices.Equal(got.Previews, []string{"previews/old"}) {
		t.Errorf("%+v, %v", got, err)
	}
	want := "site/.ip3dp-published.json site/data/manifest.json site/data/run.json site/previews/by-hand/index.html site/previews/new/.ip3dp-published.json site/previews/new/data/manifest.json site/previews/new/data/run.json"
	if s.names() != want {
		t.Errorf("objects %s", s.names())
	}
}

// What somebody deleted or cut short by hand is written again.
func TestBucketMends(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "")
	if _, err := b.Publish(t.Context(), open(t, oldSite), "", day); err != nil {
		t.Fatal(err)
	}
	delete(s.objects, "a.html")
	s.objects["gone.html"] = stored{data: []byte("cut")}
	if got, err := b.Publish(t.Context(), open(t, oldSite), "", day); err != nil || got.Written != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if string(s.objects["gone.html"].data) != oldSite["gone.html"] {
		t.Error("it was not mended")
	}
}

func TestBucketRefuses(t *testing.T) {
	s := newFakeS3(t)
	o := s.bucket(t, "").o
	o.Bucket = "missing"
	b, err := NewBucket(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(t.Context(), open(t, nil), "", day); err == nil || !strings.Contains(err.Error(), "s3://missing") {
		t.Errorf("got %v", err)
	}
	for _, o := range []BucketOptions{
		{Endpoint: "https://x/y", Bucket: "sites"}, {Endpoint: "", Bucket: "sites"}, {Endpoint: "x", Bucket: "a/b"}, {Endpoint: "x"},
	} {
		if _, err := NewBucket(o); err == nil {
			t.Errorf("%q of %q is taken for a bucket", o.Bucket, o.Endpoint)
		}
	}
}

// A name that needs escaping is signed as it is sent, and Amazon's buckets have
// hosts of their own.
func TestObjectAddresses(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "")
	const name = "ü b/100%+~'x.html"
	if err := b.objects.put(t.Context(), name, []byte("x"), "text/html", ""); err != nil || s.names() != name {
		t.Errorf("%v: objects %q, want %q", err, s.names(), name)
	}
	if err := errors.Join(b.objects.remove(t.Context(), name), b.objects.remove(t.Context(), name)); err != nil || s.names() != "" {
		t.Errorf("%v: objects %q, want none", err, s.names())
	}
	for bucket, want := range map[string]string{
		"sites":      "https://sites.s3.eu-west-1.amazonaws.com/",
		"sites.acme": "https://s3.eu-west-1.amazonaws.com/sites.acme/",
	} {
		t.Run(bucket, func(t *testing.T) {
			o, err := newObjects(&BucketOptions{Endpoint: "s3.eu-west-1.amazonaws.com", Bucket: bucket})
			if err != nil || o.base.String() != want {
				t.Errorf("%s: %v, %v, want %s", bucket, o.base.String(), err, want)
			}
		})
	}
}

// TestBucketDamagedReceipt: the manifest decides; without it, --adopt does.
func TestBucketDamagedReceipt(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "")
	if _, err := b.Publish(t.Context(), open(t, oldSite), "", day); err != nil {
		t.Fatal(err)
	}
	s.objects[Receipt] = stored{data: []byte("{")}
	if _, err := b.Publish(t.Context(), open(t, newSite), "", day); err != nil || strings.Contains(s.names(), "gone.html") {
		t.Errorf("%v: %s", err, s.names())
	}
	s.objects[Receipt], s.objects[ManifestPath] = stored{data: []byte("{")}, stored{data: []byte("{")}
	if _, err := b.Publish(t.Context(), open(t, newSite), "", day); err == nil || !strings.Contains(err.Error(), "--adopt") {
		t.Errorf("both damaged: %v", err)
	}
	b.o.Adopt = true
	if _, err := b.Publish(t.Context(), open(t, newSite), "", day); err != nil {
		t.Error(err)
	}
}
