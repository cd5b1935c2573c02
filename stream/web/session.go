package web

import (
	"net/http"

	"tailbeam/stream"
)

// session is POST /api/session: who sends the token gets the cookie that stands
// for it, so that the page can open WebSockets, to which a browser adds no
// header. The cookie ends with the browser's session, or with the server, which
// makes a new token at each start.
func (s *Site) session(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/api/session takes no parameters: send the token as Authorization: Bearer TOKEN"))
		return
	}
	if refusal := drain(r); refusal != nil {
		refuse(w, t, refusal)
		return
	}
	if s.keys.token != "" {
		http.SetCookie(w, s.cookie(request(r)))
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// cookie is limited to the path of the public address for those who come that
// way, and to https where that is https.
func (s *Site) cookie(r *stream.Request) *http.Cookie {
	c := &http.Cookie{
		Name:     s.keys.cookie,
		Value:    s.keys.pass,
		Path:     "/",
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	}
	if s.public != nil && (s.access.atPublic(r.Host) || s.access.fromPublic(r.Origin)) {
		c.Path = s.public.EscapedPath()
		c.Secure = s.public.Scheme == "https"
	}
	return c
}
