package stream

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"tailbeam/tailer/line"
)

// memoryHistory is a line.History over bytes in memory, the simplest there is.
type memoryHistory struct {
	mu    sync.Mutex
	files []memoryFile // oldest first
	reads int
	// once leads from names that generations had to those they have.
	once map[line.Generation]line.Generation
}

type memoryFile struct {
	gen  line.Generation
	data []byte
}

func (h *memoryHistory) write(gen line.Generation, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.files {
		if h.files[i].gen == gen {
			h.files[i].data = append(h.files[i].data, data...)
			return
		}
	}
	h.files = append(h.files, memoryFile{gen: gen, data: bytes.Clone(data)})
}

func (h *memoryHistory) find(p line.Position) (int, error) {
	for i, f := range h.files {
		if f.gen == p.Gen && p.Off <= int64(len(f.data)) {
			return i, nil
		}
	}
	gone := &line.GoneError{Gap: line.Gap{From: p, Bytes: line.UnknownBytes, Reason: "no such file"}}
	if len(h.files) > 0 {
		gone.Gap.To = line.Position{Gen: h.files[0].gen}
	}
	return 0, gone
}

func (h *memoryHistory) Forward(_ context.Context, p line.Position, buf []byte) (line.Batch, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads++
	var flags line.Flags
	if gen, ok := h.once[p.Gen]; ok {
		p.Gen, flags = gen, line.Renamed
	}
	i, err := h.find(p)
	if err != nil {
		return line.Batch{}, err
	}
	for ; i < len(h.files); i++ {
		f := h.files[i]
		if p.Gen != f.gen {
			p, flags = line.Position{Gen: f.gen}, 0
		}
		if n := bytes.IndexByte(f.data[p.Off:], '\n') + 1; n > len(buf) {
			return line.Batch{}, io.ErrShortBuffer
		}
		if b := wholeLines(p, f.data[p.Off:], buf); len(b.Ends) > 0 {
			b.Flags |= flags
			return b, nil
		}
		if rest := f.data[p.Off:]; len(rest) > 0 && i == len(h.files)-1 {
			b := line.Batch{Pos: p, Data: append(buf[:0], rest...), Flags: line.Partial}
			b.Ends = []uint32{uint32(len(b.Data))}
			return b, nil
		}
	}
	return line.Batch{}, io.EOF
}

func wholeLines(p line.Position, data, buf []byte) line.Batch {
	b := line.Batch{Pos: p, Data: buf[:0]}
	for len(data) > 0 {
		n := bytes.IndexByte(data, '\n') + 1
		if n == 0 || len(b.Data)+n > len(buf) {
			break
		}
		b.Data = append(b.Data, data[:n]...)
		b.Ends = append(b.Ends, uint32(len(b.Data)))
		data = data[n:]
	}
	return b
}

func (h *memoryHistory) Backward(_ context.Context, p line.Position, buf []byte) (line.Batch, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads++
	i, err := h.find(p)
	if err != nil {
		return line.Batch{}, err
	}
	for p.Off == 0 {
		if i--; i < 0 {
			return line.Batch{}, io.EOF
		}
		p = line.Position{Gen: h.files[i].gen, Off: int64(len(h.files[i].data))}
	}
	start, data := p.Off, h.files[i].data
	for start > 0 {
		next := int64(bytes.LastIndexByte(data[:start-1], '\n') + 1)
		if p.Off-next > int64(len(buf)) {
			break
		}
		start = next
	}
	if start == p.Off {
		return line.Batch{}, io.ErrShortBuffer
	}
	return wholeLines(line.Position{Gen: p.Gen, Off: start}, data[start:p.Off], buf), nil
}

func (h *memoryHistory) Start(context.Context) (line.Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.files) == 0 {
		return line.Position{}, nil
	}
	return line.Position{Gen: h.files[0].gen}, nil
}

func (h *memoryHistory) End(context.Context) (line.Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.files) == 0 {
		return line.Position{}, nil
	}
	last := h.files[len(h.files)-1]
	return line.Position{Gen: last.gen, Off: int64(len(last.data))}, nil
}

func (h *memoryHistory) Extent(context.Context) (all []line.Extent, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.files {
		all = append(all, line.Extent{Pos: line.Position{Gen: f.gen}, Bytes: int64(len(f.data))})
	}
	return all, nil
}

// Near looks for the newline before.
func (h *memoryHistory) Near(_ context.Context, p line.Position) (line.Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, err := h.find(p)
	if err != nil || p.Off == 0 {
		return p, err
	}
	n := bytes.IndexByte(h.files[i].data[p.Off-1:], '\n')
	if n < 0 {
		return p, io.EOF
	}
	p.Off += int64(n)
	return p, nil
}

// ReadAt reads a file.
func (h *memoryHistory) ReadAt(_ context.Context, p line.Position, buf []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, err := h.find(p)
	if err != nil {
		return 0, err
	}
	n := copy(buf, h.files[i].data[p.Off:])
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Since takes the second of a time for the number of a line of the newest
// file, and knows no other times.
func (h *memoryHistory) Since(_ context.Context, t time.Time) (line.Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.files) == 0 {
		return line.Position{}, line.ErrNoStamps
	}
	f := h.files[len(h.files)-1]
	p := line.Position{Gen: f.gen}
	for range t.Unix() {
		p.Off += int64(bytes.IndexByte(f.data[p.Off:], '\n') + 1)
	}
	return p, nil
}
