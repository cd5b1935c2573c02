package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"tailbeam/stream"
)

// tail is /tail and /tail/{stream}: the lines of streams over plain HTTP.
func (s *Site) tail(w http.ResponseWriter, r *http.Request, t target) {
	ask, refusal := s.tailAsk(r, t)
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	s.server.Tail(w, r, ask)
}

// tailAsk reads what a request for /tail wants. A browser that reconnects sends
// the same address with the id of the last event, which goes before all that
// the address says of where to begin.
func (s *Site) tailAsk(r *http.Request, t target) (stream.Ask, *stream.Refusal) {
	p := params{site: s, on: onTail, ask: stream.Ask{Backlog: s.backlog, Encoding: accepted(r.Header.Values("Accept"))}}
	named := strings.TrimPrefix(strings.TrimPrefix(t.path, paths[onTail]), "/")
	if refusal := p.whole(named, t.query); refusal != nil {
		return stream.Ask{}, refusal
	}
	if p.ask.Encoding != stream.Events {
		return p.ask, nil
	}
	if p.ask.Wait != nil {
		return stream.Ask{}, badRequest("wait: an event stream stays open by itself: leave it out, or ask for text or ndjson")
	}
	if id := strings.Join(r.Header.Values("Last-Event-ID"), ", "); id != "" {
		p.ask.From, p.ask.Since = id, time.Time{}
		if refusal := p.checkCursor("Last-Event-ID"); refusal != nil {
			return stream.Ask{}, refusal
		}
	}
	return p.ask, nil
}

// media are the types that an Accept header can choose from.
var media = map[string]stream.Encoding{
	"text/plain":           stream.Text,
	"text/event-stream":    stream.Events,
	"application/x-ndjson": stream.Records,
	"application/ndjson":   stream.Records,
	"application/jsonl":    stream.Records,
}

// accepted returns the encoding that an Accept header likes best of those that
// it names (RFC 9110, section 12.5.1); text where it names none.
func accepted(lists []string) stream.Encoding {
	best, weight := stream.Text, 0.0
	for one := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		kind, parameters, _ := strings.Cut(one, ";")
		encoding, known := media[strings.ToLower(strings.TrimSpace(kind))]
		if q := quality(parameters); known && q > weight {
			best, weight = encoding, q
		}
	}
	return best
}

// quality returns the weight among the parameters of a media range; 1 where it
// has none.
func quality(parameters string) float64 {
	for one := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(value, 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}
