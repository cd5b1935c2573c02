package stream

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadersRestTogetherNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r readers
		r.more.L = &r.mu
		var taken atomic.Int32
		for range 3 {
			r.wait.Go(func() {
				for {
					if _, ok := r.next(); !ok {
						return
					}
					taken.Add(1)
				}
			})
		}
		expect := func(when string, want int32) {
			t.Helper()
			synctest.Wait()
			if n := taken.Load(); n != want {
				t.Errorf("%s %d jobs were taken, want %d", when, n, want)
			}
		}
		r.add(job{log: new(Log)})
		r.add(job{log: new(Log)})
		expect("before the first rest ended,", 0)
		time.Sleep(rest)
		expect("after it", 2)
		r.add(job{log: new(Log)})
		expect("within the stint", 3)
		time.Sleep(stint + 1)
		for range 5 {
			r.add(job{log: new(Log)})
		}
		expect("behind the stint", 3)
		time.Sleep(rest)
		expect("after the second rest", 8)

		r.mu.Lock()
		r.stopped = true
		r.more.Broadcast()
		r.mu.Unlock()
		r.wait.Wait()
	})
}
