package search

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/line"
)

// A Pool bounds how much all searches do at a time. Its methods may be called
// from any goroutine.
type Pool struct {
	places  chan struct{} // holds a token for each block that is read or looked at
	buffers sync.Pool     // of *buffer
	looked  atomic.Int64  // when a search looked last for what has come, in ns
}

// NewPool returns a pool with a place for each core that Go uses.
func NewPool() *Pool {
	return &Pool{places: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

const (
	// block is how many bytes are read at a time: looked at in less than a
	// millisecond, after which others have their turn.
	block = 256 << 10
	// ahead is how many blocks are read before the first of them is done.
	ahead = 6
	// every is how often progress is told.
	every = 250 * time.Millisecond
)

// take waits for a place.
func (p *Pool) take(ctx context.Context) error {
	select {
	case p.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// give gives a place back, and lets others run: what is live goes first. Now and
// then it looks before that whether there is something.
func (p *Pool) give(g *lookout) {
	now, last := time.Now().UnixNano(), p.looked.Load()
	if now-last > int64(stint) && p.looked.CompareAndSwap(last, now) {
		g.look()
	}
	<-p.places
	runtime.Gosched()
}

// Run looks for lines and gives them to a sink. It returns why it ended, or the
// error of ctx, of the sink or of reading. line.ErrNoStamps is none of these:
// positions stand for times.
func (p *Pool) Run(ctx context.Context, of Stream, q Query, to Sink) (End, error) {
	plan, err := newPlan(q)
	if err != nil {
		return Exhausted, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	ordered, work := make(chan *frame, ahead), make(chan *frame, ahead)
	g := newLookout()
	defer g.close()
	defer all.Wait()
	defer cancel()
	r := &reading{pool: p, of: of, plan: plan, lookout: g}
	all.Go(func() {
		defer close(ordered)
		defer close(work)
		r.run(ctx, func(f *frame) bool {
			select {
			case ordered <- f:
			case <-ctx.Done():
				return false
			}
			select {
			case work <- f:
				return true
			case <-ctx.Done():
				return false
			}
		})
	})
	for range cap(p.places) {
		all.Go(func() {
			l := plan.looker(of)
			for f := range work {
				if len(f.batch.Ends) > 0 && p.take(ctx) == nil {
					l.find(ctx, f)
					p.give(g)
				}
				close(f.done)
			}
		})
	}
	out := &output{sink: to, plan: plan, of: of, levels: levels{of: of}, told: time.Now()}
	for f := range ordered {
		select {
		case <-f.done:
		case <-ctx.Done():
			return Exhausted, ctx.Err()
		}
		full, err := out.frame(ctx, f)
		if err == nil && (full || time.Since(out.told) > every) {
			out.told = time.Now()
			err = to.Progress(out.progress)
		}
		if err != nil || full {
			return Limited, err
		}
		p.release(f)
	}
	if r.err != nil {
		return Exhausted, r.err
	}
	if err := ctx.Err(); err != nil {
		return Exhausted, err
	}
	return Exhausted, to.Progress(out.progress)
}

// A buffer is what a frame lies in.
type buffer struct {
	data []byte
	hits []int
}

// buffer lends one of at least a size.
func (p *Pool) buffer(size int) *buffer {
	if b, ok := p.buffers.Get().(*buffer); ok && len(b.data) >= size {
		return b
	}
	return &buffer{data: make([]byte, max(size, block))}
}

func (p *Pool) release(f *frame) {
	f.buf.hits = f.hits[:0]
	p.buffers.Put(f.buf)
}

// A frame is one block on its way.
type frame struct {
	buf   *buffer
	batch line.Batch
	gap   *line.Gap // instead of lines
	hits  []int     // lines that are looked for, in order
	done  chan struct{}

	skipped int64 // bytes that were not read, for nothing in them matches
}

// newFrame returns a frame in a buffer.
func newFrame(buf *buffer) *frame {
	return &frame{buf: buf, hits: buf.hits, done: make(chan struct{})}
}

// position returns where line i begins.
func (f *frame) position(i int) line.Position {
	p := f.batch.Pos
	if i > 0 {
		p.Off += int64(f.batch.RawEnds()[i-1])
	}
	return p
}
