package publish

import (
	"crypto/md5" // what S3 calls an ETag
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fakeS3 is a store of one bucket: list, get, head, put, delete. It notes every
// write in order, and refuses all after a number of them as a crash would.
type fakeS3 struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string]stored
	log     []string // "PUT x", "DELETE x"
	left    int      // writes until the crash; negative: never
	after   func(s *fakeS3, write string)
}

type stored struct {
	data        []byte
	kind, cache string
}

func newFakeS3(t *testing.T) *fakeS3 {
	t.Helper()
	s := &fakeS3{objects: map[string]stored{}, left: -1}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *fakeS3) bucket(t *testing.T, folder string) *Bucket {
	t.Helper()
	b, err := NewBucket(BucketOptions{
		Endpoint: strings.TrimPrefix(s.URL, "http://"), Insecure: true, Region: "eu-west-1", Bucket: "sites", Folder: folder,
		AccessKey: "AK", SecretKey: "secretsecret", Retries: 1, ContentType: func(name string) string { return "test/" + path.Ext(name) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// setLeft sets the number of writes before it crashes; -1 for no end.
func (s *fakeS3) setLeft(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = n
}

// setAfter sets the call that follows each write.
func (s *fakeS3) setAfter(call func(s *fakeS3, write string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = call
}

// names are the objects there, in order.
func (s *fakeS3) names() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(slices.Sorted(maps.Keys(s.objects)), " ")
}

func (s *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AK/") || strings.Contains(r.URL.String()+r.Header.Get("Authorization"), "secretsecret") {
		s.refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/sites/")
	switch {
	case !ok:
		s.refuse(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodGet && name == "":
		s.list(w, r.URL.Query())
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		o, ok := s.objects[name]
		if !ok {
			s.refuse(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", etag(o.data))
		w.Header().Set("Last-Modified", "Mon, 11 Nov 2024 06:00:00 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(len(o.data)))
		w.Write(o.data) // the test sees it
	default:
		s.change(w, r, name)
	}
}

func (s *fakeS3) change(w http.ResponseWriter, r *http.Request, name string) {
	if s.left == 0 {
		s.refuse(w, http.StatusForbidden, "Crashed")
		return
	}
	s.left--
	s.log = append(s.log, r.Method+" "+name)
	if r.Method == http.MethodDelete {
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	} else {
		body, err := io.ReadAll(r.Body)
		sum := sha256.Sum256(body)
		if err != nil || r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) {
			s.refuse(w, http.StatusBadRequest, "BadDigest")
			return
		}
		s.objects[name] = stored{data: body, kind: r.Header.Get("Content-Type"), cache: r.Header.Get("Cache-Control")}
		w.Header().Set("ETag", etag(body))
	}
	if s.after != nil {
		s.after(s, r.Method+" "+name)
	}
}

func etag(data []byte) string {
	sum := md5.Sum(data) // see above
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// pageSize is small, so that every list has pages.
const pageSize = 2

func (s *fakeS3) list(w http.ResponseWriter, q url.Values) {
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	type content struct {
		Key          string
		Size         int
		ETag         string
		LastModified string
	}
	type common struct{ Prefix string }
	result := struct {
		XMLName        xml.Name `xml:"ListBucketResult"`
		Contents       []content
		CommonPrefixes []common

		IsTruncated           bool
		NextContinuationToken string
	}{}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.objects)) {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || name <= q.Get("continuation-token") {
			continue
		}
		if result.NextContinuationToken != "" && len(result.Contents)+len(result.CommonPrefixes) >= pageSize {
			result.IsTruncated = true
			break
		}
		result.NextContinuationToken = name
		if folder, _, deeper := strings.Cut(rest, delimiter); delimiter != "" && deeper {
			if !seen[folder] {
				result.CommonPrefixes = append(result.CommonPrefixes, common{prefix + folder + delimiter})
			}
			seen[folder] = true
			continue
		}
		data := s.objects[name].data
		result.Contents = append(result.Contents, content{name, len(data), etag(data), "2024-11-11T06:00:00.000Z"})
	}
	xml.NewEncoder(w).Encode(result) // the test sees it
}

func (s *fakeS3) refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code) // the test sees it
}
