package spool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"tailbeam/tailer/line"
)

// A model is the naive twin of a Spool: it keeps everything.
type model struct {
	entries []entry // in order
	end     int64
}

// entry is one that was appended, or a gap.
type entry struct {
	off   int64
	text  string
	flags line.Flags // of the entry alone
	gap   string
}

func (m *model) append(b *line.Batch) {
	for i := range b.Lines() {
		e := entry{off: m.end, text: string(b.Entry(i))}
		if i == 0 {
			e.flags |= b.Flags & line.Continues
		}
		if i == b.Lines()-1 {
			e.flags |= b.Flags & line.Unfinished
		}
		m.entries = append(m.entries, e)
		m.end += int64(len(e.text))
	}
}

// from returns what a Spool holds whose floor this is.
func (m *model) from(floor int64) []entry {
	i := slices.IndexFunc(m.entries, func(e entry) bool { return e.off >= floor })
	if i < 0 {
		return nil
	}
	return m.entries[i:]
}

// split returns the entries of a batch.
func split(b line.Batch) []entry {
	m := model{end: b.Pos.Off}
	m.append(&b)
	return m.entries
}

// forward reads a whole Spool.
func forward(s *Spool, p line.Position, buf []byte) ([]entry, error) {
	var got []entry
	for {
		b, err := s.Forward(context.Background(), p, buf)
		var gone *line.GoneError
		switch {
		case err == io.EOF:
			return got, nil
		case errors.As(err, &gone) && gone.Gap.From == p && gone.Gap.To.Off == p.Off+1:
			got = append(got, entry{off: p.Off, gap: gone.Gap.Reason})
			p = gone.Gap.To
			continue
		case err != nil:
			return got, err
		}
		if b.Pos != p {
			return got, fmt.Errorf("batch at %v was asked for at %v", b.Pos, p)
		}
		got = append(got, split(b)...)
		p = b.End()
	}
}

// backward reads a whole Spool from its end, without the gaps.
func backward(s *Spool, p line.Position, buf []byte) ([]entry, error) {
	var got []entry
	for {
		b, err := s.Backward(context.Background(), p, buf)
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(split(b), got...)
		p = b.Pos
	}
}

// writer makes random batches, as a source would.
type writer struct {
	r     *rand.Rand
	begun bool // the last entry was Unfinished
	most  int  // bytes of an entry
}

func (w *writer) batch() *line.Batch {
	b := &line.Batch{}
	if w.begun {
		b.Flags |= line.Continues
	}
	for n := 1 + w.r.IntN(4); n > 0; n-- {
		for range w.r.IntN(w.most) {
			b.Data = append(b.Data, byte('a'+w.r.IntN(26)))
		}
		b.Data = append(b.Data, '\n')
		b.Ends = append(b.Ends, uint32(len(b.Data)))
	}
	w.begun = false
	switch last := &b.Ends[len(b.Ends)-1]; w.r.IntN(6) {
	case 0:
		b.Flags |= line.Unfinished
		w.begun = true
		fallthrough
	case 1: // without a newline, as a writer of a FIFO may leave it
		b.Data[*last-1] = '.'
	}
	return b
}

func TestSpoolAgainstNaiveTwin(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { compare(t, seed) })
	}
}

func compare(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	limit := int64(1 + r.IntN(400))
	s := open(t, Config{Limit: limit})
	w := writer{r: r, most: 1 + r.IntN(40)}
	var m model
	for range 100 {
		if !w.begun && r.IntN(10) == 0 {
			g := s.Gap(line.Gap{Reason: fmt.Sprint("gap ", m.end)})
			m.entries = append(m.entries, entry{off: m.end, gap: g.Reason})
			m.end++
		} else {
			b := w.batch()
			if pos := s.Append(b); pos.Off != m.end {
				t.Fatalf("appended at %d, want %d", pos.Off, m.end)
			}
			m.append(b)
		}
		if r.IntN(4) == 0 {
			check(t, s, &m, make([]byte, w.most+r.IntN(100)))
		}
	}
}

// check compares all that can be read.
func check(t *testing.T, s *Spool, m *model, buf []byte) {
	t.Helper()
	start, _ := s.Start(context.Background())
	end, _ := s.End(context.Background())
	if end.Off != m.end || end.Off-start.Off > s.cfg.Limit {
		t.Fatalf("kept from %d to %d, want at most %d bytes up to %d", start.Off, end.Off, s.cfg.Limit, m.end)
	}
	want := m.from(start.Off)
	if len(want) > 0 && want[0].off != start.Off || len(want) == 0 && start != end {
		t.Fatalf("start %d lies within an entry", start.Off)
	}
	got, err := forward(s, start, buf)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("forward: %v %v\nwant %v", got, err, want)
	}
	got, err = backward(s, end, buf)
	want = slices.DeleteFunc(slices.Clone(want), func(e entry) bool { return e.gap != "" })
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("backward: %v %v\nwant %v", got, err, want)
	}
	for _, e := range m.entries {
		if e.off >= start.Off {
			break
		}
		p := line.Position{Gen: s.gen, Off: e.off}
		for _, read := range []func(context.Context, line.Position, []byte) (line.Batch, error){s.Forward, s.Backward} {
			var gone *line.GoneError
			if _, err := read(context.Background(), p, buf); !errors.As(err, &gone) || gone.Gap.Bytes != start.Off-e.off || gone.Gap.To != start {
				t.Fatalf("read at %d with the floor at %d: %v", e.off, start.Off, err)
			}
		}
	}
}

func open(t testing.TB, cfg Config) *Spool {
	t.Helper()
	cfg.Dir = t.TempDir()
	cfg.Logger = slog.New(slog.DiscardHandler)
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
