package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// writer writes the lines of all sessions, each message at once.
type writer struct {
	mu     sync.Mutex
	format Format
	out    io.Writer
	faults io.Writer
	marks  line.Marks
	names  map[streamOf]string // before each line, or nil
	buf    []byte
	object bytes.Buffer // one as JSON
	// unfinished is the stream whose line has no end yet on the last line of
	// the output, if any.
	unfinished streamOf
	// levels is that of each stream's last stamped line.
	levels map[streamOf]line.Level
	states map[streamOf]string
	merge  *merge // while the first lines of several streams wait, else nil
}

// streamOf names a stream among several servers.
type streamOf struct {
	server *server
	stream string
}

func newWriter(c Config, servers []*server) *writer {
	w := &writer{format: c.Format, out: c.Out, faults: c.Faults, marks: c.Marks,
		levels: map[streamOf]line.Level{}, states: map[streamOf]string{}}
	count, width := 0, 0
	names := map[streamOf]string{}
	var order []streamOf
	for _, s := range servers {
		for _, stream := range s.streams {
			name := stream
			if len(servers) > 1 {
				name = s.host() + "/" + name
			}
			name = string(clean(nil, []byte(name), noColours))
			names[streamOf{s, stream}] = name
			order = append(order, streamOf{s, stream})
			width = max(width, utf8.RuneCountInString(name))
			count++
		}
	}
	if count > 1 && (c.Format == Text || c.Format == Coloured) {
		w.names = names
		for key, name := range names {
			padded := name + strings.Repeat(" ", width-utf8.RuneCountInString(name)) + " | "
			if c.Format == Coloured {
				padded = nameColour(name) + padded + plainColour
			}
			w.names[key] = padded
		}
	}
	if count > 1 {
		w.merge = newMerge(order)
	}
	return w
}

// host returns the host and port of the server for people.
func (s *server) host() string {
	_, rest, _ := strings.Cut(s.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host[strings.LastIndexByte(host, '@')+1:]
}

// say tells a person what happened, on a line of its own.
func (w *writer) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := clean(nil, fmt.Appendf(nil, format, args...), noColours)
	fmt.Fprintf(w.faults, "tailbeam: %s\n", text)
}

// lines writes the lines of a message. text holds them with a newline between.
func (w *writer) lines(s *server, stream string, h *header, text []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := streamOf{s, stream}
	w.buf = w.buf[:0]
	for i := range h.N {
		entry := text
		if at := bytes.IndexByte(text, '\n'); at >= 0 && i < h.N-1 {
			entry, text = text[:at], text[at+1:]
		}
		piece := piece{
			continues: i == 0 && (h.Cont == "first" || h.Cont == "both"),
			goesOn:    i == h.N-1 && (h.Cont == "last" || h.Cont == "both"),
		}
		cursor := h.To // behind the line
		if i+1 < len(h.Off) && w.format == JSON {
			cursor = h.Base + "." + strconv.FormatInt(h.Off[i+1], 10)
		}
		w.put(key, cursor, entry, piece)
	}
	if h.Live != 0 {
		w.arrivedLocked(key)
	}
	return w.flush()
}

// put writes a line, or has it wait.
func (w *writer) put(key streamOf, cursor string, text []byte, p piece) {
	switch {
	case w.merge != nil:
		var at time.Time
		if w.marks != nil && !p.continues {
			at, _ = w.marks.Time(text)
		}
		w.hold(key, entry{cursor: cursor, text: text, piece: p}, at)
	case w.format == JSON:
		w.record(key, cursor, text, p)
	default:
		w.line(key, text, p)
	}
}

// hold has something wait for other streams, for a while.
func (w *writer) hold(key streamOf, e entry, at time.Time) {
	w.merge.hold(key, e, at)
	if w.merge.timer == nil {
		w.merge.timer = time.AfterFunc(mergeTime, func() { w.release() })
	}
	if w.merge.full() {
		w.releaseLocked()
	}
}

// arrivedLocked notes that a stream came to what is live.
func (w *writer) arrivedLocked(key streamOf) {
	if w.merge == nil {
		return
	}
	if w.merge.arrived(key); w.merge.full() {
		w.releaseLocked()
	}
}

// releaseLocked writes to buf what waits.
func (w *writer) releaseLocked() {
	m := w.merge
	if m == nil {
		return
	}
	w.merge = nil
	if m.timer != nil {
		m.timer.Stop()
	}
	m.each(func(key streamOf, e *entry) {
		if e.record != nil {
			w.buf = append(w.buf, e.record...)
			return
		}
		w.put(key, e.cursor, e.text, e.piece)
	})
}

// release writes what waits.
func (w *writer) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.merge == nil {
		return nil
	}
	w.buf = w.buf[:0]
	w.releaseLocked()
	return w.flush()
}

// piece says which ends of an entry are not those of its line.
type piece struct{ continues, goesOn bool }

// line writes a line as text.
func (w *writer) line(key streamOf, text []byte, p piece) {
	if w.unfinished != (streamOf{}) && (w.unfinished != key || !p.continues) {
		w.buf = append(w.buf, '\n')
		p.continues = false
	}
	w.unfinished = streamOf{}
	if !p.continues {
		w.buf = append(w.buf, w.names[key]...)
	}
	switch w.format {
	case Raw:
		w.buf = append(w.buf, text...)
	case Text:
		w.buf = shown(w.buf, text, "")
	case Coloured:
		w.buf = shown(w.buf, text, levelColours[w.level(key, text)])
	}
	if p.goesOn {
		w.unfinished = key
		return
	}
	w.buf = append(w.buf, '\n')
}

// level returns the level of a line, which is that of the line before it where
// it has neither a level nor a stamp.
func (w *writer) level(key streamOf, text []byte) line.Level {
	if w.marks == nil {
		return line.None
	}
	level := w.marks.Level(text)
	if level == line.None {
		if _, stamped := w.marks.Time(text); !stamped {
			return w.levels[key]
		}
	}
	w.levels[key] = level
	return level
}

// record writes a line as JSON.
func (w *writer) record(key streamOf, cursor string, text []byte, p piece) {
	r := struct {
		Stream string `json:"stream"`
		Cursor string `json:"cursor"`
		Line   string `json:"line"`
		Time   string `json:"time,omitempty"`
		Level  string `json:"level,omitempty"`
		Cont   string `json:"cont,omitempty"`
	}{Stream: w.nameOf(key), Cursor: cursor, Line: string(text)}
	if w.marks != nil {
		if t, ok := w.marks.Time(text); ok {
			r.Time = t.Format(time.RFC3339Nano)
		}
		if level := w.level(key, text); level != line.None {
			r.Level = level.String()
		}
	}
	switch {
	case p.continues && p.goesOn:
		r.Cont = "both"
	case p.continues:
		r.Cont = "first"
	case p.goesOn:
		r.Cont = "last"
	}
	w.json(r)
}

// nameOf names a stream in a record; that of a server is told only in text.
func (w *writer) nameOf(key streamOf) string { return key.stream }

func (w *writer) json(v any) {
	w.object.Reset()
	e := json.NewEncoder(&w.object)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings and numbers only
	}
	w.buf = escaped(w.buf, w.object.Bytes())
}

// gap tells that lines are missing.
func (w *writer) gap(s *server, stream string, g *gap) error {
	w.mu.Lock()
	if w.format != JSON {
		w.mu.Unlock()
		size := "lines"
		if g.Bytes != nil {
			size = fmt.Sprintf("%d bytes", *g.Bytes)
		}
		w.say("%s: %s are missing here: %s", stream, size, g.Reason)
		return nil
	}
	defer w.mu.Unlock()
	w.buf = w.buf[:0]
	w.json(struct {
		Stream string `json:"stream"`
		Gap    *gap   `json:"gap"`
	}{stream, g})
	w.behind(streamOf{s, stream})
	return w.flush()
}

// notice tells of a stream's condition, where it is news.
func (w *writer) notice(s *server, stream string, n *notice) error {
	w.mu.Lock()
	key := streamOf{s, stream}
	state := n.Condition
	if n.Reason != "" {
		state += ", " + n.Reason
	}
	before, known := w.states[key]
	w.states[key] = state
	if w.format != JSON {
		w.buf = w.buf[:0]
		w.arrivedLocked(key)
		err := w.flush()
		w.mu.Unlock()
		if err != nil {
			return err
		}
		if state != before && (known || n.Condition != "live") {
			w.say("%s: %s", stream, state)
		}
		return nil
	}
	defer w.mu.Unlock()
	w.buf = w.buf[:0]
	w.json(struct {
		Stream string  `json:"stream"`
		Notice *notice `json:"notice"`
	}{stream, n})
	w.behind(key)
	w.arrivedLocked(key)
	return w.flush()
}

// behind has the record in buf wait behind the lines of its stream that do.
func (w *writer) behind(key streamOf) {
	if w.merge != nil {
		record := w.buf
		w.buf = nil
		w.hold(key, entry{record: record}, time.Time{})
	}
}

// flush writes what is in buf. The error is errClosed where nobody reads it.
func (w *writer) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.out.Write(w.buf)
	if err != nil && isHangup(err) {
		return errClosed
	}
	if err != nil {
		return &Refused{"writing lines: " + errors.Unwrap(err).Error()}
	}
	return nil
}
