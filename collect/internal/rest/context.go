package rest

import "context"

// Shape is what the JSON body of a successful response must be.
type Shape int

// Shapes. An empty body, null, HTML and JSON that is cut off are none of the first
// three.
const (
	Any    Shape = iota // JSON other than null; the default
	Object              // {…}
	Array               // […]
	Raw                 // anything, also nothing: the body is not looked at
)

// String is the word for it in an error.
func (s Shape) String() string {
	switch s {
	case Object:
		return "object"
	case Array:
		return "array"
	case Raw:
		return "bytes"
	default:
		return "value"
	}
}

type contextKey int

const (
	shapeKey contextKey = iota
	queryKey
	retriesKey
	refusedKey
)

// WithShape says what the JSON body of a successful response must be. A response
// that is something else counts as a fault of the forge and is asked for again.
func WithShape(ctx context.Context, s Shape) context.Context {
	return context.WithValue(ctx, shapeKey, s)
}

// WithQuery says that a POST only asks, as GraphQL queries do, or may be repeated
// for another reason. Otherwise only GET and HEAD are retried.
func WithQuery(ctx context.Context) context.Context {
	return context.WithValue(ctx, queryKey, true)
}

// WithRetries replaces Options.Retries, for callers that have something better to
// do than to ask the same again, such as halving a page. Waits for rate limits
// still count as retries: with 0 retries a rate limit is an error too.
func WithRetries(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, retriesKey, max(n, 0))
}

// Refused reports, to Options.Authorize, that the forge just answered 401 to the
// credentials set before.
func Refused(ctx context.Context) bool {
	refused, _ := ctx.Value(refusedKey).(bool)
	return refused
}

func shapeOf(ctx context.Context) Shape {
	s, _ := ctx.Value(shapeKey).(Shape)
	return s
}

func isQuery(ctx context.Context) bool {
	q, _ := ctx.Value(queryKey).(bool)
	return q
}

func retriesOf(ctx context.Context, fallback int) int {
	if n, ok := ctx.Value(retriesKey).(int); ok {
		return n
	}
	return fallback
}
