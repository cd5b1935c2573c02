package web

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"tailbeam/stream"
	"tailbeam/tailer/line"
)

// streamNames are the streams of every site under test. The last two have a %
// and a byte outside UTF-8 in their file's name.
var streamNames = []string{"app", "db", "var/log/syslog", "var/log/50%25.log", "var/log/a%FFb"}

// newSite returns a site on 127.0.0.1:8080, changed by the given functions.
func newSite(t testing.TB, change ...func(*Config)) *Site {
	t.Helper()
	hub := stream.NewHub(stream.Config{})
	for _, name := range streamNames {
		if _, err := hub.Open(name, line.Origin{Source: "/src/" + name, Path: "/" + name}); err != nil {
			t.Fatal(err)
		}
	}
	c := Config{
		Hub:     hub,
		Server:  stream.NewServer(hub, stream.Config{}),
		Files:   newFiles(),
		Listen:  "127.0.0.1:8080",
		Backlog: 10,
		Version: "v1.2.3",
	}
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newFiles returns a page of two files.
func newFiles() fs.FS {
	return fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html>page")},
		"js/app.js":  {Data: []byte("export {}")},
	}
}

// upgrade is a request for a WebSocket as the loops see it.
func upgrade(uri string) *stream.Request {
	return &stream.Request{URI: uri, Host: "127.0.0.1:8080"}
}

// status returns that of a refusal, or 101 for an admission.
func status(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return http.StatusSwitchingProtocols
	}
	refusal := new(stream.Refusal)
	if !errors.As(err, &refusal) {
		t.Fatalf("%v is no refusal", err)
	}
	if refusal.Message == "" || strings.ContainsAny(refusal.Message, "\r\n") {
		t.Errorf("%q is not one line", refusal.Message)
	}
	return refusal.Status
}

// answer sends one request over a socket and returns the answer with its body.
// The header "Host" sets the request's.
func answer(t testing.TB, s *Site, method, uri string, header ...string) (*http.Response, string) {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	r, err := http.NewRequest(method, server.URL+uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Add(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}
