package stream

import (
	"testing"
	"time"
)

func TestLinesGatherWhileSweepsAreSlow(t *testing.T) {
	const ms = time.Millisecond
	begin := time.Unix(1000, 0)
	for _, test := range []struct {
		most, took, wait time.Duration
	}{
		{20 * ms, 0, 0},
		{20 * ms, ms, 0},
		{20 * ms, ms + 1, 4*ms - 1},
		{20 * ms, 5 * ms, 0},
		{20 * ms, 5*ms + 1, 15*ms - 1},
		{20 * ms, 20 * ms, 0},
		{20 * ms, 300 * ms, 0}, // never longer than the bound: at once again
		{2 * ms, ms + ms/2, ms / 2},
		{2 * ms, 10 * ms, 0},
		{100 * ms, 10 * ms, 90 * ms},
	} {
		p := pace{most: test.most}
		p.swept(begin, test.took)
		if wait := p.wait(begin.Add(test.took)); wait != test.wait {
			t.Errorf("a sweep of %v with a bound of %v is followed by a wait of %v, want %v", test.took, test.most, wait, test.wait)
		}
		p.swept(begin, 0)
		if wait := p.wait(begin); wait != 0 {
			t.Errorf("a fast sweep is followed by a wait of %v", wait)
		}
	}
}
