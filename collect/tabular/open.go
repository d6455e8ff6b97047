package tabular

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// sampleSize is the size of the sample for guesses, in bytes.
const sampleSize = 64 << 10

// ratioFloor is the decompressed size below which any ratio is allowed: small repetitive files
// compress well without being bombs.
const ratioFloor = 8 << 20

// textFile is an open file: its bytes in UTF-8 or a single-byte code page, the charset of the
// latter, and the guesses.
type textFile struct {
	*bufio.Reader
	charset   *charset
	notes     []string
	isArchive bool // a zip archive: its bytes are not text
}

// openText decompresses a file, decodes UTF-16, and finds the single-byte code page.
func openText(r io.Reader, o Options) (*textFile, error) {
	plain, err := decompress(r, o)
	if err != nil {
		return nil, err
	}
	declared := strings.ToLower(o.Encoding)
	t := &textFile{charset: newCharset(declared)}
	b := bufio.NewReaderSize(plain, sampleSize)
	head, err := b.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := refuseBinary(head); err != nil {
		return nil, err
	}
	if t.Reader = b; bytes.HasPrefix(head, []byte(zipMagic)) {
		t.isArchive = true
		return t, nil
	}
	switch name := findUnicode(head, declared); name {
	case utf16LEName, utf16BEName:
		if declared == "" {
			t.notes = append(t.notes, "encoding "+name+" (detected)")
		}
		b = bufio.NewReaderSize(decodeUTF16(b, name), sampleSize)
		if head, err = b.Peek(sampleSize); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	case utf8Name:
		_, _ = b.Discard(len(utf8BOM))
		head = head[len(utf8BOM):]
	}
	if sample := trimCutRune(head); declared == "" && !utf8.Valid(sample) {
		t.charset.setPage(guessPage(string(sample)))
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		t.notes = append(t.notes, "line ends are bare carriage returns")
		b = bufio.NewReaderSize(carriageReturns{b}, sampleSize)
	}
	t.Reader = b
	return t, nil
}

const utf8BOM = "\xef\xbb\xbf"

// findUnicode returns the UTF-16 variant, or utf8Name if there is a UTF-8 byte order mark to
// skip, or "".
func findUnicode(head []byte, declared string) string {
	switch {
	case bytes.HasPrefix(head, []byte(utf8BOM)):
		return utf8Name
	case declared == utf16LEName || declared == utf16BEName:
		return declared
	case declared != "":
		return ""
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16LEName
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16BEName
	}
	// Without a mark: ASCII text in UTF-16 has every second byte zero.
	even, odd := 0, 0
	n := min(len(head), 1024) &^ 1
	for i := 0; i < n; i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch pairs := n / 2; {
	case pairs == 0:
		return ""
	case odd*4 > pairs*3 && even*4 < pairs:
		return utf16LEName
	case even*4 > pairs*3 && odd*4 < pairs:
		return utf16BEName
	}
	return ""
}

func decodeUTF16(r io.Reader, name string) io.Reader {
	order := unicode.LittleEndian
	if name == utf16BEName {
		order = unicode.BigEndian
	}
	return unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(r)
}

// trimCutRune drops a rune that the end of the sample has cut in two.
func trimCutRune(b []byte) []byte {
	for cut := 1; cut < utf8.UTFMax && cut <= len(b); cut++ {
		if tail := b[len(b)-cut:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return b[:len(b)-cut]
			}
			break
		}
	}
	return b
}

// carriageReturns turns the line ends of old Mac files into newlines.
type carriageReturns struct{ r io.Reader }

func (c carriageReturns) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// decompress decompresses gzip, recognised by its magic number, with caps on size and ratio.
// The cap on size applies to plain files too.
func decompress(r io.Reader, o Options) (io.Reader, error) {
	in := &counter{r: r}
	b := bufio.NewReaderSize(in, sampleSize)
	magic, err := b.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	capped := &capReader{r: b, in: in, maxBytes: o.MaxBytes}
	if len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("broken gzip header: %w", err)
		}
		capped.r, capped.maxRatio = z, o.MaxRatio
	}
	return capped, nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

type capReader struct {
	r                  io.Reader
	in                 *counter
	n                  int64
	maxBytes, maxRatio int64
}

func (c *capReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if limit := checkSize(c.n, c.in.n, c.maxBytes, c.maxRatio); limit != nil {
		return n, limit
	}
	return n, err
}

// checkSize refuses more bytes than allowed, and more than the ratio allows for the size in its
// compressed form.
func checkSize(n, compressed, maxBytes, maxRatio int64) error {
	if n > maxBytes {
		return fmt.Errorf("more than %d bytes: set max_bytes of the source, or of [surveys], in config.toml, or split the file",
			maxBytes)
	}
	if maxRatio > 0 && n > ratioFloor && n > compressed*maxRatio {
		return fmt.Errorf("decompresses to more than %d times its size: refused as a decompression bomb", maxRatio)
	}
	return nil
}
