package unpack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"tailbeam/tailer/disk"
)

// volume is one compressed file.
type volume struct {
	store   *Store
	key     Key
	packing Packing
	turn    chan struct{} // holds a token while someone unpacks

	// Guarded by Store.mu.
	blocks map[int64]*block
	size   int64 // of what it unpacks to, or -1 until its end was reached
	damage error // why it ends there, if it is not whole
	ratio  place // how much of it was unpacked to how much
	hint   int64 // what the file says of its size, 0 if nothing, or unasked
	used   time.Time

	// Belongs to whoever has the turn.
	reader *Reader
	file   disk.File
	next   int64   // the block that reader gives next
	starts []place // gzip members where unpacking can begin
}

// Content is what a compressed file unpacks to. Its methods may be called from
// any goroutine; they block while something is unpacked, and look at ctx
// between blocks.
type Content struct {
	v    *volume
	open func() (disk.File, error)
}

// ReadAt reads into p from off, up to the end of a block at most. It returns 0
// without an error at the end; Damage tells whether that is the true end.
func (c Content) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	if n, ok := c.v.stored(p, off); ok {
		return n, nil
	}
	return c.unpack(ctx, p, off)
}

// Size returns how many bytes there are. It reads the file to its end if that
// was never done before.
func (c Content) Size(ctx context.Context) (int64, error) {
	if size, exact := c.Known(); exact {
		return size, nil
	}
	if _, err := c.unpack(ctx, nil, math.MaxInt64); err != nil {
		return 0, err
	}
	size, _ := c.Known()
	return size, nil
}

// Damage returns why the file ends where it does although it should not, or nil
// where it is whole or its end was not reached yet.
func (c Content) Damage() error {
	c.v.store.mu.Lock()
	defer c.v.store.mu.Unlock()
	return c.v.damage
}

// stored reads what is kept, or finds out that off is behind the end.
func (v *volume) stored(p []byte, off int64) (int, bool) {
	s := v.store
	s.mu.Lock()
	size := v.size
	s.mu.Unlock()
	if size >= 0 && off >= size {
		return 0, true
	}
	return s.read(v, off/Block, p, off%Block)
}

// pieces are what blocks are unpacked into.
var pieces = sync.Pool{New: func() any { return new([Block]byte) }}

// unpack unpacks what is needed to read from off.
func (c Content) unpack(ctx context.Context, p []byte, off int64) (int, error) {
	v := c.v
	select {
	case v.turn <- struct{}{}:
		defer func() { <-v.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if n, ok := v.stored(p, off); ok {
		return n, nil
	}
	select {
	case v.store.active <- struct{}{}:
		defer func() { <-v.store.active }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if err := c.seek(off / Block); err != nil {
		return 0, err
	}
	defer v.wait()
	piece := pieces.Get().(*[Block]byte)
	defer pieces.Put(piece)
	data := piece[:]
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		k := v.next
		n, err := v.fill(data)
		if err != nil && err != io.EOF {
			v.stop()
			return 0, err
		}
		if n > 0 {
			v.store.put(v, k, data[:n])
		}
		switch {
		case k == off/Block && off%Block < int64(n):
			return copy(p, data[off%Block:n]), nil
		case err == io.EOF:
			return 0, nil
		}
	}
}

// fill unpacks the next block. With io.EOF the end was reached.
func (v *volume) fill(data []byte) (int, error) {
	n := 0
	for n < len(data) {
		member := v.reader.member
		m, err := v.reader.Read(data[n:])
		n += m
		if v.reader.member != member {
			v.start(v.reader.member)
		}
		if err == nil {
			continue
		}
		var damage *Damage
		if err != io.EOF && !errors.As(err, &damage) {
			return 0, err
		}
		v.store.mu.Lock()
		v.size = v.next*Block + int64(n)
		if damage != nil {
			v.damage = damage
		}
		v.store.mu.Unlock()
		v.stop()
		return n, io.EOF
	}
	v.next++
	v.store.mu.Lock()
	if v.reader.at > v.ratio.out {
		v.ratio = place{in: v.reader.consumed(), out: v.reader.at}
	}
	v.store.mu.Unlock()
	return n, nil
}

// maxStarts bounds how many gzip members are remembered.
const maxStarts = 1024

// start remembers a gzip member that begins a good way behind the last one.
func (v *volume) start(at place) {
	last := place{}
	if len(v.starts) > 0 {
		last = v.starts[len(v.starts)-1]
	}
	if at.out < last.out+4*Block {
		return
	}
	if len(v.starts) == maxStarts {
		for i := range maxStarts / 2 {
			v.starts[i] = v.starts[2*i+1]
		}
		v.starts = v.starts[:maxStarts/2]
	}
	v.starts = append(v.starts, at)
}

// seek has the reader stand in front of block k or before.
func (c Content) seek(k int64) error {
	v := c.v
	from := place{}
	i, _ := slices.BinarySearchFunc(v.starts, k*Block, func(p place, off int64) int {
		if (p.out+Block-1)/Block*Block <= off {
			return -1
		}
		return 1
	})
	if i > 0 {
		from = v.starts[i-1]
	}
	if v.reader != nil && v.next <= k && v.next*Block >= from.out {
		return nil
	}
	v.stop()
	file, err := c.open()
	if err != nil {
		return err
	}
	v.file, v.reader = file, newReader(file, v.packing, from)
	v.ask(file)
	v.next = (from.out + Block - 1) / Block
	if _, err := io.CopyN(io.Discard, v.reader, v.next*Block-from.out); err != nil {
		v.stop()
		return fmt.Errorf("unpack from %d: %w", from.in, err)
	}
	return nil
}

// wait keeps the decoder for the next who comes, instead of another's that has
// waited longer where there are too many.
func (v *volume) wait() {
	s := v.store
	var extra []*volume
	s.mu.Lock()
	s.waiting = slices.DeleteFunc(s.waiting, func(w *volume) bool { return w == v })
	if v.reader != nil {
		v.used = time.Now()
		s.waiting = append(s.waiting, v)
		s.armLocked()
	}
	if over := len(s.waiting) - s.opt.Decoders; over > 0 {
		slices.SortFunc(s.waiting, func(a, b *volume) int { return a.used.Compare(b.used) })
		extra = s.tiredLocked(s.waiting[over-1].used)
	}
	s.mu.Unlock()
	for _, w := range extra {
		w.stop()
		<-w.turn
	}
}

// stop ends the decoder. The caller has the turn.
func (v *volume) stop() {
	if v.reader == nil {
		return
	}
	v.reader.Close()
	v.file.Close()
	v.reader, v.file = nil, nil
}
