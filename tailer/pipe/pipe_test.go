package pipe

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

// A collector is a sink that keeps the text.
type collector struct {
	mu      sync.Mutex
	changed sync.Cond
	text    strings.Builder
	entries int
	longest int
	next    int64
	last    line.Notice
	t       *testing.T
}

func collect(t *testing.T) *collector {
	c := &collector{t: t}
	c.changed.L = &c.mu
	return c
}

func (c *collector) Append(b *line.Batch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.changed.Broadcast()
	if b.Pos.Off != c.next {
		c.t.Errorf("batch at %d, the one before ended at %d", b.Pos.Off, c.next)
	}
	c.next = b.End().Off
	c.text.Write(b.Data)
	for i := range b.Lines() {
		c.entries++
		c.longest = max(c.longest, len(b.Entry(i)))
	}
}

func (c *collector) Notice(n line.Notice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.changed.Broadcast()
	c.last = n
}

func (c *collector) Gap(line.Gap) { c.t.Error("gap in a pipe") }

func (c *collector) until(so func() bool) {
	c.t.Helper()
	late := time.AfterFunc(30*time.Second, c.changed.Broadcast)
	defer late.Stop()
	began := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !so() {
		if time.Since(began) > 30*time.Second {
			c.t.Fatalf("waited in vain; %d bytes, %+v", c.text.Len(), c.last)
		}
		c.changed.Wait()
	}
}

func TestLinesAsTheyComeAndTheRestAtTheEnd(t *testing.T) {
	r, w := io.Pipe()
	c := collect(t)
	p := Read(r, c, Options{MaxLine: 1 << 20})
	defer p.Close()
	c.until(func() bool { return c.last.Condition == line.Live })
	io.WriteString(w, "one\ntw")
	c.until(func() bool { return c.text.String() == "one\n" })
	io.WriteString(w, "o\nrest")
	c.until(func() bool { return c.text.String() == "one\ntwo\n" })
	w.Close()
	c.until(func() bool { return c.last.Condition == line.Ended && c.text.String() == "one\ntwo\nrest" })
}

func TestCloseInterruptsARead(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	c := collect(t)
	p := Read(in, c, Options{MaxLine: 1 << 20})
	out.WriteString("half a li")
	p.Close()
	p.Close()
	if c.text.Len() > 0 {
		t.Errorf("%q was given out", c.text.String())
	}
	// What was not read is still there for others, and the pipe is as it was.
	out.WriteString("ne\n")
	out.Close()
	if rest, err := io.ReadAll(in); err != nil || !strings.HasSuffix("half a line\n", string(rest)) {
		t.Errorf("read %q, %v after Close", rest, err)
	}
}

func TestEndlessLine(t *testing.T) {
	const limit, total = 100_000, 20 << 20
	c := collect(t)
	p := Read(io.LimitReader(letters{}, total), c, Options{MaxLine: limit})
	defer p.Close()
	c.until(func() bool { return c.last.Condition == line.Ended })
	if c.text.Len() != total || c.longest != limit || c.entries != (total+limit-1)/limit {
		t.Errorf("%d bytes in %d entries, the longest of %d", c.text.Len(), c.entries, c.longest)
	}
}

// letters is a reader without an end and without a newline.
type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

func TestEncodingOfAPipe(t *testing.T) {
	for in, want := range map[string]string{
		"\xFF\xFEa\x00\n\x00b\x00": "a\nb",
		"\xE4\n\xFF":               "ä\nÿ",
	} {
		c := collect(t)
		p := Read(strings.NewReader(in), c, Options{MaxLine: 1 << 20, Encoding: charset.Latin1})
		c.until(func() bool { return c.last.Condition == line.Ended && c.text.String() == want })
		if c.last.Pos.Off != int64(len(in)) {
			t.Errorf("%q ends at %d, want bytes of the pipe", in, c.last.Pos.Off)
		}
		p.Close()
	}
}
