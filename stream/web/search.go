package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
	"tailbeam/stream/search"
	"tailbeam/stream/wire"
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
}

const (
	// maxSearches is how many searches run at once.
	maxSearches = 8
	// maxContext is how many lines around a hit there are at most.
	maxContext = 100
)

// search is /api/search/{stream}: lines that are looked for in the whole
// history, as they are found.
func (s *Site) search(w http.ResponseWriter, r *http.Request, t target) {
	p, of, refusal := s.pastOf(onSearch, t)
	var q search.Query
	if refusal == nil {
		q, refusal = p.query()
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	leave, ok := s.seeking.enter(w, t)
	if !ok {
		return
	}
	defer leave()
	if err := p.between(r.Context(), of, &q); err != nil {
		s.answerPast(w, r, t, nil, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx passes on at once what comes
	if r.Method == http.MethodHead {
		return
	}
	out := &finds{of: of, seal: wire.SealOf(of.Name), to: patient(w), flush: http.NewResponseController(w), sent: time.Now()}
	out.json = json.NewEncoder(out.to)
	out.json.SetEscapeHTML(false)
	end, err := s.pool.Run(r.Context(), search.Stream{History: of.History, Marks: of.Marks}, q, out)
	switch {
	case r.Context().Err() != nil: // nobody listens
	case err != nil:
		out.write(map[string]string{"error": "the history cannot be read now: " + err.Error()})
	default:
		out.write(map[string]string{"done": end.String()})
	}
}

// query returns what is looked for, but for its times.
func (p *params) query() (search.Query, *stream.Refusal) {
	want := p.past.search
	q := search.Query{
		Not: p.ask.Filter.Not, Level: p.ask.Filter.Level,
		Order: want.order, Before: want.before, After: want.after, Limit: p.past.limit,
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
	for _, pair := range [][]string{{"since", "after"}, {"until", "before"}} {
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

// finds writes what a search finds, a JSON object on each line.
type finds struct {
	of    *past.Stream
	seal  wire.Seal
	to    http.ResponseWriter
	flush *http.ResponseController
	json  *json.Encoder
	sent  time.Time // when it was flushed last
}

// soon is how long a hit may wait for others.
const soon = 50 * time.Millisecond

func (f *finds) write(v any) error {
	if err := f.json.Encode(v); err != nil {
		return err
	}
	if time.Since(f.sent) < soon {
		return nil
	}
	f.sent = time.Now()
	return ignoreUnsupported(f.flush.Flush())
}

// ignoreUnsupported takes a response that cannot be flushed for one that is
// sent when it is whole.
func ignoreUnsupported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// found is a hit as JSON.
type found struct {
	Cursor string   `json:"cursor"`
	Line   string   `json:"line"`
	Time   string   `json:"time,omitempty"`
	Level  string   `json:"level,omitempty"`
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
}

// Hit implements search.Sink.
func (f *finds) Hit(h *search.Hit) error {
	hit := found{Cursor: f.cursor(h.Pos), Line: shown(h.Text), Before: allShown(h.Before), After: allShown(h.After)}
	if f.of.Marks != nil {
		if t, ok := f.of.Marks.Time(h.Text); ok {
			hit.Time = t.Format(time.RFC3339Nano)
		}
	}
	if h.Level != line.None {
		hit.Level = h.Level.String()
	}
	return f.write(hit)
}

// Gap implements search.Sink.
func (f *finds) Gap(g line.Gap) error {
	var gap struct {
		Gap struct {
			Bytes  *int64 `json:"bytes"`
			Reason string `json:"reason"`
		} `json:"gap"`
	}
	if gap.Gap.Reason = g.Reason; g.Bytes >= 0 {
		gap.Gap.Bytes = &g.Bytes
	}
	return f.write(gap)
}

// Progress implements search.Sink. It goes out at once, with all before it.
func (f *finds) Progress(p search.Progress) error {
	f.sent = time.Time{}
	type progress struct {
		ScannedTo string `json:"scanned_to"`
		Bytes     int64  `json:"bytes"`
		Matches   int    `json:"matches"`
	}
	return f.write(map[string]progress{"progress": {f.cursor(p.Scanned), p.Bytes, p.Matches}})
}

func (f *finds) cursor(p line.Position) string {
	if p.IsZero() {
		return ""
	}
	return string(wire.AppendCursor(nil, f.seal, wire.Place{p}))
}

// shown returns a text as viewers get it.
func shown(text []byte) string { return strings.ToValidUTF8(string(text), "\uFFFD") }

func allShown(texts [][]byte) (all []string) {
	for _, text := range texts {
		all = append(all, shown(text))
	}
	return all
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

// context takes a number of lines, or two: before and after.
func (p *params) context(value string) *stream.Refusal {
	before, after, two := strings.Cut(value, ",")
	if !two {
		after = before
	}
	var n [2]int
	for i, word := range []string{before, after} {
		var err error
		if n[i], err = strconv.Atoi(word); err != nil || n[i] < 0 || n[i] > maxContext {
			return badRequest("context: %s is not a number of lines from 0 to %d, nor two with a comma between", quote(value), maxContext)
		}
	}
	p.past.search.before, p.past.search.after = n[0], n[1]
	return nil
}
