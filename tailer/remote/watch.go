package remote

import (
	"context"
	"time"

	"tailbeam/tailer/notify"
	"tailbeam/tailer/remote/shell"
)

// busy is for how long a file that has changed is looked at often.
const busy = 100 * time.Millisecond

// slow is how many times less often a host is looked at that offers SFTP only,
// where many questions are needed.
const slow = 4

// watch looks at the files and wakes whoever follows them, until the session
// ends.
func (h *Host) watch(ctx context.Context, s *shell.Session) error {
	cfg := h.hosts.cfg
	visitor := h.visitor(s)
	timer := time.NewTimer(0)
	defer timer.Stop()
	changed, found := time.Now(), time.Time{}
	armed := time.Time{} // since when the host is to say when a file changes
	for {
		changes, err := h.files.Look(s)
		if err != nil {
			return err
		}
		now := time.Now()
		if len(changes) > 0 {
			changed = now
			h.tell(changes)
		}
		if now.Sub(found) >= cfg.Find && h.finding.CompareAndSwap(false, true) {
			found = now
			h.working.Go(func() {
				defer h.finding.Store(false)
				h.find(ctx, visitor)
			})
		}
		quiet := time.Since(changed)
		pause := min(max(quiet/8, cfg.Busy), cfg.Poll)
		if h.bare.Load() {
			pause = min(max(quiet/8, cfg.Poll), slow*cfg.Poll)
		}
		if s.Waits() && quiet > busy {
			if armed.IsZero() {
				if err := h.files.Await(s); err != nil {
					return err
				}
				armed = time.Now()
				continue // for what has changed before it was awaited
			}
			pause = h.rest(time.Since(armed))
		}
		timer.Reset(pause)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Done():
			return s.Err()
		case <-h.kick:
			armed, changed = time.Time{}, time.Now()
		case <-timer.C:
		}
	}
}

// rest is how long nothing is looked at while the host is to say when a file
// changes. It takes some time until it does.
func (h *Host) rest(since time.Duration) time.Duration {
	if since < busy {
		return busy / 2
	}
	if h.files.Absent() {
		return h.hosts.cfg.Poll
	}
	return h.hosts.cfg.Sweep
}

// tell wakes those who follow what has changed.
func (h *Host) tell(changes map[string]shell.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for path, change := range changes {
		st := h.streams[path]
		if st == nil {
			continue
		}
		followed := st.known.Load()
		if followed == nil {
			continue
		}
		if change == shell.Moved {
			followed.Wake(notify.Lost | notify.Written)
		} else {
			followed.Wake(notify.Written)
		}
	}
}
