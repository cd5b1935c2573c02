package web

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzTarget holds the parsing of a request target against net/url: what it
// accepts, net/url accepts and decodes alike; what it refuses, net/url refuses
// too.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"/ws/var/log/syslog?n=0", "/ws/a%2525b?stream=a+b&stream=%C3%A9&&from", "/ws?n=1;2", "/ws/%", "/ws/%zz?%=", "?", "/?=&=a=b",
		"//host/path", "/ws/a b", "/ws/\x7f", "*", "http://h/p", "/#f?a#b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		path, values, ok := parse(uri)
		wantPath, wantValues, wantOK := parseNaively(uri)
		if ok != wantOK {
			t.Fatalf("%q: accepted %t, net/url %t", uri, ok, wantOK)
		}
		if !ok {
			return
		}
		if path != wantPath {
			t.Errorf("%q: path %q, net/url %q", uri, path, wantPath)
		}
		if values.Encode() != wantValues.Encode() {
			t.Errorf("%q: parameters %q, net/url %q", uri, values, wantValues)
		}
	})
}

func parse(uri string) (string, url.Values, bool) {
	t, refusal := newTarget(uri)
	if refusal != nil {
		return "", nil, false
	}
	path, refusal := pathText(t.path)
	if refusal != nil {
		return "", nil, false
	}
	values := make(url.Values)
	for query := next(t.query); query != ""; query = next(query) {
		key, value, rest, refusal := param(query)
		if refusal != nil {
			return "", nil, false
		}
		values.Add(key, value)
		query = rest
	}
	return path, values, true
}

// parseNaively is parse by net/url. The scheme and host in front keep it from
// taking two slashes at the start for a host.
func parseNaively(uri string) (string, url.Values, bool) {
	if !strings.HasPrefix(uri, "/") || strings.ContainsAny(uri, " #") {
		return parseOddly(uri)
	}
	u, err := url.ParseRequestURI("http://host" + uri)
	if err != nil {
		return "", nil, false
	}
	values, err := url.ParseQuery(u.RawQuery)
	return u.Path, values, err == nil
}

// parseOddly is what net/url and a request line do not agree on: a target that
// is no path, or holds a space, is refused; a number sign is a character like
// any other, as no client sends a fragment.
func parseOddly(uri string) (string, url.Values, bool) {
	if !strings.HasPrefix(uri, "/") || strings.Contains(uri, " ") {
		return "", nil, false
	}
	return parseNaively(strings.ReplaceAll(uri, "#", "%23"))
}
