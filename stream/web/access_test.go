package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestHostMustBeOurs(t *testing.T) {
	const yes, no = http.StatusSwitchingProtocols, http.StatusForbidden
	allow := func(c *Config) { c.AllowedHosts = []string{"Logs.Example", "192.0.2.7", "2001:db8::7"} }
	public := func(c *Config) { c.PublicURL = "https://example.org/logs/" }
	listen := func(address string) func(*Config) { return func(c *Config) { c.Listen = address } }
	for _, test := range []struct {
		name   string
		change func(*Config)
		want   map[string]int
	}{
		{"loopback", listen("127.0.0.1:8080"), map[string]int{
			"127.0.0.1:8080": yes, "127.0.0.1": yes, "127.0.0.1:9": yes, "localhost:8080": yes, "LocalHost": yes,
			"127.0.0.2": yes, "[::1]:8080": yes,
			"evil.example:8080": no, "127.0.0.1.evil.example": no, "192.0.2.1:8080": no, "localhost.evil.example": no,
			"": no, ":8080": no, "[::1": no, "a b": no, "localhost:80a": no, "[::1]x": no, "127.0.0.1:8080:1": no,
			"localhost@evil.example": no, "0x7f.1": no, "evil.example\"": no,
		}},
		{"one address", listen("192.0.2.1:8080"), map[string]int{
			"192.0.2.1:8080": yes, "localhost:8080": yes, "127.0.0.1:8080": no, "192.0.2.2:8080": no, "web1:8080": no,
		}},
		{"IPv6", listen("[2001:DB8::1]:8080"), map[string]int{
			"[2001:db8::1]:8080": yes, "[2001:DB8::1]": yes, "[2001:db8::2]:8080": no, "127.0.0.1": no,
		}},
		{"every address", listen("0.0.0.0:8080"), map[string]int{
			"192.0.2.1:8080": yes, "[2001:db8::1]:8080": yes, "localhost": yes, "web1:8080": no, "dead.beef": no,
		}},
		{"no address", listen(":8080"), map[string]int{"192.0.2.1": yes, "evil.example": no}},
		{"name", listen("Web1:8080"), map[string]int{"web1:8080": yes, "192.0.2.1": yes, "web2": no}},
		{"allowed", allow, map[string]int{
			"logs.example": yes, "LOGS.example:80": yes, "192.0.2.7": yes, "[2001:db8::7]:1": yes, "example": no, "x.logs.example": no,
		}},
		{"public", public, map[string]int{"example.org": yes, "example.org:444": yes, "www.example.org": no}},
	} {
		s := newSite(t, test.change)
		for host, want := range test.want {
			r := upgrade("/ws/app")
			r.Host = host
			_, err := s.Admit(r)
			if got := status(t, err); got != want {
				t.Errorf("%s: Host %q: %d, want %d", test.name, host, got, want)
			}
			if err != nil && host != "" && !strings.Contains(err.Error(), "--allowed-host") {
				t.Errorf("%s: Host %q: %q does not name the flag", test.name, host, err)
			}
		}
	}
}

func TestOriginMustBeOurs(t *testing.T) {
	const yes, no = http.StatusSwitchingProtocols, http.StatusForbidden
	plain := func(c *Config) { c.AllowedHosts = []string{"logs.example"} }
	public := func(c *Config) { c.PublicURL = "https://Example.org:443/logs" }
	odd := func(c *Config) { c.PublicURL = "https://example.org:8443/" }
	for _, test := range []struct {
		change       func(*Config)
		host, origin string
		want         int
	}{
		{plain, "127.0.0.1:8080", "", yes},
		{plain, "127.0.0.1:8080", "http://127.0.0.1:8080", yes},
		{plain, "LOCALHOST:8080", "http://localhost:8080", yes},
		{plain, "logs.example", "http://logs.example", yes},
		{plain, "logs.example:80", "http://logs.example", yes},
		{plain, "[::1]:8080", "http://[::1]:8080", yes},
		{plain, "127.0.0.1:8080", "null", no},
		{plain, "127.0.0.1:8080", "http://localhost:8080", no},
		{plain, "127.0.0.1:8080", "http://127.0.0.1:8081", no},
		{plain, "127.0.0.1:8080", "http://127.0.0.1", no},
		{plain, "127.0.0.1:8080", "https://127.0.0.1:8080", no},
		{plain, "127.0.0.1:8080", "http://evil.example", no},
		{plain, "127.0.0.1:8080", "http://127.0.0.1:8080/", no},
		{plain, "127.0.0.1:8080", "127.0.0.1:8080", no},
		{plain, "127.0.0.1:8080", "http://127.0.0.1:8080, http://evil.example", no},
		{public, "example.org", "https://example.org", yes},
		{public, "127.0.0.1:8080", "https://example.org", yes}, // nginx without proxy_set_header
		{public, "127.0.0.1:8080", "HTTPS://EXAMPLE.ORG", yes},
		{public, "127.0.0.1:8080", "http://127.0.0.1:8080", yes},
		{public, "example.org:8080", "http://example.org:8080", yes}, // past the proxy
		{public, "example.org", "http://example.org", no},            // not the page that was meant
		{public, "example.org", "https://example.org:444", no},
		{public, "127.0.0.1:8080", "https://www.example.org", no},
		{odd, "example.org", "https://example.org:8443", yes}, // nginx with $host
		{odd, "example.org:8443", "https://example.org:8443", yes},
		{odd, "example.org:8443", "http://example.org:8443", no},
	} {
		r := upgrade("/ws/app")
		r.Host, r.Origin = test.host, test.origin
		_, err := newSite(t, test.change).Admit(r)
		if got := status(t, err); got != test.want {
			t.Errorf("Host %s, Origin %s: %d, want %d", test.host, test.origin, got, test.want)
		}
		if err != nil && !strings.Contains(err.Error(), "--public-url") {
			t.Errorf("Origin %s: %q does not name the flag", test.origin, err)
		}
	}
}

func TestAccessIsCheckedOnEveryRoute(t *testing.T) {
	s := newSite(t)
	for _, what := range []string{
		"GET /", "GET /js/app.js", "GET /s/app", "GET /ws/app", "GET /ws", "GET /api/streams",
		"POST /api/session", "GET /healthz", "GET /nothing", "PUT /",
	} {
		method, uri, _ := strings.Cut(what, " ")
		if r, body := answer(t, s, method, uri, "Host", "evil.example"); r.StatusCode != http.StatusForbidden || !strings.Contains(body, "--allowed-host evil.example") {
			t.Errorf("%s, other Host: %d %q", what, r.StatusCode, body)
		}
		if r, body := answer(t, s, method, uri, "Origin", "http://evil.example"); r.StatusCode != http.StatusForbidden || !strings.Contains(body, "--public-url") {
			t.Errorf("%s, other Origin: %d %q", what, r.StatusCode, body)
		}
	}
}

func TestConfigurationThatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"listen":        func(c *Config) { c.Listen = "8080" },
		"allowed host":  func(c *Config) { c.AllowedHosts = []string{"http://example.org"} },
		"empty host":    func(c *Config) { c.AllowedHosts = []string{""} },
		"public scheme": func(c *Config) { c.PublicURL = "example.org/logs" },
		"public host":   func(c *Config) { c.PublicURL = "https:///logs" },
		"public query":  func(c *Config) { c.PublicURL = "https://example.org/?a=b" },
		"public user":   func(c *Config) { c.PublicURL = "https://u:p@example.org/" },
		"public port":   func(c *Config) { c.PublicURL = "https://example.org:x/" },
	} {
		c := Config{Listen: "127.0.0.1:8080", Files: newFiles()}
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
