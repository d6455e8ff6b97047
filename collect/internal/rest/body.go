package rest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// unzippers holds decompressors for reuse: a new one costs 40 kB.
var unzippers sync.Pool

// readBody reads and decompresses a body of at most so many bytes, and closes it. It adjusts
// the headers to the decompressed body.
func readBody(resp *http.Response, most int64) ([]byte, error) {
	defer resp.Body.Close()
	var r io.Reader = resp.Body
	size := resp.ContentLength
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		if size > most {
			return nil, ErrTooLarge
		}
	case "gzip", "x-gzip":
		if resp.Request != nil && resp.Request.Method == http.MethodHead || size == 0 {
			break
		}
		z, err := getUnzipper(resp.Body)
		if err != nil {
			return nil, err
		}
		defer unzippers.Put(z)
		r, size = z, -1
	default:
		return nil, fmt.Errorf("body has the encoding %q, only gzip was offered", encoding)
	}
	data, err := readAtMost(r, size, most)
	if err != nil {
		return nil, err
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.Uncompressed = size < 0
	resp.ContentLength = int64(len(data))
	return data, nil
}

func getUnzipper(r io.Reader) (*gzip.Reader, error) {
	if z, ok := unzippers.Get().(*gzip.Reader); ok {
		if err := z.Reset(r); err != nil {
			unzippers.Put(z)
			return nil, rejectEarlyEnd(err)
		}
		return z, nil
	}
	z, err := gzip.NewReader(r)
	return z, rejectEarlyEnd(err)
}

// rejectEarlyEnd turns io.EOF in the middle of an input into io.ErrUnexpectedEOF.
func rejectEarlyEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readAtMost works as io.ReadAll and fails above most bytes. It reads in pieces and joins them
// at the end, so that a rejected body costs no more than most bytes.
func readAtMost(r io.Reader, size, most int64) ([]byte, error) {
	const first, largest = 8 << 10, 1 << 20
	var pieces [][]byte
	var total int64
	next := int64(first)
	if size >= 0 {
		next = min(size+1, largest) // one more byte sees the end without growing
	}
	for {
		piece := make([]byte, min(next, most+1-total))
		n, err := readFull(r, piece)
		total += int64(n)
		pieces = append(pieces, piece[:n])
		switch {
		case total > most:
			return nil, ErrTooLarge
		case err == io.EOF && len(pieces) == 1:
			return pieces[0], nil
		case err == io.EOF:
			return bytes.Join(pieces, nil), nil
		case err != nil:
			return nil, err
		}
		next = min(next*2, largest)
	}
}

// readFull works as io.ReadFull, but returns io.EOF at the end of the input even after some
// bytes. An io.ErrUnexpectedEOF then comes from the reader: its input was cut off.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// checkShape returns the reason why a body is not JSON of the shape, or "".
func checkShape(s Shape, contentType string, body []byte) string {
	if s == Raw {
		return ""
	}
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 {
		return "the body is empty"
	}
	if !isJSON(contentType) {
		return fmt.Sprintf("the body is %q, not JSON", contentType)
	}
	switch first := trimmed[0]; {
	case first == 'n':
		return "the body is null"
	case s == Object && first != '{', s == Array && first != '[':
		return "the body is not a JSON " + s.String()
	}
	if !json.Valid(body) {
		return "the body is not complete JSON"
	}
	return ""
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}
