package web

import (
	"net/http"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
)

// Limits of a histogram, and what it covers where nothing is said.
const (
	defaultBuckets = 60
	maxBuckets     = 1000
	defaultSpan    = time.Hour
)

// histogram is /api/histogram/{stream}: lines per bucket and level.
func (s *Site) histogram(w http.ResponseWriter, r *http.Request, t target) {
	p, of, refusal := s.pastOf(onHistogram, t)
	var since, until time.Time
	if refusal == nil {
		since, until, refusal = p.span()
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	leave, ok := s.heavy.enter(w, t)
	if !ok {
		return
	}
	defer leave()
	h, err := past.Count(r.Context(), of, since, until, p.past.buckets)
	s.answerPast(w, r, t, h, err)
}

// span returns the times that a histogram covers.
func (p *params) span() (since, until time.Time, refusal *stream.Refusal) {
	if refusal := p.checkTimes(); refusal != nil {
		return since, until, refusal
	}
	since, until = p.ask.Since, p.past.until
	if until.IsZero() {
		until = time.Now()
	}
	if since.IsZero() {
		since = until.Add(-defaultSpan)
	}
	if until.Sub(since) < time.Duration(p.past.buckets)*time.Millisecond {
		return since, until, badRequest("since, until: %d buckets do not fit between them: want a millisecond for each", p.past.buckets)
	}
	return since, until, nil
}

func (p *params) buckets(value string) *stream.Refusal {
	n, ok := count(value)
	if !ok || n < 1 || n > maxBuckets {
		return badRequest("buckets: %s is not a number from 1 to %d", quote(value), maxBuckets)
	}
	p.past.buckets = n
	return nil
}

// crowd bounds how many requests do heavy work at once.
type crowd chan struct{}

// enter lets one in, or answers that there are too many. Who is in leaves.
func (c crowd) enter(w http.ResponseWriter, t target) (leave func(), ok bool) {
	select {
	case c <- struct{}{}:
		return func() { <-c }, true
	default:
		w.Header().Set("Retry-After", "1")
		refuse(w, t, &stream.Refusal{Status: http.StatusTooManyRequests, Message: "others read much of the history just now: try again in a second"})
		return nil, false
	}
}
