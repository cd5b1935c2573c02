package unpack

import (
	"encoding/binary"

	"github.com/klauspost/compress/zstd"

	"tailbeam/tailer/disk"
)

// Known returns how many bytes there are, and false where this is an estimate
// because the end was not reached yet.
func (c Content) Known() (size int64, exact bool) {
	v := c.v
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	if v.size >= 0 {
		return v.size, true
	}
	return v.estimateLocked(), false
}

// Estimate is Known after a look at what the file says of its size, which
// costs a few bytes and is done once.
func (c Content) Estimate() (size int64, exact bool, err error) {
	v := c.v
	v.store.mu.Lock()
	asked := v.size >= 0 || v.hint != unasked
	v.store.mu.Unlock()
	if !asked {
		file, err := c.open()
		if err != nil {
			return 0, false, err
		}
		v.ask(file)
		file.Close()
	}
	size, exact = c.Known()
	return size, exact, nil
}

const (
	// unasked is the hint of a file that was not asked yet.
	unasked = -1
	// usual is how much smaller than itself log text is compressed, as a guess.
	usual = 10
	// telling is how many bytes have to be unpacked to tell the ratio.
	telling = 64 << 10
	// overhead is about how many bytes a file is larger than the text in it
	// where that cannot be compressed.
	overhead = 64
)

// ask reads what a file says of its size: by RFC 1952 section 2.3.1 that of the
// last gzip member modulo 4 GiB, by RFC 8878 section 3.1.1.1 that of the first
// Zstandard frame.
func (v *volume) ask(file disk.File) {
	v.store.mu.Lock()
	asked := v.hint != unasked
	v.store.mu.Unlock()
	if asked {
		return
	}
	hint := int64(0)
	switch v.packing {
	case Gzip:
		var trailer [4]byte
		if n, err := file.ReadAt(trailer[:], max(0, v.key.Size-4)); err == nil && n == len(trailer) {
			hint = int64(binary.LittleEndian.Uint32(trailer[:]))
		}
	case Zstd:
		var data [zstd.HeaderMaxSize]byte
		var header zstd.Header
		if n, err := file.ReadAt(data[:], 0); err == nil && header.Decode(data[:n]) == nil && header.HasFCS {
			hint = int64(min(header.FrameContentSize, 1<<62))
		}
	}
	v.store.mu.Lock()
	v.hint = hint
	v.store.mu.Unlock()
}

// estimateLocked guesses the size from what was unpacked so far, and believes
// what the file says where that is not far off: it may be of a part.
func (v *volume) estimateLocked() int64 {
	guess, told := v.key.Size*usual, v.ratio.in > telling
	if told {
		guess = int64(float64(v.ratio.out) / float64(v.ratio.in) * float64(v.key.Size))
	}
	hint := max(v.hint, 0)
	if v.packing == Gzip {
		const wrap = 1 << 32
		hint += max(0, (guess-hint+wrap/2)/wrap) * wrap
	}
	if told && hint > guess/2 && hint < guess*2 || !told && hint+overhead > v.key.Size {
		guess = hint
	}
	return max(guess, v.ratio.out)
}
