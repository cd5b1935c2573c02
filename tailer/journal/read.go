package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"tailbeam/tailer/line"
)

// flush is about how many bytes of text are gathered before they are given out
// though more is waiting.
const flush = 64 << 10

// readAll gives out the entries that journalctl writes, until its end.
func (s *Source) readAll(r *bufio.Reader) {
	for {
		text, err := readEntry(r)
		switch {
		case errors.Is(err, errTooLong):
			s.flush()
			s.sink.Gap(line.Gap{Bytes: line.UnknownBytes, Reason: "an entry of more than " + strconv.Itoa(maxEntry>>20) + " MiB in JSON was left out"})
		case err != nil: // what has no newline was not finished
			s.flush()
			return
		default:
			s.take(text)
		}
		if len(s.text) >= flush || !waiting(r) {
			s.flush()
		}
	}
}

// waiting reports whether a whole entry can be read without waiting.
func waiting(r *bufio.Reader) bool {
	held, _ := r.Peek(r.Buffered())
	return bytes.IndexByte(held, '\n') >= 0
}

var errTooLong = errors.New("entry too long")

// readEntry reads up to the next newline. What it returns is valid until it is
// called again.
func readEntry(r *bufio.Reader) ([]byte, error) {
	text, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return text, err
	}
	var whole []byte
	long := false
	for {
		if long = long || len(whole)+len(text) > maxEntry; long {
			whole = nil
		} else {
			whole = append(whole, text...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
		text, err = r.ReadSlice('\n')
	}
	if err == nil && long {
		err = errTooLong
	}
	return whole, err
}

// take adds one entry to the text, if it was not read before.
func (s *Source) take(data []byte) {
	var e entry
	err := json.Unmarshal(data, &e)
	if err == nil && e.Cursor == "" {
		err = errors.New("no cursor")
	}
	if err != nil {
		s.unreadable(err)
		return
	}
	c := parseCursor(e.Cursor)
	if s.behind {
		switch c.to(&s.last) {
		case earlier:
			return
		case identical:
			s.behind = false
			return
		case apart:
			s.sink.Gap(line.Gap{Bytes: line.UnknownBytes, Reason: "the journal no longer holds the entry at which reading stopped: entries behind it may be missing"})
		}
		s.behind = false
	}
	if s.text, err = e.render(s.text, s.cfg.Zone); err != nil {
		s.unreadable(err)
		return
	}
	s.last = c
}

// unreadable tells of an entry that makes no sense.
func (s *Source) unreadable(err error) {
	s.flush()
	s.sink.Gap(line.Gap{Bytes: line.UnknownBytes, Reason: "an entry that cannot be understood was left out: " + err.Error()})
}

// flush gives out the text.
func (s *Source) flush() {
	for text := s.text; len(text) > 0; {
		n, ends, flags := s.split.Next(text, s.ends[:0])
		s.ends = ends
		s.batch = line.Batch{Data: text[:n], Ends: ends, Flags: flags}
		s.sink.Append(&s.batch)
		s.batch.Data = nil
		text = text[n:]
	}
	s.text = s.text[:0]
	if cap(s.text) > 16*flush {
		s.text = nil
	}
}

// lastLine is a writer that keeps the last line of what it gets.
type lastLine struct {
	text string
	rest []byte
}

// maxSaid is how much is kept of what journalctl says of itself, in bytes.
const maxSaid = 512

// Write implements io.Writer.
func (l *lastLine) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		text, rest, ended := bytes.Cut(p, []byte{'\n'})
		l.rest = append(l.rest, text[:min(len(text), maxSaid-len(l.rest))]...)
		if ended && len(l.rest) > 0 {
			l.text, l.rest = strings.ToValidUTF8(string(l.rest), "?"), l.rest[:0]
		}
		p = rest
	}
	return n, nil
}
