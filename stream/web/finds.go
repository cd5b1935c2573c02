package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"tailbeam/stream/past"
	"tailbeam/stream/search"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// finds writes what a search finds, a JSON object on each line.
type finds struct {
	of    *past.Stream
	seal  wire.Seal
	to    http.ResponseWriter
	flush *http.ResponseController
	json  *json.Encoder
	sent  time.Time // when it was flushed last
}

func newFinds(of *past.Stream, w http.ResponseWriter) *finds {
	f := &finds{of: of, seal: wire.SealOf(of.Name), to: patient(w), flush: http.NewResponseController(w), sent: time.Now()}
	f.json = json.NewEncoder(f.to)
	f.json.SetEscapeHTML(false)
	return f
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
func shown(text []byte) string { return string(wire.Mended(text)) }

func allShown(texts [][]byte) (all []string) {
	for _, text := range texts {
		all = append(all, shown(text))
	}
	return all
}
