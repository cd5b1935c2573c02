package local

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"tailbeam/tailer/line"
)

func TestLineLongerThanABlock(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := tempDir(t) + "/app.log"
		write(t, path, "")
		p := &pieces{t: t}
		p.changed.L = &p.mu
		follow(t, cfg, Target{Path: path, Sink: p})
		long := strings.Repeat("ä", 3*block/4)
		for _, part := range []string{"short\n", long[:block/2+1], long[block/2+1:], "\nshort\n"} {
			write(t, path, part)
		}
		p.until(func() bool { return p.text.Len() == len(long)+len("short\n\nshort\n") })
		if p.entries != 3 || p.pieces != 0 || p.text.String() != "short\n"+long+"\nshort\n" {
			t.Errorf("%d entries, %d pieces", p.entries, p.pieces)
		}
	})
}

func TestEndlessLineInBoundedMemory(t *testing.T) {
	const size = endless
	path := tempDir(t) + "/app.log"
	write(t, path, "")
	must(t, os.WriteFile(path, []byte("begin"), 0o644))
	must(t, os.Truncate(path, size-1))
	write(t, path, "-") // a hole between the two is a line of NULs without an end
	p := &pieces{t: t, measure: true}
	p.changed.L = &p.mu
	follow(t, quick(), Target{Path: path, Sink: p, Preload: Whole})
	p.until(func() bool { return p.bytes == size-1<<20 }) // the last MiB may be all of its piece or not
	write(t, path, "end\n")
	p.until(func() bool { return p.bytes == size+4 })
	if p.entries != size>>20+1 || p.pieces != size>>20 {
		t.Errorf("%d entries, %d of them pieces, want %d", p.entries, p.pieces, size>>20+1)
	}
	if p.heap > 32<<20 {
		t.Errorf("%d MiB of memory, want at most 32", p.heap>>20)
	}
}

// pieces is a sink for long lines.
type pieces struct {
	t       *testing.T
	measure bool // memory, and do not keep the text
	mu      sync.Mutex
	changed sync.Cond
	text    strings.Builder
	bytes   int
	entries int
	pieces  int
	heap    uint64
}

func (p *pieces) Append(b *line.Batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.changed.Broadcast()
	if (b.Flags&line.Continues != 0) != (p.pieces > 0) {
		p.t.Errorf("batch at %d: flags %b after %d pieces", b.Pos.Off, b.Flags, p.pieces)
	}
	p.bytes += len(b.Data)
	p.entries += b.Lines()
	if b.Flags&line.Unfinished != 0 {
		p.pieces++
	}
	if !p.measure {
		p.text.Write(b.Data)
		return
	}
	if p.entries%64 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.heap = max(p.heap, m.HeapInuse)
	}
}

func (p *pieces) Notice(line.Notice) {}
func (p *pieces) Gap(g line.Gap)     { p.t.Errorf("gap %v", g) }

func (p *pieces) until(so func() bool) {
	waitFor(p.t, "the text", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return so()
	})
}
