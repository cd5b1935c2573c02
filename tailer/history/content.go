package history

import (
	"context"
	"fmt"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
)

// content is the bytes of a generation, of which those in front of record.first
// are none. It belongs to one goroutine.
type content interface {
	// readAt reads into p from off. It may return less than is asked for, and
	// returns 0 without an error at the end.
	readAt(ctx context.Context, p []byte, off int64) (int, error)
	// end returns the offset behind the last byte there is now.
	end(ctx context.Context) (int64, error)
	// damage returns why there is nothing behind the end although there
	// should be, or nil.
	damage() error
	// still returns errMoved if what was read may be of another generation.
	still() error
	close()
}

// open opens the content of a generation.
func (h *History) open(r *record) (content, error) {
	if r.problem != "" {
		return nil, fmt.Errorf("read %s: %s", r.path, r.problem)
	}
	if r.packing == unpack.Plain {
		opened, err := h.take(r.file)
		if err != nil {
			return nil, err
		}
		return &plain{h: h, r: r, opened: opened}, nil
	}
	key := unpack.Key{ID: r.info.ID, Size: r.info.Size, Modified: r.info.Modified}
	c := h.store.unpacked.Content(key, r.packing, func() (disk.File, error) { return h.openPacked(r.file, key) })
	return packed{h: h, r: r, Content: c}, nil
}

// take opens a plain file, or finds it open.
func (h *History) take(f *file) (*handle, error) {
	opened, err := h.store.take(f.info.ID, func() (disk.File, error) { return h.openFile(f) })
	if err != nil {
		return nil, wrap(f, err)
	}
	return opened, nil
}

// openPacked opens a compressed file that must not have changed.
func (h *History) openPacked(f *file, key unpack.Key) (disk.File, error) {
	opened, err := h.openFile(f)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && (info.ID != key.ID || info.Size != key.Size || info.Modified != key.Modified) {
		err = errMoved
	}
	if err != nil {
		opened.Close()
		return nil, err
	}
	return opened, nil
}

// wrap says in an error what was read.
func wrap(f *file, err error) error {
	if err == nil || err == errMoved {
		return err
	}
	return fmt.Errorf("read %s: %w", f.path, err)
}

// plain is a file as it is.
type plain struct {
	h      *History
	r      *record
	opened *handle
	// The content ends at to where the file has so many bytes.
	to, size int64
}

func (p *plain) readAt(ctx context.Context, b []byte, off int64) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.opened.ReadAt(b, off)
	if err != nil || n == 0 || b[n-1] != 0 {
		return n, wrap(p.r.file, err)
	}
	end, err := p.end(ctx)
	return int(max(0, min(int64(n), end-off))), err
}

func (p *plain) end(context.Context) (int64, error) {
	info, err := p.opened.Stat()
	if err == nil && (info.Size != p.size || p.to < p.size) {
		p.size = info.Size
		p.to, err = disk.End(p.opened, p.size, p.r.encoding.Unit())
	}
	return p.to, wrap(p.r.file, err)
}

func (p *plain) damage() error { return nil }

// still looks at the beginning: after a truncation it is another, or not there.
func (p *plain) still() error {
	if p.r.head == 0 {
		return p.begins()
	}
	head, err := disk.HeadAt(p.opened, p.r.first)
	if err != nil {
		return wrap(p.r.file, err)
	}
	if head != p.r.head {
		return errMoved
	}
	return nil
}

// begins is still for a file that was empty or had no whole line. By now it may
// have, or be compressed.
func (p *plain) begins() error {
	data := make([]byte, sample)
	n, err := readFull(p.opened, data, p.r.first)
	switch data = data[:n]; {
	case err != nil:
		return wrap(p.r.file, err)
	case disk.HeadOf(data) != 0, p.r.print.n > 0 && !p.r.print.of(data), p.r.role == former && unpack.Of(data) != unpack.Plain:
		return errMoved
	}
	return nil
}

func (p *plain) close() { p.h.store.give(p.opened) }

// packed is what a compressed file unpacks to.
type packed struct {
	h *History
	r *record
	unpack.Content
}

func (p packed) readAt(ctx context.Context, b []byte, off int64) (int, error) {
	n, err := p.ReadAt(ctx, b, off)
	if ctx.Err() != nil {
		return n, err
	}
	return n, wrap(p.r.file, err)
}

func (p packed) end(ctx context.Context) (int64, error) {
	size, err := p.Size(ctx)
	if ctx.Err() != nil {
		return size, err
	}
	return size, wrap(p.r.file, err)
}

func (p packed) damage() error { return p.Damage() }
func (p packed) still() error  { return nil }
func (p packed) close()        {}

// fill reads until p is full or the content ends.
func fill(ctx context.Context, c content, p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		m, err := c.readAt(ctx, p[n:], off+int64(n))
		if err != nil {
			return n, err
		}
		if m == 0 {
			break
		}
		n += m
	}
	return n, nil
}
