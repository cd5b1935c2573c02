package web

import (
	"math"
	"net/http"
	"strconv"

	"tailbeam/stream"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// defaultStreams bounds the streams of one request where Config does not: each
// is looked up on the loop.
const defaultStreams = 256

// allLines as n asks for every line that is held.
const allLines = "all"

var errNoStream = &stream.Refusal{
	Status:  http.StatusBadRequest,
	Message: "no stream is named: connect to /ws/NAME or /ws?stream=NAME; /api/streams lists the names",
}

// ask reads what a WebSocket request wants. named is what follows /ws/ in the
// path, still encoded, or empty.
func (s *Site) ask(r *stream.Request, named, query string) (stream.Ask, *stream.Refusal) {
	p := params{site: s, ask: stream.Ask{Backlog: s.backlog}}
	if wire.ChooseProtocol(r.Protocols) != "" {
		return p.batches(named, query)
	}
	if named != "" {
		name, refusal := pathText(named)
		if refusal == nil {
			refusal = p.stream(name)
		}
		if refusal != nil {
			return stream.Ask{}, refusal
		}
		p.inPath = true
	}
	for query = next(query); query != ""; query = next(query) {
		var key, value string
		var refusal *stream.Refusal
		if key, value, query, refusal = param(query); refusal == nil {
			refusal = p.set(key, value)
		}
		if refusal != nil {
			return stream.Ask{}, refusal
		}
	}
	if len(p.ask.Streams) == 0 {
		return stream.Ask{}, errNoStream
	}
	if refusal := p.checkFrom(); refusal != nil {
		return stream.Ask{}, refusal
	}
	if err := p.ask.Filter.Check(); err != nil {
		return stream.Ask{}, badRequest("%v", err)
	}
	p.ask.Prefix = len(p.ask.Streams) > 1
	return p.ask, nil
}

// params gathers the parameters of one request into an Ask.
type params struct {
	site                *Site
	ask                 stream.Ask
	inPath              bool // the path names the stream
	hasN, hasFrom, hasG bool // seen already
	hasSince            bool
}

// batches is a request for the subprotocol, which takes no parameters.
func (p *params) batches(named, query string) (stream.Ask, *stream.Refusal) {
	if named != "" || next(query) != "" {
		return stream.Ask{}, badRequest("with subprotocol %s connect to /ws alone: streams and parameters are in its subscribe messages", wire.Subprotocol)
	}
	return stream.Ask{Encoding: stream.Batches, Backlog: p.ask.Backlog}, nil
}

// set takes one parameter.
func (p *params) set(key, value string) *stream.Refusal {
	switch key {
	case "stream":
		if p.inPath {
			return badRequest("stream: the path names a stream already; for several connect to /ws?stream=A&stream=B")
		}
		return p.stream(value)
	case "n":
		return p.n(value)
	case "from":
		return p.from(value)
	case "since":
		return p.since(value)
	case "grep":
		return p.expression(&p.ask.Filter.Grep, key, value)
	case "not":
		return p.expression(&p.ask.Filter.Not, key, value)
	case "level":
		return p.level(value)
	case "gaps":
		return p.gaps(value)
	case "lag":
		return p.lag(value)
	}
	return badRequest("unknown parameter %s: /ws takes stream, n, from, since, grep, not, level, gaps and lag", quote(key))
}

// stream adds a stream by its name.
func (p *params) stream(name string) *stream.Refusal {
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

func (p *params) n(value string) *stream.Refusal {
	switch {
	case p.hasN:
		return badRequest("n: is given twice")
	case p.hasFrom || p.hasSince:
		return errBothStarts
	}
	p.hasN = true
	if value == allLines {
		p.ask.Backlog = stream.All
		return nil
	}
	n, ok := count(value)
	if !ok {
		return badRequest("n: %s is not a number of lines: want 0, 1, 2, ... or %s", quote(value), allLines)
	}
	p.ask.Backlog = n
	return nil
}

var errBothStarts = badRequest("n, from, since: give at most one of them")

// count reads a number of lines: decimal digits and nothing else. More than
// any log can hold stands for as much as there is.
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
	if err != nil || n > math.MaxInt32 {
		n = math.MaxInt32
	}
	return n, true
}

func (p *params) from(value string) *stream.Refusal {
	switch {
	case p.hasFrom:
		return badRequest("from: is given twice")
	case p.hasN || p.hasSince:
		return errBothStarts
	}
	p.hasFrom = true
	p.ask.From = value
	return nil
}

// since takes a point in time. Where that lies in the files is looked for
// later.
func (p *params) since(value string) *stream.Refusal {
	switch {
	case p.hasSince:
		return badRequest("since: is given twice")
	case p.hasN || p.hasFrom:
		return errBothStarts
	}
	t, err := p.site.moment(value)
	if err != nil {
		return badRequest("since: %v", err)
	}
	p.hasSince = true
	p.ask.Since = t
	return nil
}

// checkFrom holds the cursor against the streams, which may be named after it.
func (p *params) checkFrom() *stream.Refusal {
	if !p.hasFrom {
		return nil
	}
	of := make([]wire.Seal, len(p.ask.Streams))
	for i, log := range p.ask.Streams {
		of[i] = wire.SealOf(log.Name())
	}
	_, err := wire.ParseCursors(p.ask.From, of)
	if p.ask.From == "" {
		err = wire.ErrCursor
	}
	if err != nil {
		return badRequest("from: %s: %v", quote(p.ask.From), err)
	}
	return nil
}

// expression adds to a list of a filter, which is checked as a whole later.
func (p *params) expression(list *[]string, key, value string) *stream.Refusal {
	if value == "" {
		return badRequest("%s: is empty: write an expression that lines match, or leave it out", key)
	}
	*list = append(*list, value)
	return nil
}

func (p *params) level(value string) *stream.Refusal {
	if p.ask.Filter.Level != line.None {
		return badRequest("level: is given twice")
	}
	level, err := line.ParseLevel(value)
	if err != nil {
		return badRequest("level: %v", err)
	}
	p.ask.Filter.Level = level
	return nil
}

func (p *params) lag(value string) *stream.Refusal {
	if p.ask.Lag != stream.LagReplay {
		return badRequest("lag: is given twice")
	}
	lag, err := stream.ParseLag(value)
	if err != nil || value == "" {
		return badRequest("lag: %s is not known: want skip or close, or leave it out to read on from the file", quote(value))
	}
	p.ask.Lag = lag
	return nil
}

func (p *params) gaps(value string) *stream.Refusal {
	switch {
	case p.hasG:
		return badRequest("gaps: is given twice")
	case value != "ignore":
		return badRequest("gaps: %s is not known: want ignore, or leave it out", quote(value))
	}
	p.hasG = true
	p.ask.IgnoreGaps = true
	return nil
}
