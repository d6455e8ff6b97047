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
		s.countRequest("app")
		sendError(w, http.StatusNotFound, "Not Found")
		return
	}
	if why := s.refuseJWT(r); why != "" {
		s.countRequest("unauthorised")
		sendError(w, http.StatusUnauthorized, why)
		return
	}
	installation := object{"id": app.Installation, "app_id": app.ID, "account": object{
		"login": s.world.Organisation,
		"type":  "Organization",
	}, "target_type": "Organization"}
	address := "/app/installations/" + strconv.FormatInt(app.Installation, 10)
	switch {
	case r.Method == http.MethodGet && path == "/app":
		s.sendJSON(w, "GET /app", http.StatusOK, object{"id": app.ID, "slug": "collector", "name": "Collector"})
	case r.Method == http.MethodGet && path == "/app/installations":
		s.sendJSON(w, "GET /app/installations", http.StatusOK, []any{installation})
	case r.Method == http.MethodGet && path == address:
		s.sendJSON(w, "GET /app/installations/{id}", http.StatusOK, installation)
	case r.Method == http.MethodPost && path == address+"/access_tokens":
		expires := s.limitNow().Add(time.Hour).UTC().Truncate(time.Second)
		s.mu.Lock()
		s.expires = expires
		s.mu.Unlock()
		s.sendJSON(w, "POST /app/installations/{id}/access_tokens", http.StatusCreated, object{
			"token": app.Token, "expires_at": formatTime(expires), "repository_selection": "all",
			"permissions": object{
				"contents": "read", "deployments": "read", "issues": "read", "metadata": "read",
				"pull_requests": "read",
			},
		})
	default:
		s.countRequest("unknown " + r.Method + " " + path)
		sendError(w, http.StatusNotFound, "Not Found")
	}
}

func (s *Server) sendJSON(w http.ResponseWriter, kind string, status int, body any) {
	s.countRequest(kind)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}

// refuseJWT returns the reason for refusing a JWT; "" if it is accepted: signed with RS256 by
// the App's key, issued by the App, and valid for at most ten minutes.
func (s *Server) refuseJWT(r *http.Request) string {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "A JSON web token could not be decoded"
	}
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return s.options.App.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(s.limitNow),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	switch {
	case err != nil:
		return "A JSON web token could not be decoded"
	case claims.Issuer != strconv.FormatInt(s.options.App.ID, 10):
		return "Integration not found"
	case claims.ExpiresAt.Sub(s.limitNow()) > 10*time.Minute:
		return "'Expiration time' claim ('exp') is too far in the future"
	}
	return ""
}
