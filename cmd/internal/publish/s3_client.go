package publish

import (
	"bytes"
	"context"
	"crypto/md5" // required by the protocol, against damage and not attacks
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/minio/minio-go/v7/pkg/signer"
)

// objectClient sends the four requests of the S3 API that publishing needs. A library makes the
// signatures, the hard part. The library's whole client would make the program a tenth larger.
type objectClient struct {
	client *http.Client
	o      *BucketOptions
	base   url.URL // of the bucket: objects are below its path
}

// refusal is a store's answer to a failed request.
type refusal struct {
	Status  int    `xml:"-"`
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// errNoObject means that the object does not exist.
var errNoObject = errors.New("no such object")

func newObjects(o *BucketOptions) (*objectClient, error) {
	if err := s3utils.CheckValidBucketName(o.Bucket); err != nil {
		return nil, err
	}
	if u, err := url.Parse("https://" + o.Endpoint); err != nil || o.Endpoint == "" || u.Host != o.Endpoint {
		return nil, fmt.Errorf("%q is not the host of a store", o.Endpoint)
	}
	base := url.URL{Scheme: "https", Host: o.Endpoint, Path: "/" + o.Bucket + "/"}
	if o.Insecure {
		base.Scheme = "http"
	}
	// Amazon has a host name for every bucket and will drop the other form. A dot in the
	// bucket's name would not match the certificate.
	if strings.HasSuffix(o.Endpoint, ".amazonaws.com") && !strings.Contains(o.Bucket, ".") {
		base.Host, base.Path = o.Bucket+"."+o.Endpoint, "/"
	}
	c := retryablehttp.NewClient()
	c.Logger = log.New(io.Discard, "", 0) // addresses are signed
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = 5 * time.Minute
	if o.Transport != nil {
		c.HTTPClient.Transport = o.Transport
	}
	if o.Retries > 0 {
		c.RetryMax = o.Retries - 1
	}
	return &objectClient{c.StandardClient(), o, base}, nil
}

// send sends a signed request and returns the answer, or a refusal as error.
func (s *objectClient) send(ctx context.Context, method, name string, query url.Values, header http.Header,
	body []byte,
) (*http.Response, error) {
	u := s.base
	u.Path += name
	// Encoded as in the signature: the two must not differ.
	u.RawPath = s3utils.EncodePath(u.Path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for key, values := range header {
		r.Header[key] = values
	}
	sum := sha256.Sum256(body)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	r = signer.SignV4(*r, s.o.AccessKey, s.o.SecretKey, s.o.SessionToken, s.o.Region)
	answer, err := s.client.Do(r)
	if err != nil {
		var address *url.Error // which repeats the request
		if errors.As(err, &address) {
			err = address.Err
		}
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close() // read only
	return nil, readRefusal(answer)
}

// readRefusal returns the store's reason for refusing a request. The answer may have no body.
func readRefusal(answer *http.Response) error {
	said := refusal{Status: answer.StatusCode}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10)) // the status is enough
	if xml.Unmarshal(text, &said) != nil || said.Code == "" {
		said.Code, said.Message = "refused", answer.Status
	}
	if answer.StatusCode == http.StatusNotFound && said.Code != "NoSuchBucket" {
		return fmt.Errorf("%w: %w", errNoObject, &said)
	}
	return &said
}

func (s *objectClient) put(ctx context.Context, name string, data []byte, contentType, cacheControl string) error {
	sum := md5.Sum(data) // see the import
	answer, err := s.send(ctx, http.MethodPut, name, nil, http.Header{
		"Content-Type": {contentType}, "Cache-Control": {cacheControl},
		"Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])},
	}, data)
	return errors.Join(err, drain(answer))
}

// get reads an object of at most limit bytes. It returns errNoObject if there is none.
func (s *objectClient) get(ctx context.Context, name string, limit int64) ([]byte, error) {
	answer, err := s.send(ctx, http.MethodGet, name, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, limit))
	return data, errors.Join(err, answer.Body.Close())
}

// remove removes an object. A missing one is not an error.
func (s *objectClient) remove(ctx context.Context, name string) error {
	answer, err := s.send(ctx, http.MethodDelete, name, nil, nil, nil)
	if errors.Is(err, errNoObject) {
		return nil
	}
	return errors.Join(err, drain(answer))
}

// listing is a page of objects.
type listing struct {
	Contents []struct {
		Key  string
		Size int64
	}
	CommonPrefixes        []struct{ Prefix string }
	IsTruncated           bool
	NextContinuationToken string
}

// list calls each for every page of the objects whose names begin with prefix. With a delimiter
// the page has the beginnings of names up to it.
func (s *objectClient) list(ctx context.Context, prefix, delimiter string, each func(*listing)) error {
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	if delimiter != "" {
		query.Set("delimiter", delimiter)
	}
	for {
		answer, err := s.send(ctx, http.MethodGet, "", query, nil, nil)
		if err != nil {
			return err
		}
		var page listing
		err = xml.NewDecoder(io.LimitReader(answer.Body, receiptLimit)).Decode(&page)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return fmt.Errorf("list of objects: %w", err)
		}
		each(&page)
		switch {
		case !page.IsTruncated:
			return nil
		case page.NextContinuationToken == "" || page.NextContinuationToken == query.Get("continuation-token"):
			return errors.New("list of objects: the store has more objects, but gives no marker for them")
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

// drain reads an unneeded answer to its end, so that its connection can be reused.
func drain(answer *http.Response) error {
	if answer == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	return errors.Join(err, answer.Body.Close())
}
