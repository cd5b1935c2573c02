package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
	"tailbeam/stream/search"
	"tailbeam/tailer/line"
)

// window is what a request for the past of a stream says.
type window struct {
	before, after string // cursors
	share         float64
	limit         int
	until         time.Time
	buckets       int
	all           bool // files, not the newest alone
	search        wanted
}

// Limits of a page of lines.
const (
	defaultLines = 200
	maxLines     = 10_000
)

// lines is /api/lines/{stream}: history in either direction.
func (s *Site) lines(w http.ResponseWriter, r *http.Request, t target) {
	p, of, refusal := s.pastOf(onLines, t)
	var query past.Query
	if refusal == nil {
		query, refusal = p.page()
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	page, err := past.Read(r.Context(), of, query)
	s.answerPast(w, r, t, page, err)
}

// extent is /api/extent/{stream}: how large the whole history is.
func (s *Site) extent(w http.ResponseWriter, r *http.Request, t target) {
	_, of, refusal := s.pastOf(onExtent, t)
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	e, err := past.Measure(r.Context(), of)
	s.answerPast(w, r, t, e, err)
}

// pastOf reads a request for the past of one stream.
func (s *Site) pastOf(on routes, t target) (*params, *past.Stream, *stream.Refusal) {
	p := &params{site: s, on: on, past: window{limit: defaultLines, buckets: defaultBuckets, search: wanted{order: search.NewestFirst}}}
	named := strings.TrimPrefix(strings.TrimPrefix(t.path, paths[on]), "/")
	refusal := p.name(named)
	if refusal == nil {
		refusal = p.read(t.query)
	}
	switch {
	case refusal != nil:
		return nil, nil, refusal
	case len(p.ask.Streams) == 0:
		return nil, nil, p.noStream()
	case len(p.ask.Streams) > 1:
		return nil, nil, badRequest("stream: name one stream here")
	}
	log := p.ask.Streams[0]
	origin := log.Origin()
	if origin.History == nil {
		return nil, nil, &stream.Refusal{Status: http.StatusNotFound, Message: "nothing is kept of what " + quote(log.Name()) + " said: start tailbeam with --spool to keep some"}
	}
	return p, &past.Stream{Name: log.Name(), History: origin.History, Marks: origin.Marks}, nil
}

// page returns which lines are asked for.
func (p *params) page() (past.Query, *stream.Refusal) {
	q := past.Query{Limit: p.past.limit, Share: p.past.share, Since: p.ask.Since}
	if refusal := p.atMostOne("before", "after", "at", "since"); refusal != nil {
		return q, refusal
	}
	name, cursor := "", ""
	switch {
	case p.has("before"):
		q.Anchor, name, cursor = past.Before, "before", p.past.before
	case p.has("after"):
		q.Anchor, name, cursor = past.After, "after", p.past.after
	case p.has("at"):
		q.Anchor = past.Share
	case p.has("since"):
		q.Anchor = past.Since
	}
	if name == "" {
		return q, nil
	}
	places, refusal := p.places(name, cursor)
	if refusal == nil {
		q.Position = places[0].Last()
	}
	return q, refusal
}

func (p *params) before(value string) *stream.Refusal {
	p.past.before = value
	return nil
}

func (p *params) after(value string) *stream.Refusal {
	p.past.after = value
	return nil
}

// at takes a share of the whole in bytes.
func (p *params) at(value string) *stream.Refusal {
	share, err := strconv.ParseFloat(value, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		return badRequest("at: %s is not a share of the whole: want a number from 0 to 1", quote(value))
	}
	p.past.share = share
	return nil
}

func (p *params) limit(value string) *stream.Refusal {
	n, ok := count(value)
	if !ok || n < 1 || n > maxLines {
		return badRequest("limit: %s is not a number of lines from 1 to %d", quote(value), maxLines)
	}
	p.past.limit = n
	return nil
}

func (p *params) until(value string) *stream.Refusal {
	t, err := p.site.moment(value)
	if err != nil {
		return badRequest("until: %v", err)
	}
	p.past.until = t
	return nil
}

// checkTimes refuses an end that does not lie behind the beginning.
func (p *params) checkTimes() *stream.Refusal {
	if p.has("since") && p.has("until") && !p.ask.Since.Before(p.past.until) {
		return badRequest("since, until: since must be the earlier one")
	}
	return nil
}

// answerPast answers with what was found, or says why nothing was.
func (s *Site) answerPast(w http.ResponseWriter, r *http.Request, t target, found any, err error) {
	switch {
	case err == nil:
		answerJSON(w, http.StatusOK, found)
	case r.Context().Err() != nil: // nobody listens
	case errors.Is(err, line.ErrNoStamps):
		refuse(w, t, badRequest("since: %v", err))
	case errors.Is(err, context.DeadlineExceeded):
		refuse(w, t, &stream.Refusal{Status: http.StatusServiceUnavailable, Message: "this took too long: ask for less"})
	default:
		refuse(w, t, &stream.Refusal{Status: http.StatusServiceUnavailable, Message: "the history cannot be read now: " + err.Error()})
	}
}
