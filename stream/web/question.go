package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
	"tailbeam/stream/search"
	"tailbeam/tailer/line"
)

// A question is a request about the past of one stream.
type question struct {
	*params
	of *past.Stream
}

// window is what the parameters of such a request say.
type window struct {
	before, after string // cursors
	share         float64
	limit         int
	until         time.Time
	buckets       int
	all           bool // of history, and not a part of it
	search        wanted
}

// past makes a handler of one that answers questions, or says why it does not.
func (s *Site) past(on routes, answer func(http.ResponseWriter, *http.Request, *question) *stream.Refusal) func(http.ResponseWriter, *http.Request, target) {
	return func(w http.ResponseWriter, r *http.Request, t target) {
		q, refusal := s.question(on, t)
		if refusal == nil {
			refusal = answer(w, r, q)
		}
		if refusal != nil {
			refuse(w, t, refusal)
		}
	}
}

// question reads a request about the past of one stream.
func (s *Site) question(on routes, t target) (*question, *stream.Refusal) {
	p := &params{site: s, on: on, past: window{limit: defaultLines, buckets: defaultBuckets, search: wanted{order: search.NewestFirst}}}
	named := strings.TrimPrefix(strings.TrimPrefix(t.path, paths[on]), "/")
	refusal := p.name(named)
	if refusal == nil {
		refusal = p.read(t.query)
	}
	switch {
	case refusal != nil:
		return nil, refusal
	case len(p.ask.Streams) == 0:
		return nil, p.noStream()
	case len(p.ask.Streams) > 1:
		return nil, badRequest("stream: name one stream here")
	}
	log := p.ask.Streams[0]
	origin := log.Origin()
	if origin.History == nil {
		return nil, &stream.Refusal{
			Status:  http.StatusNotFound,
			Message: quote(log.Name()) + " has no history: it has no file, and nothing of it is kept on disk with --spool 0; follow it with /ws or /tail",
		}
	}
	return &question{p, &past.Stream{Name: log.Name(), History: origin.History, Marks: origin.Marks, Host: origin.Host}}, nil
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
func answerPast(w http.ResponseWriter, r *http.Request, found any, err error) *stream.Refusal {
	if err == nil {
		answerJSON(w, http.StatusOK, found)
		return nil
	}
	return unread(r, err)
}

// unread says why the past could not be read, unless nobody listens.
func unread(r *http.Request, err error) *stream.Refusal {
	switch {
	case r.Context().Err() != nil:
		return nil
	case errors.Is(err, line.ErrNoStamps):
		return badRequest("since: %v", err)
	case errors.Is(err, context.DeadlineExceeded):
		return &stream.Refusal{Status: http.StatusServiceUnavailable, Message: "this took too long: ask for less"}
	}
	return &stream.Refusal{Status: http.StatusServiceUnavailable, Message: "the history cannot be read now: " + err.Error()}
}

// crowd bounds how many requests do heavy work at once.
type crowd chan struct{}

// enter lets one in, or says that there are too many. Who is in leaves.
func (c crowd) enter() *stream.Refusal {
	select {
	case c <- struct{}{}:
		return nil
	default:
		return &stream.Refusal{Status: http.StatusTooManyRequests, Message: "others read much of the history just now: try again in a second"}
	}
}

func (c crowd) leave() { <-c }
