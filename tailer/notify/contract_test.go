package notify

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// heard collects what a wake function was told.
type heard struct {
	mu      sync.Mutex
	changed sync.Cond
	ops     Op
	names   map[string]Op
}

func hear() *heard {
	h := &heard{names: map[string]Op{}}
	h.changed.L = &h.mu
	return h
}

// Wake implements Waker.
func (h *heard) Wake(op Op) { h.named("", op) }

func (h *heard) named(name string, op Op) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops |= op
	h.names[name] |= op
	h.changed.Broadcast()
}

// want waits until all of op was told, and forgets it.
func (h *heard) want(t *testing.T, op Op) {
	t.Helper()
	h.until(t, func() bool { return h.ops&op == op })
}

func (h *heard) until(t *testing.T, so func() bool) {
	t.Helper()
	late := time.AfterFunc(30*time.Second, h.changed.Broadcast)
	defer late.Stop()
	began := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	for !so() {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("waited in vain; told %b, %v", h.ops, h.names)
		}
		h.changed.Wait()
	}
	h.ops = 0
}

func each(t *testing.T, test func(*testing.T, Notifier)) {
	for name, open := range implementations {
		t.Run(name, func(t *testing.T) {
			n, err := open()
			must(t, err)
			defer n.Close()
			test(t, n)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func tempDir(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return dir
}

func write(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	must(t, err)
	defer f.Close()
	_, err = f.WriteString("x")
	must(t, err)
}

func listen(t *testing.T, n Notifier, path string) (*heard, func()) {
	t.Helper()
	h := hear()
	watch, err := n.Watch(path, h)
	must(t, err)
	return h, watch.Cancel
}

func TestNameIsWatched(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		path := tempDir(t) + "/a"
		h, cancel := listen(t, n, path)
		defer cancel()
		write(t, path)
		h.want(t, Made|Written)
		write(t, path)
		h.want(t, Written)
		must(t, os.Rename(path, path+".1"))
		h.want(t, Lost)
		must(t, os.Rename(path+".1", path))
		h.want(t, Made)
		must(t, os.Remove(path))
		h.want(t, Lost)
	})
}

func TestTwoOfOneName(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		path := tempDir(t) + "/a"
		first, cancelFirst := listen(t, n, path)
		second, cancelSecond := listen(t, n, path)
		write(t, path)
		first.want(t, Made|Written)
		second.want(t, Made|Written)
		cancelFirst()
		write(t, path)
		second.want(t, Written)
		cancelSecond()
		third, cancelThird := listen(t, n, path)
		defer cancelThird()
		write(t, path)
		third.want(t, Written)
	})
}

func TestDirectoryIsLostAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		dir := tempDir(t) + "/d"
		must(t, os.Mkdir(dir, 0o755))
		h, cancel := listen(t, n, dir+"/a")
		defer cancel()
		other, cancelOther := listen(t, n, dir+"/b")
		defer cancelOther()
		must(t, os.Rename(dir, dir+".old"))
		h.want(t, Lost)
		other.want(t, Lost)
		must(t, os.Mkdir(dir, 0o755))
		n.Refresh(dir)
		write(t, dir+"/a")
		h.want(t, Made|Written)
		must(t, os.RemoveAll(dir))
		other.want(t, Lost)
		must(t, os.Mkdir(dir, 0o755))
		n.Sweep()
		write(t, dir+"/b")
		other.want(t, Made|Written)
	})
}

func TestMissingDirectoryIsAnError(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		dir := tempDir(t) + "/d"
		if _, err := n.Watch(dir+"/a", WakeFunc(func(Op) {})); err == nil {
			t.Error("a name in a missing directory is watched")
		}
		must(t, os.Mkdir(dir, 0o755))
		neighbour, cancel := listen(t, n, dir+"/b")
		defer cancel()
		write(t, dir+"/a")
		write(t, dir+"/b")
		neighbour.want(t, Made|Written)
		h, cancelAgain := listen(t, n, dir+"/a")
		defer cancelAgain()
		write(t, dir+"/a")
		h.want(t, Written)
	})
}

func TestCloseBeforeCancel(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		_, cancel := listen(t, n, tempDir(t)+"/a")
		n.Close()
		cancel()
	})
}

func TestWholeDirectory(t *testing.T) {
	each(t, func(t *testing.T, n Notifier) {
		dir := tempDir(t)
		h := hear()
		cancel, err := n.WatchDir(dir, h.named)
		if err == ErrUnsupported {
			t.Skip("not with this notifier")
		}
		must(t, err)
		defer cancel()
		write(t, dir+"/a")
		must(t, os.Mkdir(dir+"/b", 0o755))
		h.until(t, func() bool { return h.names["a"]&Made != 0 && h.names["b"]&Made != 0 })
		must(t, os.Remove(dir+"/a"))
		h.until(t, func() bool { return h.names["a"]&Lost != 0 })
	})
}
