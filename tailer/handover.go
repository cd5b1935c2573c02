package tailer

import (
	"tailbeam/tailer/local"
	"tailbeam/tailer/pipe"
)

// A handover gives a named stream from the follower of files to a reader of
// pipes when its name turns out to lead to a FIFO, and back when it does not
// any more. Sinks take one call at a time, so the one has ended when the other
// begins.
type handover struct {
	target local.Target
	st     *stream
}

// handOver asks for one. It may be called from anywhere and never waits.
func (t *Tailer) handOver(h handover) {
	t.mu.Lock()
	t.handovers = append(t.handovers, h)
	t.mu.Unlock()
	select {
	case t.handing <- struct{}{}:
	default:
	}
}

// hand does what was asked for until Close.
func (t *Tailer) hand() {
	defer close(t.handed)
	for {
		select {
		case <-t.quit:
			return
		case <-t.handing:
		}
		t.mu.Lock()
		handovers := t.handovers
		t.handovers = nil
		t.mu.Unlock()
		for _, h := range handovers {
			if h.st.fifo != nil {
				t.toFile(h)
			} else {
				t.toPipe(h)
			}
		}
	}
}

func (t *Tailer) toPipe(h handover) {
	<-h.st.ready
	h.st.local.Close()
	kept := t.spool()
	reader, err := pipe.ReadFifo(h.target.Path, h.st.keep(kept, h.target.Sink), t.pipeOptions(), func() { t.handOver(h) })
	if err != nil {
		t.toFile(h) // it is something else again
		return
	}
	h.st.fifo = reader
}

func (t *Tailer) toFile(h handover) {
	if h.st.fifo != nil {
		h.st.fifo.Close()
		h.st.fifo = nil
	}
	h.st.kept.Store(nil) // who still reads it holds it
	h.target.Preload = local.Whole
	followed := t.follower.Follow(h.target)
	h.st.known.Store(followed)
	t.mu.Lock()
	h.st.local = followed
	t.mu.Unlock()
}
