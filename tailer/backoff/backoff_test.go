package backoff

import (
	"testing"
	"time"
)

func TestWaitsDoubleUntilSomethingLasts(t *testing.T) {
	var b Backoff
	for i, step := range []struct{ lasted, most time.Duration }{
		{0, 1 * time.Second},
		{0, 2 * time.Second},
		{59 * time.Second, 4 * time.Second},
		{0, 8 * time.Second},
		{0, 16 * time.Second},
		{0, 30 * time.Second},
		{0, 30 * time.Second},
		{time.Minute, 1 * time.Second},
		{0, 2 * time.Second},
	} {
		if d := b.After(step.lasted); d > step.most || d < step.most*3/4 {
			t.Errorf("wait %d: %v, want %v or up to a quarter less", i, d, step.most)
		}
	}
}

func TestWaitsDiffer(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		seen[(&Backoff{}).After(0)] = true
	}
	if len(seen) < 2 {
		t.Error("everybody waits for the same time")
	}
}
