package gitlabtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

func unescapePath(s string) string {
	text, err := url.PathUnescape(s)
	if err != nil {
		return s
	}
	return text
}

func (q *request) intParam(name string, fallback int) int {
	n, err := strconv.Atoi(q.URL.Query().Get(name))
	if err != nil || n < 1 {
		return fallback
	}
	return n
}

// pageBounds returns the bounds of a page of a list of so many items: by number, or with
// pagination=keyset by the number of the last item seen. counted means that totals are shown.
func (q *request) pageBounds(total int, counted bool) (from, to int) {
	per := min(q.intParam("per_page", 20), 100)
	keyset := q.URL.Query().Get("pagination") == "keyset"
	page := q.intParam("page", 1)
	if keyset {
		page = q.intParam("cursor", 1)
	}
	from = min((page-1)*per, total)
	to = min(from+per, total)
	h := q.w.Header()
	last := max((total+per-1)/per, 1)
	h.Set("X-Per-Page", strconv.Itoa(per))
	if !keyset {
		h.Set("X-Page", strconv.Itoa(page))
		h.Set("X-Next-Page", "")
		h.Set("X-Prev-Page", "")
		if counted && total <= q.s.o.MaxTotal {
			h.Set("X-Total", strconv.Itoa(total))
			h.Set("X-Total-Pages", strconv.Itoa(last))
		}
	}
	if to < total {
		name := "page"
		if keyset {
			name = "cursor"
		} else {
			h.Set("X-Next-Page", strconv.Itoa(page+1))
		}
		h.Add("Link", q.formatLink(name, page+1, "next"))
	}
	return from, to
}

func (q *request) formatLink(name string, page int, rel string) string {
	v := q.URL.Query()
	v.Set(name, strconv.Itoa(page))
	return fmt.Sprintf(`<http://%s%s?%s>; rel="%s"`, q.Host, q.URL.EscapedPath(), v.Encode(), rel)
}

// sendList answers with a page of items.
func sendList[T any](q *request, items []T, counted bool, show func(T) any) {
	from, to := q.pageBounds(len(items), counted)
	page := make([]any, 0, to-from)
	for _, item := range items[from:to] {
		page = append(page, show(item))
	}
	q.sendJSON(page)
}

// updatedAfter returns the parameter updated_after; ok is false when it was answered with 400.
func (q *request) updatedAfter() (t time.Time, ok bool) {
	text := q.URL.Query().Get("updated_after")
	if text == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		q.sendError(http.StatusBadRequest, "updated_after is invalid")
		return t, false
	}
	return t, true
}

// sortItems sorts a list by the field of order_by, newest first unless asked otherwise.
func sortItems[T any](q *request, items []T, by map[string]func(T) int64) []T {
	key, ok := by[q.URL.Query().Get("order_by")]
	if !ok {
		key = by[""]
	}
	slices.SortStableFunc(items, func(a, b T) int {
		x, y := key(a), key(b)
		if q.URL.Query().Get("sort") != "asc" {
			x, y = y, x
		}
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return items
}
