package local

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// stressTime is how long each stress run writes: TAILBEAM_STRESS as in 20s, or
// else short.
func stressTime(t *testing.T) time.Duration {
	if long := os.Getenv("TAILBEAM_STRESS"); long != "" {
		d, err := time.ParseDuration(long)
		must(t, err)
		return d
	}
	if testing.Short() {
		return 300 * time.Millisecond
	}
	return 1500 * time.Millisecond
}

// TestStress writes numbered lines while the file is rotated again and again,
// and checks that each arrives once, whole, and in the order of its generation,
// with a sink that takes all and with one that stalls.
func TestStress(t *testing.T) {
	for _, rotate := range rotations {
		for name, stalls := range map[string]bool{"flowing": false, "stalling": true} {
			t.Run(rotate.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				dir := tempDir(t)
				w := newWriter(t, dir, rotate)
				v := &verifier{t: t}
				if stalls {
					v.stall, v.every = min(500*time.Millisecond, stressTime(t)/6), min(3*time.Second, stressTime(t)/3)
				}
				cfg := Config{Notifier: notify.Open()}
				if rotate.late > 0 {
					cfg.Linger = time.Second
				}
				defer cfg.Notifier.Close()
				f := New(cfg)
				defer f.Close()
				f.Follow(Target{Path: w.path, Sink: v, Preload: Whole})
				w.run(stressTime(t))
				v.verify(w.seq, rotate)
			})
		}
	}
}

// appendNumbered makes line n: its number, and padding that follows from it.
func appendNumbered(b []byte, n uint64) []byte {
	const padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	h := (n + 1) * 0x9E3779B97F4A7C15
	b = append(b, "n="...)
	b = strconv.AppendUint(b, n, 10)
	b = append(b, ' ')
	b = strconv.AppendUint(b, h, 16)
	b = append(b, ' ')
	b = append(b, padding[h>>60:][:40+h>>40&63]...)
	return append(b, '\n')
}

// A verifier is a sink that knows every line.
type verifier struct {
	t            *testing.T
	stall, every time.Duration
	stalled      time.Time
	// cuts says that a copy may end within a line, of which the rest is gone:
	// write(2) is not atomic.
	cuts bool

	mu      sync.Mutex
	seen    []uint8
	count   uint64
	last    map[line.Generation]uint64 // number of the last line
	next    map[line.Generation]int64  // offset of the next
	gaps    []line.Gap
	notices []line.Notice
	wrong   int
	text    []byte
}

func (v *verifier) Append(b *line.Batch) {
	v.mu.Lock()
	v.check(b)
	v.mu.Unlock()
	if v.every > 0 && time.Since(v.stalled) > v.every+v.stall {
		time.Sleep(v.stall) // the stall is what is tested
		v.stalled = time.Now()
	}
}

func (v *verifier) check(b *line.Batch) {
	if v.last == nil {
		v.last, v.next = map[line.Generation]uint64{}, map[line.Generation]int64{}
	}
	if next, known := v.next[b.Pos.Gen]; known && next != b.Pos.Off {
		v.fault("batch at %x:%d, the one before ended at %d", b.Pos.Gen, b.Pos.Off, next)
	}
	v.next[b.Pos.Gen] = b.End().Off
	for i := range b.Lines() {
		v.line(b.Pos.Gen, b.Entry(i))
	}
}

func (v *verifier) line(gen line.Generation, entry []byte) {
	number, _, _ := bytes.Cut(bytes.TrimPrefix(entry, []byte("n=")), []byte(" "))
	n, err := strconv.ParseUint(string(number), 10, 64)
	if v.text = appendNumbered(v.text[:0], n); v.cuts && bytes.HasPrefix(v.text, entry) && len(entry) < len(v.text) {
		return
	}
	if err != nil || !bytes.Equal(v.text, entry) {
		v.fault("torn line %q", entry)
		return
	}
	for uint64(len(v.seen)) <= n {
		v.seen = append(v.seen, make([]uint8, len(v.seen)+1024)...)
	}
	if v.seen[n]++; v.seen[n] > 1 {
		v.fault("line %d came %d times", n, v.seen[n])
	} else {
		v.count++
	}
	if last, known := v.last[gen]; known && n < last {
		v.fault("line %d after %d in generation %x", n, last, gen)
	}
	v.last[gen] = n
}

func (v *verifier) fault(format string, args ...any) {
	if v.wrong++; v.wrong < 10 {
		v.t.Errorf(format, args...)
	}
}

func (v *verifier) Notice(n line.Notice) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.notices = append(v.notices, n)
}

func (v *verifier) Gap(g line.Gap) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.gaps = append(v.gaps, g)
}

// verify waits until the last line has come and all others with it, or nothing
// more comes that could.
func (v *verifier) verify(written uint64, r rotation) {
	v.t.Helper()
	limit := time.NewTimer(deadline)
	defer limit.Stop()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for quiet, last := 0, uint64(0); quiet < 300; quiet++ {
		v.mu.Lock()
		count := v.count
		done := count == written
		v.mu.Unlock()
		if done {
			break
		}
		if count != last {
			quiet, last = 0, count
		}
		select {
		case <-limit.C:
			v.t.Fatal("lines keep coming for ever")
		case <-poll.C:
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	lost := written - v.count
	v.t.Logf("%d lines written, %d lost, %d gaps told, %d generations", written, lost, len(v.gaps), len(v.last))
	if lost > 0 && (!r.destroys || len(v.gaps) == 0) {
		v.t.Errorf("%d of %d lines lost, the first after %d; gaps told: %v", lost, written, bytes.IndexByte(v.seen, 0), v.gaps)
	}
}
