package past

import (
	"context"
	"errors"
	"io"

	"tailbeam/tailer/line"
)

// Extent is how large a stream is, as JSON shows it.
type Extent struct {
	Stream      string       `json:"stream"`
	Generations []Generation `json:"generations"` // oldest first
	Bytes       int64        `json:"bytes"`       // of all
}

// Generation is how large one file is.
type Generation struct {
	Cursor    string `json:"cursor"` // of its first byte
	Bytes     int64  `json:"bytes"`
	Estimated bool   `json:"estimated"` // it is compressed, and was not read to its end yet
	Name      string `json:"name"`      // of the file, or empty
}

// Measure returns how large a stream is.
func Measure(ctx context.Context, s *Stream) (*Extent, error) {
	all, err := s.History.Extent(ctx)
	if err != nil {
		return nil, err
	}
	e := &Extent{Stream: s.Name, Generations: make([]Generation, 0, len(all))}
	for _, one := range all {
		e.Bytes += one.Bytes
		e.Generations = append(e.Generations, Generation{s.cursor(one.Pos), one.Bytes, one.Estimated, one.Name})
	}
	return e, nil
}

// near returns the first line that begins behind a share of the whole.
func near(ctx context.Context, h line.History, share float64) (line.Position, error) {
	all, err := h.Extent(ctx)
	if err != nil {
		return line.Position{}, err
	}
	for i, p := place(all, share); i < len(all); i++ {
		found, err := h.Near(ctx, p)
		if err == nil || !errors.Is(err, io.EOF) {
			return found, err
		}
		if i+1 < len(all) {
			p = all[i+1].Pos // the next one's first line
		}
	}
	return h.End(ctx)
}

// place returns the byte that lies behind a share of some generations, and in
// which of them it is; that is none for all of them.
func place(all []line.Extent, share float64) (int, line.Position) {
	total := int64(0)
	for _, one := range all {
		total += one.Bytes
	}
	left := int64(share * float64(total))
	for i, one := range all {
		if left < one.Bytes {
			return i, line.Position{Gen: one.Pos.Gen, Off: one.Pos.Off + left}
		}
		left -= one.Bytes
	}
	return len(all), line.Position{}
}
