package spool

import (
	"bytes"
	"context"
	"io"
	"testing"

	"tailbeam/tailer/line"
)

// From every byte that is kept, the next line is found and the bytes are those
// that came.
func TestNearEveryByte(t *testing.T) {
	s, err := Open(Config{Limit: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var whole []byte
	for i := range 40 {
		data := append(bytes.Repeat([]byte{'a' + byte(i%26)}, i*7), '\n')
		s.Append(&line.Batch{Data: data, Ends: []uint32{uint32(len(data))}})
		whole = append(whole, data...)
	}
	start, err := s.Start(t.Context())
	if err != nil || start.Off == 0 {
		t.Fatalf("nothing was given up: %+v, %v", start, err)
	}
	for off := start.Off; off < int64(len(whole)); off++ {
		p := line.Position{Gen: start.Gen, Off: off}
		want := off
		if off > start.Off {
			want += int64(bytes.IndexByte(whole[off-1:], '\n'))
		}
		got, err := s.Near(context.Background(), p)
		if want == int64(len(whole)) && err != io.EOF || want < int64(len(whole)) && (err != nil || got.Off != want) {
			t.Fatalf("near %d: %d, %v, want %d", off, got.Off, err, want)
		}
		buf := make([]byte, 9)
		n, err := s.ReadAt(context.Background(), p, buf)
		if err != nil || n == 0 || !bytes.Equal(buf[:n], whole[off:off+int64(n)]) {
			t.Fatalf("at %d: %q, %v", off, buf[:n], err)
		}
	}
}
