package spool

import (
	"context"
	"io"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	s := open(b, Config{Limit: 64 << 20})
	batch := numbered(0, 5000)
	b.SetBytes(int64(len(batch.Data)))
	b.ReportAllocs()
	for b.Loop() {
		s.Append(batch)
	}
}

func BenchmarkForward(b *testing.B) {
	s := open(b, Config{Limit: 64 << 20})
	for range 500 {
		s.Append(numbered(0, 5000))
	}
	buf := make([]byte, 1<<20)
	at, _ := s.Start(context.Background())
	b.SetBytes(s.here().Off - at.Off)
	b.ReportAllocs()
	for b.Loop() {
		for p := at; ; {
			batch, err := s.Forward(context.Background(), p, buf)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			p = batch.End()
		}
	}
}
