package stream

import (
	"time"

	"tailbeam/stream/wire"
)

// leaveAll begins the end: every viewer gets what was appended and then Close
// 1001.
func (l *loop) leaveAll() {
	l.leaving = true
	l.pace.most, l.pace.next = 0, time.Time{}
	l.sweep()
	l.each(func(v *viewer) {
		if v.state == shaking {
			l.drop(v, endedCut)
			return
		}
		l.leaveIfServed(v)
	})
}

// leaveIfServed sends a viewer away that has everything, once the server is
// about to leave.
func (l *loop) leaveIfServed(v *viewer) {
	if l.leaving && v.state == open && v.served() {
		l.close(v, wire.CloseAway, "")
	}
}

// served reports whether a viewer has everything that there is for it. One
// that wants nothing has it.
func (v *viewer) served() bool {
	if v.flags&blocked != 0 || v.more != nil && len(v.more.out) > 0 {
		return false
	}
	if !v.sub.served() {
		return false
	}
	if v.more == nil {
		return true
	}
	for _, s := range v.more.subs {
		if s.legs != nil && s.paused == 0 || !s.sub.served() {
			return false
		}
	}
	return true
}

func (s *sub) served() bool {
	return s.tap == nil || s.paused != 0 || s.tap.ring.complete() && s.off >= s.tap.ring.view().end
}
