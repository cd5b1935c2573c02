package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func withToken(c *Config) { c.Token = "secret-token" }

func TestLogsNeedTheToken(t *testing.T) {
	s := newSite(t, withToken)
	for _, what := range []string{"GET /api/streams", "GET /ws", "GET /ws/app", "POST /api/session"} {
		method, uri, _ := strings.Cut(what, " ")
		for _, header := range [][]string{
			nil,
			{"Authorization", "Bearer wrong"},
			{"Authorization", "Bearer "},
			{"Authorization", "secret-token"},
			{"Authorization", "Basic secret-token"},
			{"Authorization", "Bearer secret-token", "Authorization", "Bearer secret-token"},
			{"Cookie", s.keys.cookie + "=secret-token"},
			{"Cookie", "other=" + s.keys.pass},
			{"Cookie", s.keys.cookie + "="},
			{"Cookie", s.keys.cookie},
		} {
			r, body := answer(t, s, method, uri, header...)
			if r.StatusCode != http.StatusUnauthorized || strings.Count(body, "\n") != 1 || !strings.Contains(r.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s with %q: %d %q", what, header, r.StatusCode, body)
			}
			if strings.Contains(body, "secret-token") || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s with %q tells: %q %v", what, header, body, r.Header)
			}
		}
	}
	for _, uri := range []string{"/", "/js/app.js", "/s/app", "/healthz"} {
		if r, _ := answer(t, s, "GET", uri); r.StatusCode == http.StatusUnauthorized {
			t.Errorf("%s asks for the token", uri)
		}
	}
}

func TestBearerOpens(t *testing.T) {
	s := newSite(t, withToken)
	for _, value := range []string{"Bearer secret-token", "bearer  secret-token "} {
		if r, body := answer(t, s, "GET", "/api/streams", "Authorization", value); r.StatusCode != http.StatusOK {
			t.Errorf("%q: %d %q", value, r.StatusCode, body)
		}
	}
	r := upgrade("/ws/app")
	r.Authorization = "Bearer secret-token"
	if _, err := s.Admit(r); err != nil {
		t.Error(err)
	}
	r.Authorization = ""
	if _, err := s.Admit(r); status(t, err) != http.StatusUnauthorized {
		t.Error("admitted without a token")
	}
}

func TestSessionIsACookieForTheToken(t *testing.T) {
	s := newSite(t, withToken)
	r, body := answer(t, s, "POST", "/api/session", "Authorization", "Bearer secret-token")
	if r.StatusCode != http.StatusNoContent || body != "" || len(r.Cookies()) != 1 {
		t.Fatalf("%d %q %v", r.StatusCode, body, r.Header)
	}
	c := r.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure || strings.Contains(c.Value, "secret") {
		t.Errorf("%s", c)
	}
	pair := "other=1; " + c.Name + "=" + c.Value
	if r, body := answer(t, s, "GET", "/api/streams", "Cookie", pair); r.StatusCode != http.StatusOK {
		t.Errorf("%d %q", r.StatusCode, body)
	}
	if r, body := answer(t, s, "GET", "/api/streams", "Cookie", pair, "Authorization", "Basic dTpw"); r.StatusCode != http.StatusOK {
		t.Errorf("beside the credentials of a proxy: %d %q", r.StatusCode, body)
	}
	if r, _ := answer(t, newSite(t, func(c *Config) { c.Token = "next" }), "GET", "/api/streams", "Cookie", pair); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("the cookie of one token opens another: %d", r.StatusCode)
	}
}

func TestCookieKeepsToThePublicAddress(t *testing.T) {
	s := newSite(t, withToken, func(c *Config) { c.PublicURL = "https://example.org/logs" })
	for _, test := range []struct {
		header []string
		path   string
		secure bool
	}{
		{[]string{"Host", "example.org", "Origin", "https://example.org"}, "/logs/", true},
		{[]string{"Origin", "https://example.org"}, "/logs/", true},
		{[]string{"Host", "example.org"}, "/logs/", true},
		{nil, "/", false},
	} {
		r, body := answer(t, s, "POST", "/api/session", append(test.header, "Authorization", "Bearer secret-token")...)
		if len(r.Cookies()) != 1 {
			t.Fatalf("%v: %d %q", test.header, r.StatusCode, body)
		}
		if c := r.Cookies()[0]; c.Path != test.path || c.Secure != test.secure {
			t.Errorf("%v: %s", test.header, c)
		}
	}
}

func TestWithoutATokenTheSessionIsEmpty(t *testing.T) {
	r, body := answer(t, newSite(t), "POST", "/api/session")
	if r.StatusCode != http.StatusNoContent || body != "" || len(r.Cookies()) != 0 {
		t.Errorf("%d %q %v", r.StatusCode, body, r.Header)
	}
}

func TestBodyOfASessionIsBounded(t *testing.T) {
	s := newSite(t, withToken)
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080/api/session", strings.NewReader(strings.Repeat("x", maxBody+1)))
	r.RequestURI = "/api/session"
	r.Header.Set("Authorization", "Bearer secret-token")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || len(w.Result().Cookies()) != 0 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
