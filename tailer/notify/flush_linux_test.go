package notify

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
)

func TestFlushTellsEverything(t *testing.T) {
	for name, limit := range map[string]int{"shared first": 1, "own alone": 0} {
		t.Run(name, func(t *testing.T) {
			n := newTiers(Shared(), limit)
			defer n.Close()
			path := tempDir(t) + "/app.log"
			var told atomic.Int64
			watch, err := n.Watch(path, WakeFunc(func(op Op) {
				if op&Made != 0 {
					told.Add(1)
				}
			}))
			must(t, err)
			defer watch.Cancel()
			made := int64(0)
			for turn := range 500 {
				for range turn % 5 {
					write(t, path)
					must(t, os.Rename(path, fmt.Sprintf("%s.%d", path, turn)))
					made++
				}
				if !n.Flush() {
					t.Fatal("Flush promises nothing")
				}
				if got := told.Load(); got != made {
					t.Fatalf("told of %d files, want %d", got, made)
				}
			}
		})
	}
}
