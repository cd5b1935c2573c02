// Package web is the site behind the two doors of the stream server: it says
// which requests are answered (Host, Origin, token), reads what a WebSocket
// request asks for, and serves the page and the API over HTTP.
//
// The same code admits a viewer at both doors. Admit runs on a loop: it looks
// at strings and at the hub, and never waits. All else runs on the goroutines
// of net/http. The package starts no goroutine and keeps no state that changes.
//
// Every answer over HTTP carries a content security policy that allows nothing
// from elsewhere. An error is one line that says what is wrong and what to do:
// plain text, and under /api/ {"error": "..."} with the same line.
package web

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/search"
)

// Config is what a Site is made from. Hub, Server, Files and Listen are needed.
type Config struct {
	Hub    *stream.Hub
	Server *stream.Server
	Files  fs.FS // the page: index.html and what it loads

	Listen       string   // HOST:PORT of the listener, as a person wrote it
	AllowedHosts []string // further names that a Host header may bear
	PublicURL    string   // the address that browsers use, or empty
	Token        string   // asked of everyone who wants a log; empty asks nobody

	// MaxStreams is how many streams one connection may follow; 0 stands for 256.
	MaxStreams int

	// Waiting returns the sources that have no stream yet, for people; or nil.
	Waiting func() []string

	Backlog int    // lines of each stream that a viewer gets who asks for no number
	Version string // shown by /api/streams

	// Location is where times in logs are taken that name no zone; nil is UTC.
	Location *time.Location

	// Moment reads a point in time as a viewer writes it; the error is one line
	// for a person. nil refuses every one.
	Moment func(string) (time.Time, error)
}

// Site implements stream.Site.
type Site struct {
	hub       *stream.Hub
	server    *stream.Server
	access    access
	keys      keys
	public    *url.URL // of --public-url, or nil
	files     *pages   // by path; the page itself is at /
	table     []route
	heavy     crowd
	overviews overviews
	seeking   crowd
	pool      *search.Pool
	waiting   func() []string
	most      int // streams of one request
	backlog   int
	version   string
	zone      *time.Location
	zoneName  string // in the IANA database, or ""
	started   time.Time
	moment    func(string) (time.Time, error)
}

// New returns a site. It reads all of Files, and fails on a listen address, an
// allowed host or a public URL that cannot be one.
func New(c Config) (*Site, error) {
	public, err := publicURL(c.PublicURL)
	if err != nil {
		return nil, err
	}
	access, err := newAccess(c.Listen, c.AllowedHosts, public)
	if err != nil {
		return nil, err
	}
	files, err := readFiles(c.Files)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(c.Listen)
	s := &Site{
		hub:      c.Hub,
		server:   c.Server,
		access:   access,
		keys:     newKeys(c.Token, port),
		public:   public,
		files:    files,
		most:     cmp.Or(c.MaxStreams, defaultStreams),
		backlog:  c.Backlog,
		version:  c.Version,
		zone:     cmp.Or(c.Location, time.UTC),
		zoneName: zoneName(cmp.Or(c.Location, time.UTC)),
		started:  time.Now(),
		moment:   c.Moment,
	}
	if s.moment == nil {
		s.moment = func(string) (time.Time, error) { return time.Time{}, errors.New("times are not known here") }
	}
	s.table = s.routes()
	s.heavy = make(crowd, maxHeavy)
	s.overviews.made, s.overviews.turn = make(map[string]*overview), make(chan struct{}, maxOverviews)
	s.seeking, s.pool = make(crowd, maxSearches), search.NewPool()
	if s.waiting = c.Waiting; s.waiting == nil {
		s.waiting = func() []string { return nil }
	}
	return s, nil
}

// publicURL parses the value of --public-url. Its path always ends in a slash.
func publicURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	if _, ok := hostname(u.Host); !ok || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("public URL %q: want http://HOST/ or https://HOST/, with a path where there is one", s)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("public URL %q: want scheme, host and path alone", s)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

// Admit implements stream.Gate: it decides about a request for a WebSocket, at
// either door. Its error is a *stream.Refusal. It does not block.
func (s *Site) Admit(r *stream.Request) (stream.Ask, error) {
	ask, refusal := s.admit(r)
	if refusal != nil {
		return stream.Ask{}, refusal
	}
	return ask, nil
}

func (s *Site) admit(r *stream.Request) (stream.Ask, *stream.Refusal) {
	if refusal := s.access.check(r); refusal != nil {
		return stream.Ask{}, refusal
	}
	t, refusal := newTarget(r.URI)
	if refusal != nil {
		return stream.Ask{}, refusal
	}
	named, ok := strings.CutPrefix(t.path, "/ws")
	if !ok || named != "" && named[0] != '/' {
		return stream.Ask{}, notFound(t.path)
	}
	if refusal := s.keys.check(r); refusal != nil {
		return stream.Ask{}, refusal
	}
	return s.ask(r, strings.TrimPrefix(named, "/"), t.query)
}

func notFound(path string) *stream.Refusal {
	return &stream.Refusal{Status: http.StatusNotFound, Message: "nothing is at " + quote(path) + ": the page is at /, the streams at /api/streams and /ws/NAME"}
}
