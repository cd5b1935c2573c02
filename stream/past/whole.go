package past

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"tailbeam/tailer/line"
)

// Whole is the bytes of some generations, one after the other, as they were
// when it was made: what is appended later is not part of it. Where one ends
// without a newline and another follows, a newline stands between them. It
// implements io.ReadSeeker for one request.
type Whole struct {
	history line.History
	read    func([]byte) (int, error)
	parts   []line.Extent
	between []string // what stands behind each part
	size    int64
	at      int64
}

// NewestFile returns the bytes of the newest file of a stream.
func NewestFile(ctx context.Context, s *Stream) (*Whole, error) {
	parts, err := s.History.Extent(ctx)
	if n := len(parts); n > 1 {
		parts = parts[n-1:]
	}
	return newWhole(ctx, s, parts, err)
}

// AllFiles returns the bytes of all files, oldest first. Compressed ones are
// read once, to know their size.
func AllFiles(ctx context.Context, s *Stream) (*Whole, error) {
	parts, err := s.History.Extent(ctx)
	for _, one := range parts {
		if err == nil && one.Estimated {
			end := line.Position{Gen: one.Pos.Gen, Off: math.MaxInt64 / 2}
			if _, err = s.History.ReadAt(ctx, end, make([]byte, 1)); errors.Is(err, io.EOF) {
				err = nil
			}
		}
	}
	if err == nil {
		parts, err = s.History.Extent(ctx)
	}
	return newWhole(ctx, s, parts, err)
}

func newWhole(ctx context.Context, s *Stream, parts []line.Extent, err error) (*Whole, error) {
	if err != nil {
		return nil, err
	}
	w := &Whole{history: s.History, parts: slices.DeleteFunc(parts, func(one line.Extent) bool { return one.Bytes == 0 })}
	w.read = func(p []byte) (int, error) { return w.readFor(ctx, p) }
	w.between = make([]string, len(w.parts))
	for i, one := range w.parts {
		if i < len(w.parts)-1 {
			if w.between[i], err = lacking(ctx, s.History, one); err != nil {
				return nil, err
			}
		}
		w.size += one.Bytes + int64(len(w.between[i]))
	}
	return w, nil
}

// lacking returns the newline that a generation does not end with, in its
// encoding as its last character tells that, or nothing where it has one.
func lacking(ctx context.Context, h line.History, one line.Extent) (string, error) {
	last := make([]byte, min(2, one.Bytes))
	for n := 0; n < len(last); {
		at := line.Position{Gen: one.Pos.Gen, Off: one.Pos.Off + one.Bytes - int64(len(last)-n)}
		more, err := h.ReadAt(ctx, at, last[n:])
		if n += more; n < len(last) && (err != nil || more == 0) {
			return "", errors.Join(err, io.ErrUnexpectedEOF) // it was cut meanwhile
		}
	}
	switch s := string(last); {
	case strings.HasSuffix(s, "\n") || s == "\n\x00":
		return "", nil
	case len(s) == 2 && s[0] != 0 && s[1] == 0:
		return "\n\x00", nil
	case len(s) == 2 && s[0] == 0 && s[1] != 0:
		return "\x00\n", nil
	}
	return "\n", nil
}

// Tag is the same for the same bytes (RFC 9110, section 8.8.3).
func (w *Whole) Tag() string {
	tag := []byte{'"'}
	for _, one := range w.parts {
		tag = strconv.AppendUint(tag, uint64(one.Pos.Gen), 36)
		tag = append(tag, '-')
		tag = strconv.AppendInt(tag, one.Pos.Off, 36)
		tag = append(tag, '-')
	}
	return string(append(strconv.AppendInt(tag, w.size, 36), '"'))
}

// Read reads on.
func (w *Whole) Read(p []byte) (int, error) { return w.read(p) }

func (w *Whole) readFor(ctx context.Context, p []byte) (int, error) {
	off := w.at
	for i, one := range w.parts {
		between := int64(len(w.between[i]))
		if off >= one.Bytes+between {
			off -= one.Bytes + between
			continue
		}
		if off >= one.Bytes {
			n := copy(p, w.between[i][off-one.Bytes:])
			w.at += int64(n)
			return n, nil
		}
		p = p[:min(int64(len(p)), one.Bytes-off)]
		n, err := w.history.ReadAt(ctx, line.Position{Gen: one.Pos.Gen, Off: one.Pos.Off + off}, p)
		w.at += int64(n)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // it was cut meanwhile
		}
		return n, err
	}
	return 0, io.EOF
}

// Seek goes to an offset.
func (w *Whole) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += w.at
	case io.SeekEnd:
		offset += w.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	w.at = offset
	return offset, nil
}
