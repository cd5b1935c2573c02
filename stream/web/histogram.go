package web

import (
	"fmt"
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

// histogram is /api/histogram/{stream}: lines per bucket and level. That of all
// of history is made once for all who ask for it within a while.
func (s *Site) histogram(w http.ResponseWriter, r *http.Request, q *question) *stream.Refusal {
	if err := q.ask.Filter.Check(); err != nil {
		return badRequest("%v", err)
	}
	if q.past.all {
		if q.has("since") || q.has("until") {
			return badRequest("all, since, until: give all=1, or a time")
		}
		h, err := s.overviews.get(r.Context(), q.key(), func() (*past.Histogram, error) {
			return past.CountAll(r.Context(), q.of, q.selection(), q.past.buckets)
		})
		return answerPast(w, r, h, err)
	}
	since, until, refusal := q.span()
	if refusal == nil {
		refusal = s.heavy.enter()
	}
	if refusal != nil {
		return refusal
	}
	defer s.heavy.leave()
	of := q.selection()
	of.Since, of.Until = since, until
	h, err := past.Count(r.Context(), q.of, of, q.past.buckets)
	return answerPast(w, r, h, err)
}

// key tells the histograms apart that are asked for.
func (q *question) key() string {
	f := &q.ask.Filter
	return fmt.Sprintf("%q %d %q %q %d", q.of.Name, q.past.buckets, f.Grep, f.Not, f.Level)
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
