package web

import (
	"net/http"
	"net/netip"
	"strings"

	"tailbeam/stream"
)

// routes is every address of this site, the first that matches counts. A path
// that ends in a slash stands for all that lies under it. Only what holds no
// text of a log is open to those who have no token.
func (s *Site) routes() []route {
	return []route{
		{"/", get, open, s.page},
		{"/s/", get, open, s.view},
		{"/ws", get, locked, s.socket},
		{"/ws/", get, locked, s.socket},
		{"/tail", get, locked, s.tail},
		{"/tail/", get, locked, s.tail},
		{"/api/streams", get, locked, s.streams},
		{"/api/lines", get, locked, s.past(onLines, s.lines)},
		{"/api/lines/", get, locked, s.past(onLines, s.lines)},
		{"/api/extent", get, locked, s.past(onExtent, s.extent)},
		{"/api/extent/", get, locked, s.past(onExtent, s.extent)},
		{"/api/histogram", get, locked, s.past(onHistogram, s.histogram)},
		{"/api/histogram/", get, locked, s.past(onHistogram, s.histogram)},
		{"/api/search", get, locked, s.past(onSearch, s.search)},
		{"/api/search/", get, locked, s.past(onSearch, s.search)},
		{"/api/download", get, locked, s.past(onDownload, s.download)},
		{"/api/download/", get, locked, s.past(onDownload, s.download)},
		{"/api/openapi.json", get, open, s.description},
		{"/api/session", post, locked, s.session},
		{"/healthz", get, open, s.health},
		{"/readyz", get, open, s.ready},
		{"/metrics", get, locked, s.metrics},
	}
}

// route is an address and who answers there.
type route struct {
	path    string
	methods string // as the Allow header has them
	lock    lock
	answer  func(http.ResponseWriter, *http.Request, target)
}

const (
	get  = "GET, HEAD"
	post = "POST"
)

// lock says who may use a route.
type lock uint8

const (
	locked lock = iota // who has the token, where one is asked
	open               // everyone whose Host and Origin are right
)

func (r *route) allows(method string) bool {
	for one := range strings.SplitSeq(r.methods, ", ") {
		if one == method {
			return true
		}
	}
	return false
}

// maxBody bounds, in bytes, what is read of a request's body.
const maxBody = 64 << 10

// ServeHTTP answers every request that is not upgraded on a loop.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	req := request(r)
	t, refusal := newTarget(req.URI)
	if denied := s.access.check(req); denied != nil {
		refusal = denied
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	route := s.route(t.path)
	if route == nil {
		refuse(w, t, notFound(t.path))
		return
	}
	if !route.allows(r.Method) {
		w.Header().Set("Allow", route.methods)
		refuse(w, t, &stream.Refusal{Status: http.StatusMethodNotAllowed, Message: "method " + quote(r.Method) + " is not allowed here: use " + route.methods})
		return
	}
	if route.lock == locked {
		if refusal := s.keys.check(req); refusal != nil {
			refuse(w, t, refusal)
			return
		}
	}
	route.answer(w, r, t)
}

// route finds what answers at path: a file of the page, or a route.
func (s *Site) route(path string) *route {
	if f, _, err := s.files.find(path); f != nil || err != nil {
		path = "/"
	}
	for i := range s.table {
		if s.table[i].holds(path) {
			return &s.table[i]
		}
	}
	return nil
}

// holds reports whether path is the route's, or lies under it.
func (r *route) holds(path string) bool {
	return path == r.path || r.path != "/" && strings.HasSuffix(r.path, "/") && strings.HasPrefix(path, r.path)
}

// request is what access and parameters are decided from, out of an
// http.Request. A header that came twice is joined, and so matches nothing.
func request(r *http.Request) *stream.Request {
	remote, _ := netip.ParseAddrPort(r.RemoteAddr)
	return &stream.Request{
		URI:           originForm(r.RequestURI),
		Host:          r.Host,
		Origin:        strings.Join(r.Header.Values("Origin"), ", "),
		Authorization: strings.Join(r.Header.Values("Authorization"), ", "),
		Cookie:        strings.Join(r.Header.Values("Cookie"), "; "),
		Remote:        remote,
		Protocols:     strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ", "),
	}
}
