// Package pipe gives the lines of pipes to sinks as they come: of standard
// input, and of whatever else has bytes but no file behind it.
//
// What is read is gone from the pipe. A position in it counts the bytes from
// the beginning of this run, and means nothing to the next.
//
// # Goroutines
//
//	Reader.run   one per Reader, ends with the pipe or with Close
package pipe

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// block is how many bytes are asked for at a time.
const block = 64 << 10

// A Reader reads one pipe to its end.
type Reader struct {
	source source
	sink   line.Sink
	done   chan struct{}
	once   sync.Once
	ended  func()

	pos   line.Position // of text[0]
	text  []byte        // what was read and not given out
	cut   charset.Stream
	buf   charset.Buffer
	batch line.Batch
}

// source is where bytes come from. Read returns io.EOF at the end, and
// errClosed after interrupt was called, which may come from another goroutine,
// and errPause when what was read so far is the end of a line whatever it ends
// with; free comes last.
type source interface {
	Read([]byte) (int, error)
	interrupt()
	free()
}

var (
	errClosed   = errors.New("reader closed")
	errPause    = errors.New("no writer")
	errReplaced = errors.New("another file has the name")
)

// Options say how a pipe is read.
type Options struct {
	MaxLine int // bytes at which a line is cut into pieces
	// Encoding is that of what has no byte order mark at its beginning.
	Encoding charset.Encoding
}

// Read gives the lines of r to a sink until its end, when the last is given
// out though it has no newline, and the stream is said to have ended.
func Read(r io.Reader, sink line.Sink, opt Options) *Reader {
	p := newReader(open(r), sink, opt)
	go p.run()
	return p
}

func newReader(s source, sink line.Sink, opt Options) *Reader {
	cut := charset.Cutter{Encoding: opt.Encoding, MaxLine: max(opt.MaxLine, split.MinLine)}
	return &Reader{
		source: s,
		sink:   sink,
		done:   make(chan struct{}),
		ended:  func() {},
		pos:    line.Position{Gen: generation()},
		cut:    charset.Stream{Cutter: cut},
	}
}

// Close stops reading and waits for the sink to return. It cannot interrupt a
// read from a reader that is neither a file nor an io.Closer.
func (p *Reader) Close() {
	p.once.Do(func() {
		p.source.interrupt()
		<-p.done
		p.source.free()
	})
}

func (p *Reader) run() {
	defer close(p.done)
	p.sink.Notice(line.Notice{Condition: line.Live, Pos: p.pos})
	buf := make([]byte, block)
	kept := 0
	for {
		if len(buf)-kept < block/2 {
			buf = append(buf, make([]byte, block)...)
		}
		n, err := p.source.Read(buf[kept:])
		p.text = buf[:kept+n]
		p.give(p.cut.Next)
		if errors.Is(err, errClosed) {
			return
		}
		if err != nil {
			p.give(p.cut.Rest)
		}
		if err != nil && !errors.Is(err, errPause) {
			p.end(err)
			return
		}
		kept = copy(buf, p.text)
		if kept == 0 && len(buf) > 2*block {
			buf = make([]byte, block) // a long line is over
		}
	}
}

// give hands out what cut finds until it finds nothing.
func (p *Reader) give(cut func([]byte, *charset.Buffer, *line.Batch) int) {
	for len(p.text) > 0 {
		n := cut(p.text, &p.buf, &p.batch)
		if n == 0 {
			return
		}
		if p.batch.Pos = p.pos; p.batch.Lines() > 0 {
			p.sink.Append(&p.batch)
		}
		p.text = p.text[n:]
		p.pos.Off += int64(n)
	}
}

func (p *Reader) end(err error) {
	if errors.Is(err, errReplaced) {
		p.ended()
		return
	}
	n := line.Notice{Condition: line.Ended, Reason: "end of input", Pos: p.pos}
	if !errors.Is(err, io.EOF) {
		n.Reason = err.Error()
	}
	p.sink.Notice(n)
}

// generation returns one that no other run has.
func generation() line.Generation {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return line.Generation(binary.LittleEndian.Uint64(b[:]) ^ uint64(time.Now().UnixNano()) | 1)
}

// plain is a source that can be closed only as far as its reader can.
type plain struct {
	io.Reader
	closed chan struct{}
}

func (p *plain) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	select {
	case <-p.closed:
		return n, errClosed
	default:
		return n, err
	}
}

func (p *plain) interrupt() {
	close(p.closed)
	if c, ok := p.Reader.(io.Closer); ok {
		c.Close()
	}
}

func (p *plain) free() {}
