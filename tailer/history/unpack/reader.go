package unpack

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tailbeam/tailer/disk"
)

// A Damage says that a compressed file could be unpacked only so far.
type Damage struct {
	At  int64 // how many bytes were unpacked
	Err error
}

// Error returns what is wrong, for a person.
func (d *Damage) Error() string {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(d.Err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the compressed file is cut off: it ends in the middle, after %d bytes of text", d.At)
	case errors.Is(d.Err, gzip.ErrChecksum), errors.Is(d.Err, zstd.ErrCRCMismatch):
		return fmt.Sprintf("the compressed file is damaged: its checksum does not match after %d bytes of text", d.At)
	case errors.Is(d.Err, gzip.ErrHeader), errors.Is(d.Err, zstd.ErrMagicMismatch):
		return fmt.Sprintf("the compressed file is damaged: after %d bytes of text follows what is not compressed", d.At)
	case errors.As(d.Err, &corrupt), errors.Is(d.Err, zstd.ErrUnexpectedBlockSize):
		return fmt.Sprintf("the compressed file is damaged after %d bytes of text", d.At)
	case errors.Is(d.Err, zstd.ErrWindowSizeExceeded):
		return "the compressed file needs more than 128 MiB of memory to unpack: compress it without --long or --ultra"
	}
	return fmt.Sprintf("the compressed file is damaged after %d bytes of text: %v", d.At, d.Err)
}

// Unwrap returns the error of the decoder.
func (d *Damage) Unwrap() error { return d.Err }

// maxWindow bounds what a Zstandard frame may ask for, in bytes: what the zstd
// program itself allows.
const maxWindow = 128 << 20

// place is where decoding can begin: an offset in the file and the offset in
// what it unpacks to.
type place struct{ in, out int64 }

// A Reader unpacks a file from its beginning. It reads what it needs and does
// not close the file.
type Reader struct {
	packing Packing
	input   input
	buffer  *bufio.Reader
	gzip    *gzip.Reader
	zstd    *zstd.Decoder
	// at is how many bytes lie before the next one.
	at int64
	// member is where the gzip member began that is read now.
	member place
	err    error
}

// NewReader returns a Reader of a compressed file.
func NewReader(file disk.File, packing Packing) *Reader {
	return newReader(file, packing, place{})
}

func newReader(file disk.File, packing Packing, from place) *Reader {
	r := &Reader{packing: packing, input: input{file: file, off: from.in}, at: from.out, member: from}
	r.buffer = bufio.NewReaderSize(&r.input, 64<<10)
	return r
}

// Read returns io.EOF at the end of a file that is whole, a *Damage where
// nothing more can be unpacked, and any other error where the file could not
// be read.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err == nil && r.gzip == nil && r.zstd == nil {
		r.err = r.open()
	}
	for r.err == nil {
		var n int
		if r.packing == Gzip {
			n, r.err = r.gzip.Read(p)
		} else {
			n, r.err = r.zstd.Read(p)
		}
		r.at += int64(n)
		if r.err == io.EOF && r.packing == Gzip {
			r.err = r.next()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.reason()
}

// open reads the first header.
func (r *Reader) open() (err error) {
	if r.packing == Gzip {
		r.gzip, err = gzip.NewReader(r.buffer)
		if err == io.EOF {
			return io.ErrUnexpectedEOF // an empty file is none of gzip's
		}
		if err == nil {
			r.gzip.Multistream(false)
		}
		return err
	}
	r.zstd, err = zstd.NewReader(r.buffer, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	return err
}

// next begins the next gzip member. Zeros may follow the last one, as on tapes.
func (r *Reader) next() error {
	for {
		b, err := r.buffer.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			break
		}
	}
	if err := r.buffer.UnreadByte(); err != nil {
		return err
	}
	r.member = place{in: r.consumed(), out: r.at}
	if err := r.gzip.Reset(r.buffer); err != nil {
		return err
	}
	r.gzip.Multistream(false)
	return nil
}

// consumed returns how many bytes of the file were unpacked.
func (r *Reader) consumed() int64 { return r.input.off - int64(r.buffer.Buffered()) }

// reason tells what a decoder says of the file from what reading it says.
func (r *Reader) reason() error {
	switch {
	case r.input.err != nil:
		return r.input.err
	case r.err == io.EOF:
		return io.EOF
	}
	return &Damage{At: r.at, Err: r.err}
}

// Close gives the memory back.
func (r *Reader) Close() {
	if r.zstd != nil {
		r.zstd.Close()
	}
}

// input reads a file from an offset on.
type input struct {
	file disk.File
	off  int64
	err  error // what the system said
}

func (i *input) Read(p []byte) (int, error) {
	n, err := i.file.ReadAt(p, i.off)
	if err != nil {
		i.err = err
		return 0, err
	}
	if n == 0 {
		return 0, io.EOF
	}
	i.off += int64(n)
	return n, nil
}
