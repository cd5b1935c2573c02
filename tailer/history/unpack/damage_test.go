package unpack

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDamaged(t *testing.T) {
	want := text(4 * Block)
	gz, zs := gzipped(want), zstandard(t, want)
	flip := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 0xff
		return data
	}
	for name, c := range map[string]struct {
		data   []byte
		least  int // bytes that must be read at least
		reason string
	}{
		"gzip cut":      {gz[:len(gz)/2], Block, "is cut off"},
		"gzip corrupt":  {flip(gz, len(gz)/2), Block, "is damaged"},
		"gzip checksum": {flip(gz, len(gz)-6), len(want), "checksum"},
		"gzip garbage":  {append(bytes.Clone(gz), "garbage behind it"...), len(want), "not compressed"},
		"gzip header":   {gz[:5], 0, "is cut off"},
		"second member": {append(bytes.Clone(gz), flip(gz, len(gz)/2)...), len(want) + Block, "is damaged"},
		"zstd cut":      {zs[:len(zs)/2], Block, "is cut off"},
		"zstd checksum": {flip(zs, len(zs)-2), Block, "checksum"},
		"zstd garbage":  {append(bytes.Clone(zs), "garbage behind it"...), len(want), "not compressed"},
	} {
		t.Run(name, func(t *testing.T) {
			content := write(t, c.data).in(t, newStore(t, Options{}))
			got := all(t, content, 0)
			whole := append(bytes.Clone(want), want...)
			if len(got) < c.least || !bytes.HasPrefix(whole, got[:c.least]) {
				t.Errorf("%d bytes were read", len(got))
			}
			size, err := content.Size(context.Background())
			if err != nil || size != int64(len(got)) {
				t.Errorf("size %d, %v, want %d", size, err, len(got))
			}
			var damage *Damage
			if !errors.As(content.Damage(), &damage) || !strings.Contains(damage.Error(), c.reason) {
				t.Errorf("damage %v, want %q", content.Damage(), c.reason)
			}
			if damage != nil && damage.At != size {
				t.Errorf("damage at %d, size %d", damage.At, size)
			}
		})
	}
}

func TestEstimate(t *testing.T) {
	want := text(20 * Block)
	for name, data := range map[string][]byte{"gzip": gzipped(want), "members": gzipped(want[:19*Block], want[19*Block:]), "zstd": zstandard(t, want)} {
		t.Run(name, func(t *testing.T) {
			c := write(t, data).in(t, newStore(t, Options{}))
			if _, exact := c.Known(); exact {
				t.Error("known before it was read")
			}
			p := make([]byte, 1)
			if _, err := c.ReadAt(context.Background(), p, 5*Block); err != nil {
				t.Fatal(err)
			}
			guess, exact := c.Known()
			if exact || guess < 10*Block || guess > 40*Block {
				t.Errorf("estimate %d, %v of %d", guess, exact, len(want))
			}
			all(t, c, 0)
			if size, exact := c.Known(); !exact || size != int64(len(want)) {
				t.Errorf("size %d, %v", size, exact)
			}
		})
	}
}

func TestIdleIsGivenBack(t *testing.T) {
	p := write(t, gzipped(text(8*Block)))
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := NewStore(Options{Dir: dir, Idle: time.Minute})
		defer s.Close()
		c := p.in(t, s)
		one := make([]byte, 1)
		for range 2 {
			if _, err := c.ReadAt(context.Background(), one, 2*Block); err != nil {
				t.Fatal(err)
			}
			if held, waiting := s.usage(); held != 3*Block || waiting != 1 {
				t.Errorf("%d bytes held, %d decoders wait", held, waiting)
			}
			time.Sleep(3 * time.Minute)
			synctest.Wait()
			if held, waiting := s.usage(); held != 0 || waiting != 0 {
				t.Errorf("%d bytes held, %d decoders wait after a while", held, waiting)
			}
		}
	})
}

func FuzzDamaged(f *testing.F) {
	want := text(3000)
	f.Add(gzipped(want), 5, byte(1))
	f.Add(gzipped(want[:1000], want[1000:]), 500, byte(0x80))
	f.Add(zstandard(f, want), 10, byte(7))
	f.Fuzz(func(t *testing.T, data []byte, at int, change byte) {
		if len(data) > 1<<16 || Of(data) == Plain {
			return
		}
		if at >= 0 && at < len(data) {
			data[at] ^= change
		}
		if Of(data) == Plain {
			return
		}
		s := newStore(t, Options{Size: Block})
		c := write(t, data).in(t, s)
		got := all(t, c, 0)
		if again := all(t, c, int64(len(got)/2)); !bytes.Equal(again, got[len(got)/2:]) {
			t.Error("another read gives other bytes")
		}
		if size, exact := c.Known(); !exact || size != int64(len(got)) {
			t.Errorf("size %d, %v of %d", size, exact, len(got))
		}
	})
}
