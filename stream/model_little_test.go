package stream

import "testing"

// newLittleWorld is newWorld where memory holds so many bytes of each stream,
// fewer than an operator can choose, and sockets take a few lines: viewers fall
// behind with little that is written.
func newLittleWorld(t *testing.T, c Config, memory int64, path int) *world {
	t.Helper()
	w := newWorldOn(t, c, listenLittle(t), paths[path].listen)
	w.hub.config.Memory = memory
	return w
}

// TestRandomViewersWithLittleMemory is TestRandomViewers where memory holds a
// few hundred lines and sockets take a few: writes are short all the time, and
// viewers fall behind, read on from the file and come back again and again.
func TestRandomViewersWithLittleMemory(t *testing.T) {
	for i, p := range paths {
		t.Run(p.name, func(t *testing.T) {
			var seen Stats
			for range 10 { // how many fall behind in one depends on who else runs
				w := newLittleWorld(t, Config{Loops: 3}, 64<<10, i)
				watchRandomly(t, w, (*world).openFile)
				s := w.server.Stats()
				seen.Demoted += s.Demoted
				seen.Skipped += s.Skipped
				if seen.Demoted >= 5 && seen.Skipped > 0 {
					return
				}
			}
			t.Errorf("only %d demotions and %d skips", seen.Demoted, seen.Skipped)
		})
	}
}
