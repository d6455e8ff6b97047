package githubtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// serveApp answers what a GitHub App asks with a JWT of its own: who it is, where
// it is installed, and for a token of an installation.
func (s *Server) serveApp(w http.ResponseWriter, r *http.Request, path string) {
	app := s.options.App
	if app == nil {
		s.count("app")
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	if why := s.refuseJWT(r); why != "" {
		s.count("unauthorised")
		fail(w, http.StatusUnauthorized, why)
		return
	}
	installation := object{"id": app.Installation, "app_id": app.ID, "account": object{
		"login": s.world.Organisation,
		"type":  "Organization",
	}, "target_type": "Organization"}
	address := "/app/installations/" + strconv.FormatInt(app.Installation, 10)
	switch {
	case r.Method == http.MethodGet && path == "/app":
		s.send(w, "GET /app", http.StatusOK, object{"id": app.ID, "slug": "collector", "name": "Collector"})
	case r.Method == http.MethodGet && path == "/app/installations":
		s.send(w, "GET /app/installations", http.StatusOK, []any{installation})
	case r.Method == http.MethodGet && path == address:
		s.send(w, "GET /app/installations/{id}", http.StatusOK, installation)
	case r.Method == http.MethodPost && path == address+"/access_tokens":
		expires := s.clock().Add(time.Hour).UTC().Truncate(time.Second)
		s.mu.Lock()
		s.expires = expires
		s.mu.Unlock()
		s.send(w, "POST /app/installations/{id}/access_tokens", http.StatusCreated, object{
			"token": app.Token, "expires_at": stamp(expires), "repository_selection": "all",
			"permissions": object{
				"contents": "read", "deployments": "read", "issues": "read", "metadata": "read",
				"pull_requests": "read",
			},
		})
	default:
		s.count("unknown " + r.Method + " " + path)
		fail(w, http.StatusNotFound, "Not Found")
	}
}

func (s *Server) send(w http.ResponseWriter, kind string, status int, body any) {
	s.count(kind)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nothing to tell it
}

// refuseJWT says why a JWT is not accepted, "" if it is: signed with RS256 by the
// App's key, issued by the App, and valid for ten minutes at most.
func (s *Server) refuseJWT(r *http.Request) string {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "A JSON web token could not be decoded"
	}
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return s.options.App.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(s.clock), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	switch {
	case err != nil:
		return "A JSON web token could not be decoded"
	case claims.Issuer != strconv.FormatInt(s.options.App.ID, 10):
		return "Integration not found"
	case claims.ExpiresAt.Sub(s.clock()) > 10*time.Minute:
		return "'Expiration time' claim ('exp') is too far in the future"
	}
	return ""
}
