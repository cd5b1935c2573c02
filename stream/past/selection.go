package past

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"tailbeam/tailer/line"
)

// Selection says which lines of the whole history are wanted. The zero value
// wants all of them.
type Selection struct {
	Since, Until time.Time // zero for no bound
	Level        line.Level
	// Matches looks at a line as it is shown, or is nil.
	Matches func(text []byte) bool
}

// Write writes the lines that are selected, as they lie in the files.
func (s Selection) Write(ctx context.Context, of *Stream, to io.Writer) error {
	w, err := newWalk(ctx, of)
	if err != nil {
		return err
	}
	defer w.block.free()
	from, end, err := s.bounds(ctx, of.History)
	if err != nil || from.IsZero() {
		return err
	}
	var fault error
	chosen, buf := false, []byte(nil)
	out := bufio.NewWriterSize(to, 64<<10)
	err = w.each(ctx, from, end, func(e *entry) bool {
		if !e.continues {
			chosen = s.chooses(e)
		}
		if !chosen {
			return true
		}
		text := e.text
		if e.recoded {
			text, fault = readAll(ctx, of.History, e.pos, e.bytes, buf)
			buf = text[:0]
		}
		if fault == nil {
			_, fault = out.Write(text)
		}
		return fault == nil
	})
	return errors.Join(err, fault, out.Flush())
}

// chooses reports whether a line is wanted. A long line is chosen by its first
// piece.
func (s *Selection) chooses(e *entry) bool {
	if s.Level > e.level && e.level != line.None {
		return false
	}
	return s.Matches == nil || s.Matches(text(e.text, e.pos.Off))
}

// bounds returns where the lines of the time begin and end. The end is zero
// where there is no bound.
func (s *Selection) bounds(ctx context.Context, h line.History) (from, to line.Position, err error) {
	if s.Since.IsZero() {
		from, err = h.Start(ctx)
	} else {
		from, err = h.Since(ctx, s.Since)
	}
	if err == nil && !s.Until.IsZero() {
		to, err = h.Since(ctx, s.Until)
	}
	return from, to, err
}

// readAll reads n bytes from p on into a buffer that is made if it is small.
func readAll(ctx context.Context, h line.History, p line.Position, n int64, buf []byte) ([]byte, error) {
	if int64(cap(buf)) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	for read := int64(0); read < n; {
		m, err := h.ReadAt(ctx, line.Position{Gen: p.Gen, Off: p.Off + read}, buf[read:])
		if err != nil {
			return nil, err
		}
		read += int64(m)
	}
	return buf, nil
}
