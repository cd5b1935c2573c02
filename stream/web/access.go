package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"tailbeam/stream"
)

// access decides whether a request may be answered at all, by its Host and its
// Origin. A page of another site cannot choose either of them, so a page whose
// name was rebound to this address carries a Host that is not ours, and a page
// that connects from elsewhere carries its own Origin.
type access struct {
	names    map[string]struct{} // what Host may name: lower case, no port, no brackets
	literal  bool                // the listener has no address of its own: every IP literal is ours
	loopback bool                // the listener is on loopback: every loopback literal is ours
	public   origin              // of --public-url; zero where there is none
}

// origin is the scheme and the authority of an address, in lower case and
// without the port that the scheme implies.
type origin struct{ scheme, authority string }

// newAccess works out what a listener on listen may be called.
func newAccess(listen string, allowed []string, public *url.URL) (access, error) {
	a := access{names: map[string]struct{}{"localhost": {}}}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return a, fmt.Errorf("listen address %q: %w", listen, err)
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "" || err == nil && addr.IsUnspecified():
		a.literal = true
	case err != nil:
		a.literal = true
		a.names[strings.ToLower(host)] = struct{}{}
	default:
		a.names[strings.ToLower(host)] = struct{}{}
		a.loopback = addr.IsLoopback()
	}
	for _, h := range allowed {
		name, ok := hostname(strings.ToLower(h))
		if !ok {
			return a, fmt.Errorf("allowed host %q: want a name or an IP address", h)
		}
		a.names[name] = struct{}{}
	}
	if public != nil {
		scheme := strings.ToLower(public.Scheme)
		a.public = origin{scheme, authority(scheme, public.Host)}
		a.names[strings.ToLower(public.Hostname())] = struct{}{}
	}
	return a, nil
}

// check returns why a request is refused, or nil.
func (a *access) check(r *stream.Request) *stream.Refusal {
	if refusal := a.host(r.Host); refusal != nil {
		return refusal
	}
	return a.origin(r)
}

func (a *access) host(host string) *stream.Refusal {
	name, ok := hostname(host)
	if ok {
		if hasUpper(name) {
			name = strings.ToLower(name)
		}
		if _, known := a.names[name]; known || a.isLiteral(name) {
			return nil
		}
	}
	switch {
	case host == "":
		return &stream.Refusal{Status: http.StatusForbidden, Message: "a request without a Host is not answered here"}
	case !ok:
		return &stream.Refusal{Status: http.StatusForbidden, Message: "Host " + quote(host) + " is not a name; --allowed-host says which other names are served"}
	}
	return &stream.Refusal{
		Status:  http.StatusForbidden,
		Message: "Host " + quote(name) + " is not served here: start tailbeam with --allowed-host " + clip(name) + " to allow it",
	}
}

// isLiteral reports whether name is an IP literal under which the listener can
// be reached.
func (a *access) isLiteral(name string) bool {
	if !a.literal && !a.loopback || name == "" {
		return false
	}
	if c := name[0]; (c < '0' || c > '9') && strings.IndexByte(name, ':') < 0 {
		return false
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && (a.literal || addr.IsLoopback())
}

// origin holds the Origin header against the public address and the Host. The
// listener speaks plain HTTP, so an origin that is only the Host's must be
// http; behind something that speaks TLS, --public-url names the scheme. An
// http page of the public name is not the https one.
func (a *access) origin(r *stream.Request) *stream.Refusal {
	if r.Origin == "" || a.fromPublic(r.Origin) {
		return nil
	}
	const scheme = "http"
	if rest, ok := strings.CutPrefix(r.Origin, scheme+"://"); ok {
		own := strings.EqualFold(trimPort(scheme, rest), trimPort(scheme, r.Host))
		if own && !a.atPublic(r.Host) {
			return nil
		}
	}
	hint := "start tailbeam with --public-url and the address that browsers use"
	if r.Origin == "null" {
		hint = "pages without an origin of their own are never answered; --public-url names the one address that is"
	}
	return &stream.Refusal{
		Status:  http.StatusForbidden,
		Message: "Origin " + quote(r.Origin) + " is not this server's: " + hint,
	}
}

// fromPublic reports whether o, an Origin header, is the public address.
func (a *access) fromPublic(o string) bool {
	if a.public.scheme == "" {
		return false
	}
	scheme, rest, ok := strings.Cut(o, "://")
	return ok && strings.EqualFold(scheme, a.public.scheme) &&
		strings.EqualFold(trimPort(a.public.scheme, rest), a.public.authority)
}

// atPublic reports whether host, a Host header, is the public address.
func (a *access) atPublic(host string) bool {
	return a.public.scheme != "" && strings.EqualFold(trimPort(a.public.scheme, host), a.public.authority)
}

// hostname returns host, as a Host header has it (RFC 9110, 7.2), without its
// port and the brackets of an IPv6 address.
func hostname(host string) (string, bool) {
	name, port := host, ""
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return "", false
		}
		name, port = host[1:end], host[end+1:]
		if port != "" && port[0] != ':' {
			return "", false
		}
	} else if i := strings.IndexByte(host, ':'); i >= 0 {
		if strings.IndexByte(host[i+1:], ':') >= 0 { // a bare IPv6 address, as --allowed-host may have it
			_, err := netip.ParseAddr(host)
			return host, err == nil
		}
		name, port = host[:i], host[i:]
	}
	for i := 1; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return "", false
		}
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_', c == ':', c == '%':
		default:
			return "", false
		}
	}
	return name, name != ""
}

// authority returns host in lower case without the port that scheme implies.
func authority(scheme, host string) string {
	return trimPort(scheme, strings.ToLower(host))
}

func trimPort(scheme, host string) string {
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

func hasUpper(s string) bool {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return true
		}
	}
	return false
}
