package notify

import (
	"fmt"
	"testing"
)

var implementations = map[string]func() (Notifier, error){
	"shared":  func() (Notifier, error) { return Shared(), nil },
	"inotify": func() (Notifier, error) { return NewInotify() },
	"tiers":   func() (Notifier, error) { return Open(), nil },
	"full":    func() (Notifier, error) { return &tiers{first: Shared(), limit: 0}, nil },
}

func TestNamesBeyondTheLimit(t *testing.T) {
	n := &tiers{first: Shared(), limit: 3}
	defer n.Close()
	dir := tempDir(t)
	var all []*heard
	for i := range 10 {
		h, cancel := listen(t, n, fmt.Sprintf("%s/%d", dir, i))
		defer cancel()
		all = append(all, h)
	}
	if served := n.count.Load(); served != 3 {
		t.Errorf("%d names are served by the shared watch, want 3", served)
	}
	for i, h := range all {
		write(t, fmt.Sprintf("%s/%d", dir, i))
		h.want(t, Made|Written)
	}
}

func TestOverflowWakesAll(t *testing.T) {
	n, err := NewInotify()
	must(t, err)
	defer n.Close()
	h, cancel := listen(t, n, tempDir(t)+"/a")
	defer cancel()
	n.mu.Lock()
	n.handLocked([]byte{0xff, 0xff, 0xff, 0xff, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) // IN_Q_OVERFLOW
	n.mu.Unlock()
	h.want(t, Written|Missed)
}
