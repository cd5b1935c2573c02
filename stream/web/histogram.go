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
func (s *Site) histogram(w http.ResponseWriter, r *http.Request, q *question) *stream.Refusal {
	since, until, refusal := q.span()
	if refusal == nil {
		refusal = s.heavy.enter()
	}
	if refusal != nil {
		return refusal
	}
	defer s.heavy.leave()
	h, err := past.Count(r.Context(), q.of, since, until, q.past.buckets)
	return answerPast(w, r, h, err)
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
