package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"tailbeam/stream"
	"tailbeam/stream/past"
	"tailbeam/stream/search"
	"tailbeam/tailer/line"
)

// wanted is what a request says of the lines that it looks for.
type wanted struct {
	q       string
	literal bool
	fold    bool
	order   search.Order
	before  int // lines of context
	after   int
	count   bool
}

const (
	// maxSearches is how many searches run at once.
	maxSearches = 8
	// maxContext is how many lines around a hit there are at most.
	maxContext = 100
)

// search is /api/search/{stream}: lines that are looked for in the whole
// history, as they are found.
func (s *Site) search(w http.ResponseWriter, r *http.Request, asked *question) *stream.Refusal {
	q, refusal := asked.query()
	if refusal == nil {
		refusal = s.seeking.enter()
	}
	if refusal != nil {
		return refusal
	}
	defer s.seeking.leave()
	of := asked.of
	if err := asked.between(r.Context(), of, &q); err != nil {
		return unread(r, err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx passes on at once what comes
	if r.Method == http.MethodHead {
		return nil
	}
	out := newFinds(of, w)
	end, err := s.pool.Run(r.Context(), search.Stream{History: of.History, Marks: of.Marks, Host: of.Host}, q, out)
	switch {
	case r.Context().Err() != nil: // nobody listens
	case err != nil:
		out.write(map[string]string{"error": "the history cannot be read now: " + err.Error()})
	default:
		out.write(map[string]string{"done": end.String()})
	}
	return nil
}

// query returns what is looked for, but for its times.
func (p *params) query() (search.Query, *stream.Refusal) {
	want := p.past.search
	q := search.Query{
		Not: p.ask.Filter.Not, Level: p.ask.Filter.Level,
		Order: want.order, Before: want.before, After: want.after, Limit: p.past.limit, Count: want.count,
	}
	if err := p.ask.Filter.Check(); err != nil {
		return q, badRequest("%v", err)
	}
	if want.q != "" {
		pattern := want.q
		if want.literal {
			pattern = regexp.QuoteMeta(pattern)
		} else if err := stream.CheckExpression(pattern); err != nil {
			return q, badRequest("q: %v", err)
		}
		if want.fold {
			pattern = "(?i:" + pattern + ")"
		}
		if err := stream.CheckExpression(pattern); err != nil {
			return q, badRequest("q: %v", err)
		}
		q.Match = []string{pattern}
	}
	exclude := [][]string{{"since", "after"}, {"until", "before"}}
	if want.count {
		exclude = append(exclude, []string{"count", "limit"}, []string{"count", "context"})
	}
	for _, pair := range exclude {
		if refusal := p.atMostOne(pair...); refusal != nil {
			return q, refusal
		}
	}
	for _, end := range []struct {
		name, cursor string
		to           *line.Position
	}{{"after", p.past.after, &q.From}, {"before", p.past.before, &q.To}} {
		if !p.has(end.name) {
			continue
		}
		places, refusal := p.places(end.name, end.cursor)
		if refusal != nil {
			return q, refusal
		}
		*end.to = places[0].Last()
	}
	return q, p.checkTimes()
}

// between finds the places of the times that the lines lie between.
func (p *params) between(ctx context.Context, of *past.Stream, q *search.Query) (err error) {
	if p.has("since") {
		if q.From, err = of.History.Since(ctx, p.ask.Since); err != nil {
			return err
		}
	}
	if p.has("until") {
		q.To, err = of.History.Since(ctx, p.past.until)
	}
	return err
}

func (p *params) q(value string) *stream.Refusal {
	if value == "" {
		return badRequest("q: is empty: write an expression that lines match, or leave it out")
	}
	p.past.search.q = value
	return nil
}

func (p *params) literal(value string) *stream.Refusal {
	if value != "0" && value != "1" {
		return badRequest("literal: %s is not known: want 1 for a text, or 0 for an expression", quote(value))
	}
	p.past.search.literal = value == "1"
	return nil
}

func (p *params) letters(value string) *stream.Refusal {
	if value != "ignore" && value != "match" {
		return badRequest("case: %s is not known: want ignore or match", quote(value))
	}
	p.past.search.fold = value == "ignore"
	return nil
}

func (p *params) order(value string) *stream.Refusal {
	switch value {
	case "newest":
		p.past.search.order = search.NewestFirst
	case "oldest":
		p.past.search.order = search.OldestFirst
	default:
		return badRequest("order: %s is not known: want newest or oldest", quote(value))
	}
	return nil
}

func (p *params) count(value string) *stream.Refusal {
	if value != "0" && value != "1" {
		return badRequest("count: %s is not known: want 1 for how many hits there are, or 0 for the hits", quote(value))
	}
	p.past.search.count = value == "1"
	return nil
}

// context takes a number of lines, or two: before and after.
func (p *params) context(value string) *stream.Refusal {
	before, after, two := strings.Cut(value, ",")
	if !two {
		after = before
	}
	var n [2]int
	for i, word := range []string{before, after} {
		var ok bool
		if n[i], ok = count(word); !ok || n[i] > maxContext {
			return badRequest("context: %s is not a number of lines from 0 to %d, nor two with a comma between", quote(value), maxContext)
		}
	}
	p.past.search.before, p.past.search.after = n[0], n[1]
	return nil
}
