package web

import (
	"strings"

	"tailbeam/stream"
)

// routes is a set of routes that take parameters.
type routes uint16

const (
	onSocket routes = 1 << iota
	onTail
	onLines
	onExtent
	onDownload
	onHistogram
	onSearch
	onLive = onSocket | onTail
	onPast = onLines | onExtent | onDownload | onHistogram | onSearch
)

// paths are the routes as people write them.
var paths = map[routes]string{
	onSocket:    "/ws",
	onTail:      "/tail",
	onLines:     "/api/lines",
	onExtent:    "/api/extent",
	onDownload:  "/api/download",
	onHistogram: "/api/histogram",
	onSearch:    "/api/search",
}

// parameter is one that some routes take.
type parameter struct {
	name  string
	on    routes
	times times
	set   func(p *params, value string) *stream.Refusal
}

// times is how often a parameter may be given.
type times uint8

const (
	once times = iota
	often
)

// parameters are all that there are; the bit of each in params.seen is the one
// at its index. The description of the API says the same of them, which a test
// compares.
var parameters = [...]parameter{
	{"stream", onLive | onPast, often, (*params).stream},
	{"n", onLive, once, (*params).n},
	{"from", onLive, once, (*params).from},
	{"since", onLive | onLines | onDownload | onHistogram | onSearch, once, (*params).since},
	{"follow", onLive, once, (*params).follow},
	{"grep", onLive | onDownload | onHistogram, often, (*params).grep},
	{"not", onLive | onDownload | onHistogram | onSearch, often, (*params).not},
	{"level", onLive | onDownload | onHistogram | onSearch, once, (*params).level},
	{"lag", onLive, once, (*params).lag},
	{"gaps", onLive, once, (*params).gaps},
	{"format", onLive, once, (*params).format},
	{"wait", onTail, once, (*params).wait},
	{"before", onLines | onSearch, once, (*params).before},
	{"after", onLines | onSearch, once, (*params).after},
	{"at", onLines, once, (*params).at},
	{"limit", onLines | onSearch, once, (*params).limit},
	{"until", onDownload | onHistogram | onSearch, once, (*params).until},
	{"buckets", onHistogram, once, (*params).buckets},
	{"all", onDownload | onHistogram, once, (*params).all},
	{"q", onSearch, once, (*params).q},
	{"literal", onSearch, once, (*params).literal},
	{"case", onSearch, once, (*params).letters},
	{"order", onSearch, once, (*params).order},
	{"context", onSearch, once, (*params).context},
	{"count", onSearch, once, (*params).count},
}

// read takes a query, parameter by parameter.
func (p *params) read(query string) *stream.Refusal {
	for query = next(query); query != ""; query = next(query) {
		key, value, rest, refusal := param(query)
		if refusal == nil {
			refusal = p.take(key, value)
		}
		if refusal != nil {
			return refusal
		}
		query = rest
	}
	return nil
}

// take takes one parameter.
func (p *params) take(key, value string) *stream.Refusal {
	for i := range parameters {
		one := &parameters[i]
		if one.name != key || one.on&p.on == 0 {
			continue
		}
		if p.seen&(1<<i) != 0 && one.times == once {
			return badRequest("%s: is given twice", key)
		}
		p.seen |= 1 << i
		return one.set(p, value)
	}
	return unknown(p.on, key)
}

// has reports whether a parameter was given.
func (p *params) has(name string) bool {
	for i := range parameters {
		if parameters[i].name == name {
			return p.seen&(1<<i) != 0
		}
	}
	return false
}

// unknown refuses a parameter and names those that there are. The table of
// parameters is not looked at here, as it leads here.
func unknown(on routes, key string) *stream.Refusal {
	return badRequest("unknown parameter %s: %s takes %s", quote(key), paths[on], known[on])
}

// known are the parameters of each route, for people.
var known = func() map[routes]string {
	lists := make(map[routes]string)
	for on := range paths {
		var names []string
		for i := range parameters {
			if parameters[i].on&on != 0 {
				names = append(names, parameters[i].name)
			}
		}
		lists[on] = strings.Join(names, ", ")
	}
	return lists
}()
