package stream

import (
	"testing"
	"testing/synctest"
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

// TestASweepIsDueWhenLinesHaveGathered lets a loop ask for its next sweep as it
// does, with lines coming all the time.
func TestASweepIsDueWhenLinesHaveGathered(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name             string
		most, took, gaps time.Duration
	}{
		{"idle", 20 * ms, ms / 2, ms / 2},
		{"some load", 20 * ms, 3 * ms, 5 * ms},
		{"load", 20 * ms, 8 * ms, 20 * ms},
		{"load, with another bound", 50 * ms, 8 * ms, 50 * ms},
		{"load, with no patience", 2 * ms, 8 * ms, 8 * ms},
		{"some load, with a bound below", 4 * ms, 3 * ms, 4 * ms},
		{"too much", 20 * ms, 30 * ms, 30 * ms},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pace{most: test.most}
				for range 3 {
					begin := time.Now()
					if !p.due() {
						t.Fatal("a sweep has to wait when its time has come")
					}
					time.Sleep(test.took) // which is the sweep
					p.swept(begin, test.took)
					for !p.due() {
						if p.due() { // whoever asks twice waits once
							t.Fatal("it is due when it is asked again")
						}
						<-p.timer()
						p.armed = false
					}
					if gap := time.Since(begin); gap != test.gaps {
						t.Errorf("sweeps of %v follow each other after %v, want %v", test.took, gap, test.gaps)
					}
				}
			})
		})
	}
}
