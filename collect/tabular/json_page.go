package tabular

import (
	"encoding/json"
	"strconv"
)

// pagingKeys are the keys of an API's page that describe the whole list.
var pagingKeys = map[string]bool{
	"total": true, "total_count": true, "totalCount": true, "count": true, "startAt": true, "maxResults": true,
	"isLast": true, "nextPageToken": true, "next_page_token": true, "next_page": true, "next": true, "nextPage": true,
	"nextLink": true, "@odata.nextLink": true, "more": true, "has_more": true, "hasMore": true, "incomplete_results": true,
	"offset": true, "limit": true, "page": true, "per_page": true, "paging": true, "pagination": true, "meta": true,
	"links": true, "_links": true, "pageInfo": true, "page_info": true,
}

// paging collects what the pages of a file give about the whole list.
type paging struct {
	seen  bool // a page was read
	total int  // the largest total
	more  bool // the last page has a successor

	next bool  // so far, of the open page
	last *bool // the same, if the page has a yes or no
}

// add reads a key of a page, or an object of such keys.
func (p *paging) add(key string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if key == "total" { // {"value": 10000, "relation": "gte"}
			p.add("total", v["value"])
		}
		if pagingKeys[key] {
			for inner, x := range v {
				if _, nested := x.(map[string]any); !nested || inner == "total" {
					p.addNested(inner, x)
				}
			}
		}
	case json.Number:
		n, err := strconv.Atoi(v.String())
		if err != nil {
			return
		}
		switch key {
		case "total", "total_count", "totalCount", "count":
			p.total = max(p.total, n)
		case "next_page", "nextPage", "next":
			p.next = true
		}
	case bool:
		switch key {
		case "more", "has_more", "hasMore", "hasNextPage", "incomplete_results":
			p.last = new(bool)
			*p.last = !v
		case "isLast":
			p.last = &v
		}
	case string:
		switch key {
		case "nextPageToken", "next_page_token", "next_page", "nextPage", "next", "nextLink", "@odata.nextLink":
			p.next = p.next || v != ""
		}
	}
}

// addNested reads a key of an object such as "meta". Its counts need not be those of the rows,
// unless they are totals.
func (p *paging) addNested(key string, value any) {
	switch key {
	case "count":
	case "totalElements", "total_items", "totalItems":
		p.add("total", value)
	default:
		p.add(key, value)
	}
}

// endPage ends a page. Only the last page of a file decides whether another one follows.
func (p *paging) endPage() {
	p.seen, p.more = true, p.next
	if p.last != nil {
		p.more = !*p.last
	}
	p.next, p.last = false, nil
}
