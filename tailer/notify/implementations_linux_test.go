package notify

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

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

func TestQueueOverflows(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	limit, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	if limit > 100_000 {
		t.Skipf("the queue holds %d events", limit)
	}
	n, err := NewInotify()
	must(t, err)
	defer n.Close()
	dir := tempDir(t)
	h, cancel := listen(t, n, dir+"/a")
	defer cancel()
	var files [2]*os.File // two in turn, so that no event is like the one before
	for i, name := range []string{"/a", "/b"} {
		files[i], err = os.Create(dir + name)
		must(t, err)
		defer files[i].Close()
	}
	n.mu.Lock() // nothing is read meanwhile
	for i := range limit + 10 {
		if _, err := files[i%2].WriteString("x"); err != nil {
			n.mu.Unlock()
			t.Fatal(err)
		}
	}
	n.mu.Unlock()
	h.want(t, Written|Missed)
}
