package local

import (
	"sync/atomic"

	"tailbeam/tailer/disk"
)

// descriptors is the file system with a count of what is open. Beyond a limit,
// and when the system has no more to give, idle files are asked to be closed.
type descriptors struct {
	disk.FS
	limit atomic.Int64
	open  atomic.Int64
	asked atomic.Int64 // streams that were asked to close a file and did not answer yet
	short func(n int)  // asks n streams
}

// fewest is the limit that is not fallen below, however little the system
// gives.
const fewest = 8

// Open implements disk.FS.
func (d *descriptors) Open(name string) (disk.File, error) { return d.count(d.FS.Open(name)) }

// OpenPlain implements disk.FS.
func (d *descriptors) OpenPlain(name string) (disk.File, error) {
	return d.count(d.FS.OpenPlain(name))
}

func (d *descriptors) count(file disk.File, err error) (disk.File, error) {
	if disk.Exhausted(err) {
		open := d.open.Load()
		d.limit.Store(max(fewest, min(d.limit.Load(), open-open/8-1)))
		d.relieve()
	}
	if err != nil {
		return nil, err
	}
	d.open.Add(1)
	d.relieve()
	return &counted{file, d}, nil
}

// relieve asks for as many files to be closed as are open beyond the limit.
func (d *descriptors) relieve() {
	if n := d.open.Load() - d.asked.Load() - d.limit.Load(); n > 0 {
		d.short(int(n))
	}
}

// counted is a file that is counted until it is closed.
type counted struct {
	disk.File
	d *descriptors
}

// Close implements disk.File.
func (c *counted) Close() error {
	c.d.open.Add(-1)
	return c.File.Close()
}

// ask asks up to n streams to close their file: those that have read nothing
// since they were passed over, as in the clock algorithm for pages.
func (f *Follower) ask(n int) {
	for _, s := range f.clock.idlers(n) {
		f.fs.asked.Add(1)
		s.asked.Store(true)
		f.readers.wake(&s.read)
	}
}

// idlers returns up to n streams with an idle file.
func (c *clock) idlers(n int) []*Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	var idlers []*Stream
	for range 2 * len(c.all) {
		if len(idlers) == n {
			break
		}
		c.hand = (c.hand + 1) % len(c.all)
		s := c.all[c.hand]
		if !s.busy.Swap(false) && s.closable.Swap(false) {
			idlers = append(idlers, s)
		}
	}
	return idlers
}

// lease is what is known of a stream's descriptor.
type lease struct {
	busy     atomic.Bool // read something since it was last passed over
	closable atomic.Bool // has a file open that nothing is read of now
	asked    atomic.Bool // to close it
}
