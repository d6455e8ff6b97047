package rest

import "context"

// Shape is the required form of a successful response's JSON body.
type Shape int

// Shapes. An empty body, null, HTML and truncated JSON fail all but Raw.
const (
	Any    Shape = iota // JSON other than null; the default
	Object              // {…}
	Array               // […]
	Raw                 // anything, even nothing: the body is not checked
)

// String returns the word for the shape in an error.
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

// WithShape sets the shape that a successful response must have. A response of another shape
// counts as a fault of the forge, and the request is repeated.
func WithShape(ctx context.Context, s Shape) context.Context {
	return context.WithValue(ctx, shapeKey, s)
}

// WithQuery marks a POST as safe to repeat, such as a GraphQL query. Otherwise only GET and
// HEAD are retried.
func WithQuery(ctx context.Context) context.Context {
	return context.WithValue(ctx, queryKey, true)
}

// WithRetries replaces Options.Retries for callers that have a better remedy than the same
// request again, such as a smaller page. Waits for rate limits still count as retries: with 0
// retries a rate limit is an error too.
func WithRetries(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, retriesKey, max(n, 0))
}

// Refused reports to Options.Authorize whether the forge just answered 401 to the credentials
// set before.
func Refused(ctx context.Context) bool {
	refused, _ := ctx.Value(refusedKey).(bool)
	return refused
}

func contextShape(ctx context.Context) Shape {
	s, _ := ctx.Value(shapeKey).(Shape)
	return s
}

func isQuery(ctx context.Context) bool {
	q, _ := ctx.Value(queryKey).(bool)
	return q
}

func contextRetries(ctx context.Context, fallback int) int {
	if n, ok := ctx.Value(retriesKey).(int); ok {
		return n
	}
	return fallback
}
