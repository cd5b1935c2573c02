package shell

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestIdleFileIsReadOnceMore looks at a file that nobody writes to: after its
// stamp can be no other's it is told once more as changed, and never again; one
// whose stamp is old is not.
func TestIdleFileIsReadOnceMore(t *testing.T) {
	before, minute := coarseSecond, coarseMinute
	t.Cleanup(func() { coarseSecond, coarseMinute = before, minute })
	coarseSecond, coarseMinute = 0, 0
	each(t, func(t *testing.T, shell string) {
		dir := t.TempDir()
		young, old := filepath.Join(dir, "young"), filepath.Join(dir, "old")
		for _, path := range []string{young, old} {
			if err := os.WriteFile(path, []byte("a line\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		past := time.Now().Add(-10 * 24 * time.Hour)
		if err := os.Chtimes(old, past, past); err != nil {
			t.Fatal(err)
		}
		s := run(t, shell, idle)
		fsys := files(s)
		fsys.Watch(young)
		fsys.Watch(old)
		told := map[string][]Change{}
		for range 5 {
			changes, err := fsys.Look(s)
			if err != nil {
				t.Fatal(err)
			}
			for path, c := range changes {
				told[path] = append(told[path], c)
			}
		}
		if got := told[young]; len(got) != 2 || got[0] != Moved || got[1] != Grown {
			t.Errorf("of the young one is told %v", got)
		}
		if got := told[old]; len(got) != 1 || got[0] != Moved {
			t.Errorf("of the old one is told %v", got)
		}
	})
}
