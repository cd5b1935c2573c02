package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tailbeam/tailer/line"
)

func TestErrorsAreOneLineWithTheRightStatus(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		method, uri string
		status      int
		says        string
	}{
		{"GET", "/nothing", 404, "nothing is at"},
		{"GET", "/js", 404, "nothing is at"},
		{"GET", "/js/", 404, "nothing is at"},
		{"GET", "/../go.mod", 404, "nothing is at"},
		{"GET", "/tail", 400, "no stream is named: ask for /tail/NAME"},
		{"GET", "/tail/nope", 404, "nope"},
		{"GET", "/tail/app?wait=1s&follow=0", 400, "follow, wait"},
		{"GET", "/tail/app?wait=soon", 400, "wait:"},
		{"GET", "/tail/app?wait=1s&format=sse", 400, "wait:"},
		{"GET", "/tail/app?format=xml", 400, "want text, sse or ndjson"},
		{"GET", "/api/nothing", 404, "nothing is at"},
		{"GET", "/api/streams?x=1", 400, "takes no parameters"},
		{"POST", "/", 405, "GET, HEAD"},
		{"DELETE", "/api/streams", 405, "GET, HEAD"},
		{"GET", "/api/session", 405, "POST"},
		{"OPTIONS", "/healthz", 405, "GET, HEAD"},
		{"POST", "/ws/app", 405, "GET, HEAD"},
		{"GET", "/ws", 426, "ws://127.0.0.1:"},
		{"GET", "/ws/app", 426, "/ws/NAME"},
		{"GET", "/ws?stream=app", 426, "/ws/NAME"},
		{"GET", "/ws/nope", 404, "nope"},
		{"GET", "/ws/app?n=x", 400, "n:"},
		{"GET", "/s/", 400, "no stream is named"},
	} {
		r, body := answer(t, s, test.method, test.uri)
		if r.StatusCode != test.status || !strings.Contains(body, test.says) || strings.Count(body, "\n") != 1 {
			t.Errorf("%s %s: %d %q, want %d %q", test.method, test.uri, r.StatusCode, body, test.status, test.says)
		}
		if test.status == http.StatusMethodNotAllowed && r.Header.Get("Allow") != test.says {
			t.Errorf("%s %s: Allow %q, want %q", test.method, test.uri, r.Header.Get("Allow"), test.says)
		}
		if test.status == http.StatusUpgradeRequired && (r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Connection") != "Upgrade") {
			t.Errorf("%s %s: %v does not say what to upgrade to", test.method, test.uri, r.Header)
		}
		var e struct{ Error string }
		isJSON := json.Unmarshal([]byte(body), &e) == nil && e.Error != ""
		if want := strings.HasPrefix(test.uri, "/api/"); isJSON != want {
			t.Errorf("%s %s: %q: JSON %t, want %t", test.method, test.uri, body, isJSON, want)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	s := newSite(t)
	for _, uri := range []string{"/", "/js/app.js", "/nothing", "/api/streams", "/healthz", "/ws/app", "/s/app"} {
		r, _ := answer(t, s, "GET", uri)
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'self'; img-src 'self' data:") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", uri, csp)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", uri, r.Header)
		}
		if r.Header.Get("Content-Type") == "" || r.Header.Get("Cache-Control") == "" {
			t.Errorf("%s: no type or cache control: %v", uri, r.Header)
		}
	}
}

func TestPageIsServedAndRevalidated(t *testing.T) {
	s := newSite(t)
	for uri, kind := range map[string]string{"/": "text/html; charset=utf-8", "/?stream=app": "text/html; charset=utf-8", "/js/app.js": "text/javascript; charset=utf-8"} {
		r, body := answer(t, s, "GET", uri)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != kind || body == "" {
			t.Errorf("%s: %d %q %q", uri, r.StatusCode, r.Header.Get("Content-Type"), body)
		}
		again, body := answer(t, s, "GET", uri, "If-None-Match", r.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s again: %d %q", uri, again.StatusCode, body)
		}
	}
	if r, body := answer(t, s, "HEAD", "/"); r.StatusCode != http.StatusOK || body != "" {
		t.Errorf("HEAD: %d %q", r.StatusCode, body)
	}
}

func TestStreamAddressLeadsToThePage(t *testing.T) {
	s := newSite(t)
	for from, to := range map[string]string{
		"/s/app":                           "/?stream=app",
		"/s/var/log/syslog":                "/?stream=var%2Flog%2Fsyslog",
		"/s/var%2Flog%2Fsyslog":            "/?stream=var%2Flog%2Fsyslog",
		"/s/var/log/50%2525.log?line=a&x=": "/?stream=var%2Flog%2F50%2525.log&line=a&x=",
		"/s//evil.example/x":               "/?stream=%2Fevil.example%2Fx",
	} {
		r, _ := answer(t, s, "GET", from)
		for _, base := range []string{"http://h", "https://h/logs", "http://h/a/b"} {
			u, err := url.Parse(base + from)
			if err != nil {
				t.Fatal(err)
			}
			// As a client does: relative to where it asked.
			u, err = u.Parse(r.Header.Get("Location"))
			if err != nil || r.StatusCode != http.StatusFound || u.String() != base+to {
				t.Errorf("%s%s: %d to %s, want %s (%v)", base, from, r.StatusCode, u, base+to, err)
			}
		}
	}
}

func TestStreamsAreListed(t *testing.T) {
	r, body := answer(t, newSite(t), "GET", "/api/streams")
	var got struct {
		Version string
		Streams []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || r.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%v: %s", err, body)
	}
	if got.Version != "v1.2.3" || len(got.Streams) != len(streamNames) {
		t.Fatalf("%s", body)
	}
	for i, s := range got.Streams {
		if i > 0 && s["name"].(string) <= got.Streams[i-1]["name"].(string) {
			t.Errorf("not sorted: %s", body)
		}
		for _, key := range []string{"source", "path", "condition", "reason", "size", "lines", "bytes", "lines_per_s", "bytes_per_s", "last_ms", "viewers"} {
			if _, ok := s[key]; !ok {
				t.Errorf("no %s in %v", key, s)
			}
		}
		if s["path"] != "/"+s["name"].(string) || s["last_ms"] != nil {
			t.Errorf("%v", s)
		}
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Token = "secret" })
	if r, body := answer(t, s, "GET", "/healthz"); r.StatusCode != http.StatusOK || body != "ok\n" {
		t.Errorf("%d %q", r.StatusCode, body)
	}
}

func TestNotReadyWhereAStreamCannotBeRead(t *testing.T) {
	s := newSite(t)
	log, _ := s.hub.Log("app")
	log.Notice(line.Notice{Condition: line.Failed, Reason: "permission denied"})
	r, body := answer(t, s, "GET", "/readyz")
	if r.StatusCode != http.StatusServiceUnavailable || !strings.HasPrefix(body, "not ready: 1 of ") || !strings.Contains(body, "app: failed: permission denied\n") {
		t.Errorf("%s %q", r.Status, body)
	}
}
