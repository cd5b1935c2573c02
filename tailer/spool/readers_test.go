package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/line"
)

// numbered returns lines that say where they are.
func numbered(off int64, n int) *line.Batch {
	b := &line.Batch{}
	for range n {
		b.Data = fmt.Appendf(b.Data, "%012d\n", off+int64(len(b.Data)))
		b.Ends = append(b.Ends, uint32(len(b.Data)))
	}
	return b
}

// verify reports what is wrong with numbered lines.
func verify(b line.Batch) error {
	for i := range b.Lines() {
		want := fmt.Sprintf("%012d\n", b.Pos.Off+int64(i)*13)
		if string(b.Entry(i)) != want {
			return fmt.Errorf("line %q, want %q", b.Entry(i), want)
		}
	}
	return nil
}

// Readers that are overtaken again and again never see the bytes of another
// place, and learn exactly what they missed.
func TestReadersWhileWriting(t *testing.T) {
	s := open(t, Config{Limit: 64 << 10})
	var done atomic.Bool
	var wg sync.WaitGroup
	ctx := context.Background()
	wg.Go(func() { // from the beginning to the end, without a byte unaccounted for
		buf := make([]byte, 4<<10)
		at, missed := line.Position{Gen: s.gen}, int64(0)
		read := int64(0)
		for {
			last := done.Load()
			b, err := s.Forward(ctx, at, buf)
			var gone *line.GoneError
			switch {
			case err == io.EOF && last:
				if end, _ := s.End(ctx); read+missed != end.Off || read == 0 {
					t.Errorf("read %d and missed %d of %d bytes", read, missed, end.Off)
				}
				return
			case err == io.EOF:
			case errors.As(err, &gone):
				missed += gone.Gap.Bytes
				at = gone.Gap.To
			case err != nil:
				t.Error(err)
				return
			default:
				if err := verify(b); err != nil {
					t.Error(err)
					return
				}
				read += int64(len(b.Data))
				at = b.End()
			}
		}
	})
	wg.Go(func() { // back from the end, again and again
		buf := make([]byte, 4<<10)
		for !done.Load() {
			at, _ := s.End(ctx)
			for {
				b, err := s.Backward(ctx, at, buf)
				var gone *line.GoneError
				if err == io.EOF || errors.As(err, &gone) {
					break
				}
				if err == nil {
					err = verify(b)
				}
				if err != nil {
					t.Error(err)
					return
				}
				at = b.Pos
			}
		}
	})
	off := int64(0)
	for i := range 3000 {
		b := numbered(off, 1+i%100)
		s.Append(b)
		off += int64(len(b.Data))
	}
	done.Store(true)
	wg.Wait()
}

// full is a file on a disk that has no room.
type full struct {
	file
	on atomic.Bool
}

func (f *full) WriteAt(p []byte, off int64) (int, error) {
	if f.on.Load() {
		return 0, errors.New("no space left on device")
	}
	return f.file.WriteAt(p, off)
}

func TestDiskFull(t *testing.T) {
	s := open(t, Config{Limit: 1 << 20})
	f := &full{file: s.file}
	s.file = f
	s.Append(numbered(0, 10))
	f.on.Store(true)
	s.Append(numbered(130, 10))
	s.Append(numbered(260, 10))
	ctx, buf := context.Background(), make([]byte, 4<<10)
	start, _ := s.Start(ctx)
	if want := (line.Position{Gen: s.gen, Off: 390}); start != want || s.here() != want {
		t.Errorf("start %v, end %v, want both %v", start, s.here(), want)
	}
	var gone *line.GoneError
	if _, err := s.Forward(ctx, line.Position{Gen: s.gen, Off: 130}, buf); !errors.As(err, &gone) || gone.Gap.Bytes != 260 {
		t.Errorf("Forward: %v, want 260 bytes gone", err)
	}
	f.on.Store(false)
	s.Append(numbered(390, 10))
	if b, err := s.Forward(ctx, start, buf); err != nil || verify(b) != nil || b.Lines() != 10 {
		t.Errorf("Forward: %v %v, want what came after", b, err)
	}
}

func TestPositionsThatAreNone(t *testing.T) {
	s := open(t, Config{Limit: 1 << 20})
	s.Append(numbered(0, 10))
	buf := make([]byte, 4<<10)
	for _, p := range []line.Position{{}, {Gen: s.gen + 2}, {Gen: s.gen, Off: 5}, {Gen: s.gen, Off: 131}, {Gen: s.gen, Off: -1}} {
		var gone *line.GoneError
		if _, err := s.Forward(context.Background(), p, buf); !errors.As(err, &gone) || gone.Gap.Bytes != line.UnknownBytes || gone.Gap.To.Gen != s.gen {
			t.Errorf("Forward(%v): %v, want a gap of unknown size", p, err)
		}
	}
	if _, err := s.Forward(context.Background(), line.Position{Gen: s.gen}, buf[:12]); !errors.Is(err, io.ErrShortBuffer) {
		t.Errorf("Forward with a buffer that is too small: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Forward(ctx, line.Position{Gen: s.gen}, buf); !errors.Is(err, context.Canceled) {
		t.Errorf("Forward when nobody waits: %v", err)
	}
}

func TestNothingIsKept(t *testing.T) {
	s, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if s.History() != nil {
		t.Error("there is a history of nothing")
	}
	s.Append(numbered(0, 10))
	if p := s.Append(numbered(130, 10)); p.Off != 130 {
		t.Errorf("position %d, want 130", p.Off)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// sink keeps what a Tap passes on.
type sink struct {
	batch  line.Batch
	data   bytes.Buffer
	notice line.Notice
	gap    line.Gap
}

func (s *sink) Append(b *line.Batch) { s.batch = *b; s.data.Write(b.Data) }
func (s *sink) Notice(n line.Notice) { s.notice = n }
func (s *sink) Gap(g line.Gap)       { s.gap = g }

func TestTapGivesPositions(t *testing.T) {
	s := open(t, Config{Limit: 1 << 20})
	var got sink
	tap := NewTap(s, &got)
	tap.Append(numbered(0, 2))
	b := numbered(26, 1)
	b.Flags = line.Continues
	tap.Append(b)
	if got.batch.Pos != (line.Position{Gen: s.gen, Off: 26}) || got.batch.Flags != line.Continues || got.data.Len() != 39 {
		t.Errorf("batch %+v", got.batch)
	}
	tap.Notice(line.Notice{Condition: line.Live})
	if got.notice.Pos.Off != 39 || got.notice.Condition != line.Live {
		t.Errorf("notice %+v", got.notice)
	}
	tap.Gap(line.Gap{Bytes: 7, Reason: "lost"})
	if got.gap.From.Off != 39 || got.gap.To.Off != 40 || got.gap.Bytes != 7 || got.gap.Reason != "lost" {
		t.Errorf("gap %+v", got.gap)
	}
}
