package testkit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Faults returns all faults of forges. elsewhere is the base URL of a Stranger;
// two of the faults lead there.
func Faults(elsewhere string) []Fault {
	faults := []Fault{
		{Name: "500", Heals: true, spoil: answerStatus(500, "application/json", `{"message":"Server Error"}`)},
		{Name: "502 html", Heals: true, spoil: answerStatus(502, "text/html", badGateway)},
		{Name: "503", Heals: true, spoil: answerStatus(503, "text/plain", "Service Unavailable")},
		{Name: "429 with Retry-After", Heals: true, spoil: answerStatus(429, "text/plain", "Retry later\n", "Retry-After",
			"1")},
		{Name: "429 with a date in Retry-After", Heals: true, spoil: answerStatus(429, "text/plain", "Retry later\n",
			"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")},
		{Name: "429 without Retry-After", Heals: true, spoil: answerStatus(429, "text/plain", "Retry later\n")},
		{
			Name: "secondary limit with Retry-After", GitHubOnly: true, Heals: true,
			spoil: answerStatus(403, "application/json", secondary, "Retry-After", "1"),
		},
		{
			Name: "secondary limit without a header", GitHubOnly: true, Heals: true,
			spoil: answerStatus(403, "application/json", secondary),
		},
		{Name: "primary limit", GitHubOnly: true, Heals: true, spoil: hitPrimaryLimit},
		{Name: "truncated body", Heals: true, fits: hasBody, spoil: truncateBody},
		{Name: "empty 200", Heals: true, spoil: answerStatus(200, "application/json", "")},
		{Name: "html 200", Heals: true, spoil: answerStatus(200, "text/html", "<!DOCTYPE html><html><body>Maintenance</body></html>")},
		{Name: "null", Heals: true, spoil: replaceBody("null")},
		{Name: "gzip bomb", spoil: sendBomb},
		{Name: "connection reset", Heals: true, spoil: resetConn},
		{Name: "hang", Heals: true, Waits: true, spoil: func(_ http.ResponseWriter, x *exchange) { <-x.r.Context().Done() }},
		{
			Name: "drip", Heals: true, Waits: true, fits: hasBody,
			spoil: func(w http.ResponseWriter, x *exchange) { dripBody(w, x, 0) },
		},
		{
			Name: "slow", Heals: true, Harmless: true, fits: hasBody,
			spoil: func(w http.ResponseWriter, x *exchange) { dripBody(w, x, 8) },
		},
		{Name: "401 midway", Credentials: true, spoil: answerStatus(401, "application/json",
			`{"message":"Bad credentials"}`)},
		{Name: "off-host redirect", spoil: func(w http.ResponseWriter, x *exchange) {
			answerStatus(302, "text/html", "", "Location", elsewhere+x.r.URL.RequestURI())(w, x)
		}},
		{Name: "off-host Link", fits: hasNext, spoil: offHost(elsewhere)},
		{Name: "404 for everything", fits: isREST, spoil: answerStatus(404, "application/json", `{"message":"Not Found"}`)},
		{Name: "409 empty repository", fits: isREST, spoil: answerStatus(409, "application/json",
			`{"message":"Git Repository is empty."}`)},
		{Name: "410 issues are off", fits: isREST, spoil: answerStatus(410, "application/json",
			`{"message":"Issues are disabled for this repo"}`)},
		{Name: "451", fits: isREST, spoil: answerStatus(451, "application/json", `{"message":"Repository access blocked"}`)},
	}
	return append(faults, pageFaults()...)
}

// FaultNamed returns the fault of that name; ok is false if there is none.
func FaultNamed(name, elsewhere string) (f Fault, ok bool) {
	for _, f := range Faults(elsewhere) {
		if f.Name == name {
			return f, true
		}
	}
	return Fault{}, false
}

const (
	badGateway = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad " +
		"Gateway</h1></center></body>\r\n</html>\r\n"
	secondary = `{"documentation_url":"https://docs.github.com/free-pro-team@latest/rest/` +
		`overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",` +
		`"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
)

// isREST fits requests that are no GraphQL.
func isREST(x *exchange) bool { return !x.isGraphQL() }

func hasBody(x *exchange) bool { return x.res.Body.Len() > 1 }

// answerStatus answers with a status, a body and pairs of headers.
func answerStatus(code int, contentType, body string, headers ...string) func(http.ResponseWriter, *exchange) {
	return func(w http.ResponseWriter, _ *exchange) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body)) // the client may have gone
	}
}

func replaceBody(body string) func(http.ResponseWriter, *exchange) {
	return func(w http.ResponseWriter, x *exchange) { x.sendBody(w, []byte(body)) }
}

// hitPrimaryLimit answers with the hourly limit, which ends two seconds after the server's
// Date.
func hitPrimaryLimit(w http.ResponseWriter, x *exchange) {
	end := int64(0) // long ago: without a Date the end of the limit is unknown
	if at, err := http.ParseTime(x.res.Header().Get("Date")); err == nil {
		end = at.Add(2 * time.Second).Unix()
	}
	answerStatus(403, "application/json", `{"message":"API rate limit exceeded for user ID 1.",`+
		`"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}`,
		"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", strconv.FormatInt(end, 10))(w, x)
}

// takeConn takes the connection to write to it by hand; nil, after an answer, if the
// server does not give it.
func takeConn(w http.ResponseWriter) net.Conn {
	h, ok := w.(http.Hijacker)
	if !ok {
		http.Error(w, "this server's connections cannot be taken", http.StatusInternalServerError)
		return nil
	}
	conn, _, err := h.Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return nil
	}
	return conn
}

// truncateBody promises the whole body, sends half of it and closes.
func truncateBody(w http.ResponseWriter, x *exchange) {
	conn := takeConn(w)
	if conn == nil {
		return
	}
	defer conn.Close()
	body := x.res.Body.Bytes()
	header := x.res.Header().Clone()
	header.Set("Content-Length", strconv.Itoa(len(body)))
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", x.res.Code, http.StatusText(x.res.Code))
	_ = header.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	b.Write(body[:len(body)/2])
	_, _ = conn.Write(b.Bytes()) // the client may have gone
}

// resetConn closes the connection without an answer, by RST where it is TCP.
func resetConn(w http.ResponseWriter, _ *exchange) {
	conn := takeConn(w)
	if conn == nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // at worst it ends by FIN
	}
	_ = conn.Close()
}

// BombSize is the unpacked size of the gzip bomb, in bytes.
const BombSize = 256 << 20

// packedBomb is spaces, which JSON allows before a value, so that a reader goes on:
// a mebibyte, packed once and repeated, since members of a gzip stream add up.
var packedBomb = sync.OnceValue(func() []byte {
	const size = 1 << 20
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(bytes.Repeat([]byte(" "), size)) // a buffer takes everything
	_ = z.Close()
	return bytes.Repeat(b.Bytes(), BombSize/size)
})

func sendBomb(w http.ResponseWriter, x *exchange) {
	w.Header().Set("Content-Encoding", "gzip")
	x.sendBody(w, packedBomb())
}

// dripBody sends the body in that many pieces, five milliseconds apart; 0: it sends a
// space every five milliseconds and never ends.
func dripBody(w http.ResponseWriter, x *exchange, pieces int) {
	flusher, _ := w.(http.Flusher)
	body := x.res.Body.Bytes()
	endless := pieces == 0
	if endless {
		pieces, body = 1<<30, []byte(" ")
	}
	x.sendBody(w, nil)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	size := (len(body) + pieces - 1) / pieces
	for n := 0; n < pieces; n++ {
		piece := body
		if !endless {
			piece = body[min(n*size, len(body)):min((n+1)*size, len(body))]
		}
		if _, err := w.Write(piece); err != nil {
			return
		}
		if flusher != nil {
			flusher.Flush()
		}
		select {
		case <-ticker.C:
		case <-x.r.Context().Done():
			return
		}
	}
}

// offHost leads the links of a list to another host.
func offHost(elsewhere string) func(http.ResponseWriter, *exchange) {
	return func(w http.ResponseWriter, x *exchange) {
		links := x.res.Header().Get("Link")
		own := "http://" + x.r.Host
		x.res.Header().Set("Link", strings.ReplaceAll(links, own, elsewhere))
		x.sendBody(w, x.res.Body.Bytes())
	}
}
