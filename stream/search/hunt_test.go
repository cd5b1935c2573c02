package search_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"tailbeam/stream/search"
	"tailbeam/tailer/history"
	"tailbeam/tailer/line"
)

// onTheSpot is a history that tells which lines hold a text, and counts what is
// read of it all the same.
type onTheSpot struct {
	line.History
	files   map[line.Generation][]byte
	stretch int64 // how far it looks at a time
	read    atomic.Int64
}

func (o *onTheSpot) count(b line.Batch, err error) (line.Batch, error) {
	o.read.Add(int64(len(b.Data)))
	return b, err
}

func (o *onTheSpot) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	return o.count(o.History.Forward(ctx, p, buf))
}

func (o *onTheSpot) Backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	return o.count(o.History.Backward(ctx, p, buf))
}

// Find implements line.Finder, by looking at each line.
func (o *onTheSpot) Find(_ context.Context, p line.Position, way line.Way, texts []line.Text) (line.Found, error) {
	data := o.files[p.Gen]
	from, to := p.Off, min(p.Off+o.stretch, int64(len(data)))
	if way == line.Backward {
		from, to = max(0, p.Off-o.stretch), p.Off
		from = int64(bytes.LastIndexByte(data[:from], '\n') + 1)
	} else {
		to = int64(bytes.LastIndexByte(data[:to], '\n') + 1)
	}
	if to <= from {
		return line.Found{}, line.ErrUnfindable
	}
	found := line.Found{From: line.Position{Gen: p.Gen, Off: from}, To: line.Position{Gen: p.Gen, Off: to}}
	for off := from; off < to; {
		text := data[off:to]
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			text = text[:end+1]
		}
		for _, want := range texts {
			if bytes.Contains(text, want.Bytes) || want.Fold && bytes.Contains(bytes.ToLower(text), bytes.ToLower(want.Bytes)) {
				found.Lines = append(found.Lines, off)
				break
			}
		}
		off += int64(len(text))
	}
	return found, nil
}

// newHunt makes a log with matches of several kinds, far from each other and in
// crowds, some in lines of many pieces.
func newHunt(t *testing.T) *onTheSpot {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	dir := t.TempDir()
	o := &onTheSpot{files: map[line.Generation][]byte{}, stretch: 400_000}
	for _, name := range []string{"app.log.1", "app.log"} {
		var text bytes.Buffer
		fmt.Fprintf(&text, "%s begins\n", name)
		for i := 0; text.Len() < 2<<20; i++ {
			switch at := random.IntN(6000); {
			case at == 0:
				fmt.Fprintf(&text, "a Needle %d\r\n", i)
			case at == 1:
				fmt.Fprintf(&text, "%s needle and more %s\n", strings.Repeat("piece ", 5_000), strings.Repeat("x", 20_000))
			case at == 2:
				text.WriteString("a \u212Aelvin here\nand a kelvin there\n")
			case at == 3 && i%4 == 0:
				for k := range 300 {
					fmt.Fprintf(&text, "crowd %d\n", k)
				}
			default:
				fmt.Fprintf(&text, "an ordinary line %d of a log, with nothing \x00\xff in it\n", i)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := history.Open(filepath.Join(dir, "app.log"), history.Options{MaxLine: 16 << 10})
	t.Cleanup(h.Close)
	extents, err := h.Extent(t.Context())
	if err != nil || len(extents) != 2 {
		t.Fatalf("%+v, %v", extents, err)
	}
	for _, e := range extents {
		data, err := os.ReadFile(filepath.Join(dir, e.Name))
		if err != nil {
			t.Fatal(err)
		}
		o.files[e.Pos.Gen] = data
	}
	o.History = h
	return o
}

func TestFindsTheSameWhereTheFilesTell(t *testing.T) {
	o := newHunt(t)
	run := func(h line.History, q search.Query) (*finds, search.End) {
		f := new(finds)
		end, err := search.NewPool().Run(t.Context(), search.Stream{History: h}, q, f)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		return f, end
	}
	for _, c := range []struct {
		pattern string
		sparse  bool // next to nothing needs to be read, and none of it is in pieces
	}{
		{"Needle", true}, {"(?i)needle", false}, {"needle and more", false}, {"(?i)KELVIN", true}, {"crowd 7|kelvin there", true},
		{"ordinary line [0-9]+3 ", false}, {"nowhere", true}, {`[0-9]{6}`, false},
	} {
		for _, order := range []search.Order{search.OldestFirst, search.NewestFirst} {
			for _, limit := range []int{0, 5} {
				q := search.Query{Match: []string{c.pattern}, Order: order, Limit: limit, Before: 1, After: 2}
				want, wantEnd := run(o.History, q)
				o.read.Store(0)
				got, end := run(o, q)
				if !reflect.DeepEqual(got.hits, want.hits) || got.last != want.last || end != wantEnd {
					t.Errorf("%q, order %d, limit %d: %d hits, %+v, %v; want %d, %+v, %v", c.pattern, order, limit,
						len(got.hits), got.last, end, len(want.hits), want.last, wantEnd)
				}
				if c.sparse && o.read.Load() > 5<<19 {
					t.Errorf("%q, order %d: %d bytes are read", c.pattern, order, o.read.Load())
				}
				if len(want.hits) < 4 {
					continue
				}
				q.From, q.To = want.hits[len(want.hits)/4].Pos, want.hits[len(want.hits)*3/4].Pos
				if order == search.NewestFirst {
					q.From, q.To = q.To, q.From
				}
				want, _ = run(o.History, q)
				if got, _ := run(o, q); !reflect.DeepEqual(got.hits, want.hits) || got.last.Bytes != want.last.Bytes {
					t.Errorf("%q between %v and %v: %d hits of %d bytes, want %d of %d", c.pattern, q.From, q.To,
						len(got.hits), got.last.Bytes, len(want.hits), want.last.Bytes)
				}
			}
		}
	}
}

var _ line.Finder = (*onTheSpot)(nil)
