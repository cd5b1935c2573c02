package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tailbeam/stream"
)

// target is a request target in origin form (RFC 9112, 3.2.1), cut at its
// question mark and not yet decoded.
type target struct{ path, query string }

// originForm returns a target without its scheme and host, where it has them
// (RFC 9112, 3.2.2). That host is the one that is checked: http.Request has it
// for the Host header's then.
func originForm(uri string) string {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return uri
	}
	at := strings.IndexAny(rest, "/?")
	switch {
	case at < 0:
		return "/"
	case rest[at] == '?':
		return "/" + rest[at:]
	}
	return rest[at:]
}

// newTarget cuts uri. Anything but a path of our own is refused.
func newTarget(uri string) (target, *stream.Refusal) {
	if uri == "" || uri[0] != '/' {
		return target{}, badRequest("the request target %s is not a path: it must start with /", quote(uri))
	}
	for i := range len(uri) {
		if c := uri[i]; c <= ' ' || c == 0x7f {
			return target{}, badRequest("the request target %s holds a control character or a space: write it as %%XX", quote(uri))
		}
	}
	path, query, _ := strings.Cut(uri, "?")
	return target{path, query}, nil
}

// next skips the empty parameters at the head of query.
func next(query string) string { return strings.TrimLeft(query, "&") }

// param takes the first parameter off query. Like net/url it reads + as a space
// and refuses a semicolon.
func param(query string) (key, value, rest string, refusal *stream.Refusal) {
	pair, rest, _ := strings.Cut(query, "&")
	if strings.IndexByte(pair, ';') >= 0 {
		return "", "", "", badRequest("parameter %s: parameters are separated by &; write a semicolon as %%3B", quote(pair))
	}
	key, value, _ = strings.Cut(pair, "=")
	var err error
	if key, err = queryText(key); err == nil {
		value, err = queryText(value)
	}
	if err != nil {
		return "", "", "", badRequest("parameter %s: %s", quote(pair), escapeFault(err))
	}
	return key, value, rest, nil
}

func queryText(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// pathText decodes a stream's name as it stands in a path, slashes and all.
func pathText(s string) (string, *stream.Refusal) {
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	name, err := url.PathUnescape(s)
	if err != nil {
		return "", badRequest("path %s: %s", quote(s), escapeFault(err))
	}
	return name, nil
}

// escapeFault says what is wrong with an escape sequence, and what is right.
func escapeFault(err error) string {
	return err.Error() + ": a % stands as %25 in an address"
}

func badRequest(format string, args ...any) *stream.Refusal {
	return &stream.Refusal{Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// quoteLimit bounds, in bytes, what a message repeats of a request.
const quoteLimit = 200

// quote returns s for a message of one line, quoted and shortened.
func quote(s string) string { return strconv.Quote(clip(s)) }

func clip(s string) string {
	if len(s) > quoteLimit {
		return s[:quoteLimit] + "..."
	}
	return s
}
