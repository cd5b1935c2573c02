package history

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// Options say how a history is read. Zero values are replaced by the defaults.
type Options struct {
	// MaxLine is how many bytes of text are in an entry at most, as the
	// follower has it; default 1 MiB.
	MaxLine int
	// Encoding is how files are written that have no byte order mark. Lines
	// are given out in UTF-8.
	Encoding charset.Encoding
	// Root is the directory that every file must lie in when each symbolic
	// link is followed, absolute; empty for anywhere.
	Root string
	// Known is what the follower remembers; nil where nobody does.
	Known Known
	// Time returns the time in a line, if there is one. Ref is when its file
	// was last written. Nil is a stream without times.
	Time func(text []byte, ref time.Time) (time.Time, bool)
	// Store is shared by all histories; default one of its own, which Close
	// closes.
	Store *Store
	FS    disk.FS // default disk.System
	// Real returns an absolute path of FS without the symbolic links on its
	// way; default filepath.EvalSymlinks.
	Real func(path string) (string, error)
}

// An Archive opens histories that are read in the same way. Its methods may be
// called from any goroutine.
type Archive struct {
	opt     Options
	store   *Store
	own     *Store    // what Close closes
	buffers sync.Pool // of *[]byte
}

// NewArchive returns an archive. Root and Known are those of each history.
func NewArchive(opt Options) *Archive {
	a := &Archive{opt: opt, store: opt.Store}
	if a.opt.MaxLine == 0 {
		a.opt.MaxLine = 1 << 20
	}
	a.opt.MaxLine = max(a.opt.MaxLine, split.MinLine)
	if a.opt.Real == nil {
		a.opt.Real = filepath.EvalSymlinks
	}
	if a.opt.FS == nil {
		a.opt.FS = disk.System{}
	}
	if a.store == nil {
		a.own = NewStore(StoreOptions{})
		a.store = a.own
	}
	return a
}

// History reads the generations of one name. It implements line.History. Until
// it is used it takes next to nothing: there may be ten thousand.
type History struct {
	*Archive
	path     string
	root     string // as Options.Root
	follower Known  // as Options.Known
	work     atomic.Pointer[desk]
}

var _ line.History = (*History)(nil)

// desk is what a history works on.
type desk struct {
	turn   chan struct{}  // holds a token while the files are listed
	trials map[trial]bool // belongs to who has the turn

	mu    sync.Mutex
	chain *chain // as last listed, or nil
}

// Open returns the history of an absolute path. Nothing is read yet.
func (a *Archive) Open(path, root string, known Known) *History {
	return &History{Archive: a, path: filepath.Clean(path), root: root, follower: known}
}

// Open returns the history of an absolute path in an archive of its own.
// Nothing is read yet.
func Open(path string, opt Options) *History { return NewArchive(opt).Open(path, opt.Root, opt.Known) }

// desk returns what h works on, made when it is first needed.
func (h *History) desk() *desk {
	if d := h.work.Load(); d != nil {
		return d
	}
	h.work.CompareAndSwap(nil, &desk{turn: make(chan struct{}, 1)})
	return h.work.Load()
}

// Close gives back what an archive without a shared Store holds. No method of it
// or its histories may be called then or later.
func (a *Archive) Close() {
	if a.own != nil {
		a.own.Close()
	}
}

// What ends reading within the package.
var (
	// errMoved says that a file is not what or where it was.
	errMoved = errors.New("the files are moved faster than they can be read: try again")
	// errEnd says that a generation has nothing more to give out.
	errEnd = errors.New("end of a generation")
	// errNoLine says that no line begins at an offset.
	errNoLine = errors.New("no line begins there")
)

// maxTries is how often reading is begun anew while files move.
const maxTries = 20

// steady calls read until no file moves meanwhile.
func (h *History) steady(ctx context.Context, read func() error) error {
	var err error
	d := h.desk()
	for range maxTries {
		if err = read(); !errors.Is(err, errMoved) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.mu.Lock()
		if d.chain != nil {
			stale := *d.chain
			stale.listing = nil
			d.chain = &stale
		}
		d.mu.Unlock()
	}
	return err
}

// listed returns the generations as they were listed last, or lists them.
func (h *History) listed(ctx context.Context) (*chain, error) {
	d := h.desk()
	d.mu.Lock()
	c := d.chain
	d.mu.Unlock()
	if c != nil && c.listing != nil && sameKnown(h.told(), c.known) {
		return c, nil
	}
	return h.now(ctx)
}

// now returns the generations as they are.
func (h *History) now(ctx context.Context) (*chain, error) {
	d := h.desk()
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	d.mu.Lock()
	before := d.chain
	d.mu.Unlock()
	known := h.told()
	var seen []look
	if before != nil && before.listing != nil {
		if h.holds(before.listing) && sameKnown(known, before.known) {
			return before, nil
		}
		seen = before.listing.files
	}
	l, groups, err := h.list(ctx, seen)
	if err != nil {
		return nil, err
	}
	copies, err := h.copied(ctx, groups, known)
	if err != nil {
		return nil, err
	}
	c := forge(before, l, groups, known, copies)
	d.mu.Lock()
	d.chain = c
	d.mu.Unlock()
	return c, nil
}

// told returns what the follower knows.
func (h *History) told() []Generation {
	if h.follower == nil {
		return nil
	}
	return h.follower.Generations()
}

// sameKnown reports whether the follower knows what it knew.
func sameKnown(a, b []Generation) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Ident != b[i].Ident || a[i].State != b[i].State {
			return false
		}
	}
	return true
}

// Forward implements line.History. After a batch that is Partial, reading goes
// on from the beginning of that batch. A position without a generation is in
// front of everything. A compressed file that is damaged, and a generation that
// is gone or cannot be read, is a GoneError whose Gap begins at p.
func (h *History) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	var b line.Batch
	err := h.steady(ctx, func() (err error) {
		b, err = h.forward(ctx, p, buf)
		return err
	})
	return b, err
}

// Backward implements line.History. Where something is missing in front of p,
// the error is a GoneError whose Gap ends at p, and reading goes on from its
// From; that is zero where nothing further back can be read.
func (h *History) Backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	var b line.Batch
	err := h.steady(ctx, func() (err error) {
		b, err = h.backward(ctx, p, buf)
		return err
	})
	return b, err
}

// Start implements line.History.
func (h *History) Start(ctx context.Context) (p line.Position, err error) {
	err = h.steady(ctx, func() error {
		c, err := h.now(ctx)
		if err != nil {
			return err
		}
		p, err = h.start(ctx, c)
		return err
	})
	return p, err
}

// End implements line.History.
func (h *History) End(ctx context.Context) (p line.Position, err error) {
	err = h.steady(ctx, func() error {
		c, err := h.now(ctx)
		if err != nil {
			return err
		}
		p, err = h.finish(ctx, c)
		return err
	})
	return p, err
}

// start returns the position of the oldest line.
func (h *History) start(ctx context.Context, c *chain) (line.Position, error) {
	i, _, err := h.next(ctx, c, -1)
	if err != nil || i < 0 {
		return line.Position{}, err
	}
	return c.records[i].start(), nil
}

// finish returns the position behind the newest whole line.
func (h *History) finish(ctx context.Context, c *chain) (line.Position, error) {
	for i := len(c.records) - 1; i >= 0; i-- {
		r := c.records[i]
		if !r.readable() {
			continue
		}
		off, err := h.extent(ctx, r, c.phase(i))
		if err != nil {
			return line.Position{}, err
		}
		return line.Position{Gen: r.ident, Off: off}, nil
	}
	return line.Position{}, nil
}

// extent returns where the last line ends that is given out of a generation.
func (h *History) extent(ctx context.Context, r *record, p phase) (int64, error) {
	con, err := h.open(r)
	if err != nil {
		return 0, err
	}
	defer con.close()
	end, err := con.end(ctx)
	if err != nil {
		return 0, err
	}
	end = max(end, r.first)
	if con.damage() != nil {
		p = late // what comes behind the last whole line is torn
	}
	if p == over {
		return end, con.still()
	}
	w := &walk{h: h, r: r, con: con, phase: p}
	off, err := w.whole(ctx, end)
	if err != nil {
		return 0, err
	}
	return off, con.still()
}

// phase is how a generation ends.
type phase uint8

const (
	over   phase = iota // with its last byte
	late                // with its last whole line, for the follower still reads it
	newest              // as late, and what follows that line is shown
	unsure              // that has to be found out
)

// phase returns how record i ends.
func (c *chain) phase(i int) phase {
	switch r := c.records[i]; {
	case i == len(c.records)-1 && r.live():
		return newest
	case r.state == Growing && r.live():
		return late
	}
	return over
}
