package unpack

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
)

func TestReadsAtAnyOffset(t *testing.T) {
	want := text(5*Block + 12345)
	third := len(want) / 3
	for name, data := range map[string][]byte{
		"gzip":         gzipped(want),
		"gzip members": gzipped(want[:10], want[10:third], nil, want[third:]),
		"gzip padded":  append(gzipped(want), make([]byte, 1000)...),
		"zstd":         zstandard(t, want),
		"zstd frames":  zstandard(t, want[:third], want[third:]),
	} {
		t.Run(name, func(t *testing.T) {
			c := write(t, data).in(t, newStore(t, Options{}))
			random := rand.New(rand.NewPCG(1, 2))
			for range 200 {
				off := random.IntN(len(want) + 10)
				p := make([]byte, random.IntN(2*Block))
				n, err := c.ReadAt(context.Background(), p, int64(off))
				if err != nil {
					t.Fatal(err)
				}
				off = min(off, len(want))
				if n == 0 && len(p) > 0 && off < len(want) || !bytes.Equal(p[:n], want[off:off+n]) {
					t.Fatalf("%d bytes at %d are not those of the file", n, off)
				}
			}
			size, err := c.Size(context.Background())
			if err != nil || size != int64(len(want)) || c.Damage() != nil {
				t.Errorf("size %d, %v, damage %v, want %d", size, err, c.Damage(), len(want))
			}
		})
	}
}

func TestUnpacksOncePerVisit(t *testing.T) {
	want := text(10 * Block)
	for name, data := range map[string][]byte{"gzip": gzipped(want), "zstd": zstandard(t, want)} {
		t.Run(name, func(t *testing.T) {
			p := write(t, data)
			c := p.in(t, newStore(t, Options{}))
			if !bytes.Equal(all(t, c, 0), want) {
				t.Fatal("not the bytes of the file")
			}
			for off := int64(len(want)) - 100; off > 0; off -= Block / 3 {
				if !bytes.Equal(all(t, c, off), want[off:]) {
					t.Fatal("not the bytes of the file")
				}
			}
			if opens, read := p.opens.Load(), p.bytes.Load(); opens != 1 || read > int64(len(data))+1<<10 {
				t.Errorf("opened %d times, %d bytes read of %d", opens, read, len(data))
			}
		})
	}
}

// A file that is larger than the store is unpacked once for each store full of
// blocks when it is read backwards, not once for each block.
func TestBackwardThroughASmallStore(t *testing.T) {
	want := text(20 * Block)
	p := write(t, gzipped(want))
	s := newStore(t, Options{Size: 8 * Block})
	c := p.in(t, s)
	size, err := c.Size(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	piece := make([]byte, 1000)
	for off := size - 1000; off >= 0; off -= 1000 {
		n, err := c.ReadAt(context.Background(), piece, off)
		if err != nil || n == 0 || !bytes.Equal(piece[:n], want[off:off+int64(n)]) {
			t.Fatalf("%d bytes at %d, %v", n, off, err)
		}
		if held, _ := s.usage(); held > 8*Block {
			t.Fatalf("the store holds %d bytes", held)
		}
	}
	if opens := p.opens.Load(); opens > 4 {
		t.Errorf("unpacked %d times", opens)
	}
}

func TestBeginsAtAMember(t *testing.T) {
	var parts [][]byte
	want := text(24 * Block)
	for i := 0; i < len(want); i += 8 * Block {
		parts = append(parts, want[i:i+8*Block])
	}
	data := gzipped(parts...)
	p := write(t, data)
	c := p.in(t, newStore(t, Options{Size: 2 * Block}))
	if !bytes.Equal(all(t, c, 0), want) {
		t.Fatal("not the bytes of the file")
	}
	p.bytes.Store(0)
	one := make([]byte, 1)
	if n, err := c.ReadAt(context.Background(), one, 22*Block); n != 1 || err != nil || one[0] != want[22*Block] {
		t.Fatal(n, err)
	}
	if read := p.bytes.Load(); read > int64(len(data))/4 {
		t.Errorf("%d bytes read of %d", read, len(data))
	}
}

func TestManyReaders(t *testing.T) {
	want := text(6 * Block)
	s := newStore(t, Options{Size: 5 * Block, Decoders: 2})
	var files []Content
	for _, data := range [][]byte{gzipped(want), zstandard(t, want), gzipped(want[:Block], want[Block:]), gzipped(want), zstandard(t, want)} {
		files = append(files, write(t, data).in(t, s))
	}
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(i)))
			p := make([]byte, 5000)
			for range 60 {
				off := random.IntN(len(want))
				n, err := files[random.IntN(len(files))].ReadAt(context.Background(), p, int64(off))
				if err != nil || n == 0 || !bytes.Equal(p[:n], want[off:off+n]) {
					t.Errorf("%d bytes at %d, %v", n, off, err)
					return
				}
			}
		})
	}
	readers.Wait()
}

func TestNoTemporaryFile(t *testing.T) {
	want := text(3 * Block)
	s := newStore(t, Options{Dir: "/does/not/exist"})
	if !bytes.Equal(all(t, write(t, gzipped(want)).in(t, s), 0), want) {
		t.Error("not the bytes of the file")
	}
	if held, _ := s.usage(); held != int64(len(want)) {
		t.Errorf("%d bytes are held in memory", held)
	}
}

func TestTemporaryFileHasNoName(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, Options{Dir: dir})
	all(t, write(t, gzipped(text(3*Block))).in(t, s), 0)
	if held, _ := s.usage(); held == 0 {
		t.Fatal("nothing is held")
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestCancel(t *testing.T) {
	c := write(t, gzipped(text(3*Block))).in(t, newStore(t, Options{}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Size(ctx); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	if size, err := c.Size(context.Background()); size != 3*Block || err != nil {
		t.Error(size, err)
	}
}
