package web

import (
	"net/http"
	"strconv"

	"tailbeam/stream"
	"tailbeam/stream/past"
)

// Limits of a page of lines.
const (
	defaultLines = 200
	maxLines     = 10_000
)

// lines is /api/lines/{stream}: history in either direction.
func (s *Site) lines(w http.ResponseWriter, r *http.Request, q *question) *stream.Refusal {
	query, refusal := q.page()
	if refusal != nil {
		return refusal
	}
	page, err := past.Read(r.Context(), q.of, query)
	return answerPast(w, r, page, err)
}

// extent is /api/extent/{stream}: how large the whole history is.
func (s *Site) extent(w http.ResponseWriter, r *http.Request, q *question) *stream.Refusal {
	e, err := past.Measure(r.Context(), q.of)
	return answerPast(w, r, e, err)
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
