package notify

import "testing"

var implementations = map[string]func() (Notifier, error){
	"shared":  func() (Notifier, error) { return Shared(), nil },
	"inotify": func() (Notifier, error) { return NewInotify() },
	"tiers":   func() (Notifier, error) { return Open(), nil },
	"full":    func() (Notifier, error) { return newTiers(Shared(), 0), nil },
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
