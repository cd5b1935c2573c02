package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// defaultStreams bounds the streams of one request where Config does not: each
// is looked up on the loop.
const defaultStreams = 256

// allLines as n asks for every line that is held.
const allLines = "all"

var errNoStream = badRequest("no stream is named: connect to /ws/NAME or /ws?stream=NAME; /api/streams lists the names")

// ask reads what a WebSocket request wants. named is what follows /ws/ in the
// path, still encoded, or empty.
func (s *Site) ask(r *stream.Request, named, query string) (stream.Ask, *stream.Refusal) {
	p := params{site: s, on: onSocket, ask: stream.Ask{Backlog: s.backlog}}
	if wire.ChooseProtocol(r.Protocols) != "" {
		return p.batches(named, query)
	}
	if refusal := p.whole(named, query); refusal != nil {
		return stream.Ask{}, refusal
	}
	return p.ask, nil
}

// params gathers the parameters of one request.
type params struct {
	site   *Site
	on     routes // the one that was asked
	ask    stream.Ask
	inPath bool   // the path names the stream
	seen   uint32 // see parameters
	past   window
}

// whole reads the path and the query of a request for lines as they come, and
// holds them together.
func (p *params) whole(named, query string) *stream.Refusal {
	if refusal := p.name(named); refusal != nil {
		return refusal
	}
	if refusal := p.read(query); refusal != nil {
		return refusal
	}
	if len(p.ask.Streams) == 0 {
		return p.noStream()
	}
	if refusal := p.atMostOne("n", "from", "since"); refusal != nil {
		return refusal
	}
	if p.has("from") {
		if refusal := p.checkCursor("from"); refusal != nil {
			return refusal
		}
	}
	if p.ask.Once && p.ask.Wait != nil {
		return badRequest("follow, wait: give one of them")
	}
	if err := p.ask.Filter.Check(); err != nil {
		return badRequest("%v", err)
	}
	p.ask.Prefix = len(p.ask.Streams) > 1
	return nil
}

// name takes the stream that the path names, still encoded.
func (p *params) name(named string) *stream.Refusal {
	if named == "" {
		return nil
	}
	name, refusal := pathText(named)
	if refusal != nil {
		return refusal
	}
	if refusal := p.stream(name); refusal != nil {
		return refusal
	}
	p.inPath = true
	return nil
}

// noStream refuses a request that names none.
func (p *params) noStream() *stream.Refusal {
	if p.on == onSocket {
		return errNoStream
	}
	return badRequest("no stream is named: ask for %[1]s/NAME or %[1]s?stream=NAME; /api/streams lists the names", paths[p.on])
}

// batches is a request for the subprotocol, which takes no parameters.
func (p *params) batches(named, query string) (stream.Ask, *stream.Refusal) {
	if named != "" || next(query) != "" {
		return stream.Ask{}, badRequest("with subprotocol %s connect to /ws alone: streams and parameters are in its subscribe messages", wire.Subprotocol)
	}
	return stream.Ask{Encoding: stream.Batches, Backlog: p.ask.Backlog}, nil
}

// stream adds a stream by its name.
func (p *params) stream(name string) *stream.Refusal {
	if p.inPath {
		return p.twoStreams()
	}
	log, ok := p.site.hub.Log(name)
	if !ok {
		return &stream.Refusal{Status: http.StatusNotFound, Message: "no stream is named " + quote(name) + ": /api/streams lists the names"}
	}
	for _, other := range p.ask.Streams {
		if other == log {
			return badRequest("stream: %s is named twice", quote(name))
		}
	}
	if most := p.site.most; len(p.ask.Streams) == most {
		return badRequest("stream: at most %d streams on one connection: open another one, or let the operator raise --max-streams", most)
	}
	p.ask.Streams = append(p.ask.Streams, log)
	return nil
}

// twoStreams refuses a stream beside the one in the path.
func (p *params) twoStreams() *stream.Refusal {
	if p.on&onLive == 0 {
		return badRequest("stream: the path names a stream already")
	}
	return badRequest("stream: the path names a stream already; for several ask for %s?stream=A&stream=B", paths[p.on])
}

func (p *params) n(value string) *stream.Refusal {
	if value == allLines {
		p.ask.Backlog = stream.All
		return nil
	}
	n, ok := count(value)
	if !ok {
		return badRequest("n: %s is not a number of lines: want 0 to %d, or %s", quote(value), wire.MaxLines, allLines)
	}
	p.ask.Backlog = n
	return nil
}

// count reads a number up to wire.MaxLines: decimal digits and nothing else.
func count(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= wire.MaxLines
}

func (p *params) from(value string) *stream.Refusal {
	p.ask.From = value
	return nil
}

// since takes a point in time. Where that lies in the files is looked for
// later.
func (p *params) since(value string) *stream.Refusal {
	t, err := p.site.moment(value)
	if err != nil {
		return badRequest("since: %v", err)
	}
	p.ask.Since = t
	return nil
}

// atMostOne refuses several parameters that exclude each other.
func (p *params) atMostOne(names ...string) *stream.Refusal {
	given := 0
	for _, name := range names {
		if p.has(name) {
			given++
		}
	}
	if given > 1 {
		return badRequest("%s: give at most one of them", strings.Join(names, ", "))
	}
	return nil
}

// checkCursor checks the cursor that came under a name.
func (p *params) checkCursor(name string) *stream.Refusal {
	_, refusal := p.places(name, p.ask.From)
	return refusal
}

// places parses the cursor that came under a name.
func (p *params) places(name, cursor string) ([]wire.Place, *stream.Refusal) {
	of := make([]wire.Seal, len(p.ask.Streams))
	for i, log := range p.ask.Streams {
		of[i] = wire.SealOf(log.Name())
	}
	places, err := wire.ParseCursors(cursor, of)
	if cursor == "" {
		err = wire.ErrCursor
	}
	if err != nil {
		return nil, badRequest("%s: %s: %v", name, quote(cursor), err)
	}
	return places, nil
}

// follow ends at the end where it is 0.
func (p *params) follow(value string) *stream.Refusal {
	switch value {
	case "0":
		p.ask.Once = true
	case "1":
	default:
		return badRequest("follow: %s is not known: want 0 to end at the end, or 1 to follow", quote(value))
	}
	return nil
}

func (p *params) grep(value string) *stream.Refusal {
	return expression(&p.ask.Filter.Grep, "grep", value)
}

func (p *params) not(value string) *stream.Refusal {
	return expression(&p.ask.Filter.Not, "not", value)
}

// expression adds to a list of a filter, which is checked as a whole later.
func expression(list *[]string, key, value string) *stream.Refusal {
	if value == "" {
		return badRequest("%s: is empty: write an expression that lines match, or leave it out", key)
	}
	*list = append(*list, value)
	return nil
}

func (p *params) level(value string) *stream.Refusal {
	level, err := line.ParseLevel(value)
	if err != nil {
		return badRequest("level: %v", err)
	}
	p.ask.Filter.Level = level
	return nil
}

func (p *params) lag(value string) *stream.Refusal {
	lag, err := stream.ParseLag(value)
	if err != nil || value == "" {
		return badRequest("lag: %s is not known: want skip or close, or leave it out to read on from the file", quote(value))
	}
	p.ask.Lag = lag
	return nil
}

func (p *params) gaps(value string) *stream.Refusal {
	if value != "ignore" {
		return badRequest("gaps: %s is not known: want ignore, or leave it out", quote(value))
	}
	p.ask.IgnoreGaps = true
	return nil
}

// format chooses how lines lie on the wire. A WebSocket has two ways.
func (p *params) format(value string) *stream.Refusal {
	switch {
	case value == "ndjson":
		p.ask.Encoding = stream.Records
	case p.on == onSocket && value == "text":
		p.ask.Encoding = stream.Plain
	case p.on == onSocket:
		return badRequest("format: %s is not known: want text or ndjson", quote(value))
	case value == "text":
		p.ask.Encoding = stream.Text
	case value == "sse":
		p.ask.Encoding = stream.Events
	default:
		return badRequest("format: %s is not known: want text, sse or ndjson", quote(value))
	}
	return nil
}

// maxWait is the longest that a long poll may wait: longer than that, many a
// proxy does not.
const maxWait = 10 * time.Minute

// wait takes a duration, or a number of seconds.
func (p *params) wait(value string) *stream.Refusal {
	d, err := time.ParseDuration(value)
	if seconds, ok := count(value); ok {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d < 0 || d > maxWait {
		return badRequest("wait: %s is not a time to wait: want 0s to 10m, as in 30s", quote(value))
	}
	p.ask.Wait = &d
	return nil
}
