package history

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"tailbeam/tailer/line"
)

// twin is all of a stream in memory.
func twin(generations [][]byte, maxLine int) (all []string) {
	for _, g := range generations {
		all = append(all, pieces(g, maxLine)...)
	}
	return all
}

// FuzzHistory makes generations of any text, in any form, and reads them in
// both directions with any buffer.
func FuzzHistory(f *testing.F) {
	f.Add([]byte("one\ntwo\n\x01three\n\x01four"), uint64(1), uint8(20))
	f.Add([]byte("0123456789012345678901234567890123456789\n\x01ä€\n\n\r\n\x01x"), uint64(7), uint8(0))
	f.Add([]byte("0\x00\x010\x000\x00\x00\x01"), uint64(3), uint8(5))
	f.Add([]byte("same\n\x01same\n\x01same\nb\n\x01\x01\x00\x00c\n"), uint64(99), uint8(3))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64, size uint8) {
		const maxLine = 16
		random := rand.New(rand.NewPCG(seed, 1))
		parts := bytes.Split(text, []byte{1})
		if len(parts) > 8 || len(text) > 4096 {
			return
		}
		w := newWorld(t)
		var generations [][]byte
		for i, part := range parts {
			name := "app.log." + string(rune('0'+len(parts)-1-i))
			if i == len(parts)-1 {
				name = "app.log"
				part = append(slices.Clone(part), '\n')
			}
			// What a file begins with makes it known: the same again would be
			// a copy.
			part = append([]byte{byte('a' + i)}, part...)
			w.write(name, string(part))
			held := bytes.TrimRight(part, "\x00") // the rest is room
			if i < len(parts)-1 {
				switch random.IntN(4) {
				case 0:
					w.compress(name, name+".gz")
					held = part
				case 1:
					w.compress(name, name+".zst")
					held = part
				case 2:
					w.pack(name, name+".gz")
				}
			}
			generations = append(generations, held)
		}
		want := twin(generations, maxLine)
		r := w.open("app.log", Options{MaxLine: maxLine})
		r.buf = make([]byte, maxLine+2+int(size))
		r.want(want...)
		if len(want) == 0 {
			return
		}
		n := random.IntN(len(want) + 1)
		p := r.after(n)
		fresh := w.open("app.log", Options{MaxLine: maxLine})
		fresh.buf = r.buf
		if got := fresh.forward(p); !slices.Equal(got, want[n:]) {
			t.Errorf("from entry %d:\n got %s\nwant %s", n, got, want[n:])
		}
		if got := fresh.backward(p); !slices.Equal(got, want[:n]) {
			t.Errorf("before entry %d:\n got %s\nwant %s", n, got, want[:n])
		}
		p.Off += int64(random.IntN(5)) - 2
		if _, err := fresh.Forward(context.Background(), p, r.buf); err != nil && err != io.EOF && !errors.As(err, new(*line.GoneError)) {
			t.Errorf("at an offset near by: %v", err)
		}
		if _, err := fresh.Backward(context.Background(), p, r.buf); err != nil && err != io.EOF && !errors.As(err, new(*line.GoneError)) {
			t.Errorf("before an offset near by: %v", err)
		}
	})
}
