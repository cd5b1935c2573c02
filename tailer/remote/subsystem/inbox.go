package subsystem

import (
	"bytes"
	"io"
	"sync"
)

// An inbox holds what was written until it is read. Writers never wait.
type inbox struct {
	mu     sync.Mutex
	filled sync.Cond
	buf    bytes.Buffer
	closed bool
}

func newInbox() *inbox {
	b := &inbox{}
	b.filled.L = &b.mu
	return b
}

// Write implements io.Writer.
func (b *inbox) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, io.ErrClosedPipe
	}
	b.filled.Signal()
	return b.buf.Write(p)
}

// Read implements io.Reader.
func (b *inbox) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.buf.Len() == 0 && !b.closed {
		b.filled.Wait()
	}
	return b.buf.Read(p)
}

// Close implements io.Closer.
func (b *inbox) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.filled.Broadcast()
	return nil
}
