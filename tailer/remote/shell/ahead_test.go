package shell

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tailbeam/tailer/disk"
)

// asked counts what the script is asked.
type asked struct {
	io.WriteCloser
	mu       sync.Mutex
	commands map[string]int
}

func (a *asked) Write(p []byte) (int, error) {
	a.mu.Lock()
	command, _, _ := strings.Cut(string(p), " ")
	a.commands[command]++
	a.mu.Unlock()
	return a.WriteCloser.Write(p)
}

func (a *asked) ranges() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commands["range"]
}

// TestFewQuestions reads a file as history does, which looks after each block
// whether the file still begins as it did: what was read ahead answers that.
func TestFewQuestions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var text bytes.Buffer
	for i := 0; text.Len() < 16<<20; i++ {
		fmt.Fprintf(&text, "line %d of a file\n", i)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	session := run(t, "sh", idle)
	a := &asked{WriteCloser: session.io.In, commands: map[string]int{}}
	session.mu.Lock()
	session.io.In = a
	session.mu.Unlock()
	f, err := files(session).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := disk.HeadOf(text.Bytes())
	buf := make([]byte, 256<<10)
	for off := 0; off < text.Len(); {
		n, err := f.ReadAt(buf, int64(off))
		if err != nil || n == 0 || !bytes.Equal(buf[:n], text.Bytes()[off:off+n]) {
			t.Fatalf("at %d there are %d bytes, or others: %v", off, n, err)
		}
		off += n
		if head, err := disk.HeadAt(f, 0); err != nil || head != want {
			t.Fatalf("behind %d the file begins with %x, %v, want %x", off, head, err, want)
		}
	}
	if n := a.ranges(); n > 50 { // 64 blocks and as many looks
		t.Errorf("%d ranges were asked for", n)
	}
	// Another beginning is seen.
	if err := os.WriteFile(path, []byte("another file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(buf, 0); err != nil {
		t.Fatal(err)
	}
	if head, err := disk.HeadAt(f, 0); err != nil || head != disk.HeadOf([]byte("another file\n")) {
		t.Errorf("the new file begins with %x, %v", head, err)
	}
}

// TestManyFilesAreReadAhead reads more files side by side than may hold what is
// read ahead.
func TestManyFilesAreReadAhead(t *testing.T) {
	dir := t.TempDir()
	fsys := files(run(t, "sh", idle))
	var open []disk.File
	text := bytes.Repeat([]byte("a line of a file\n"), 200_000)
	for i := range maxLeaders + 4 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, append([]byte{byte('a' + i)}, text...), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := fsys.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	buf := make([]byte, 256<<10)
	for off := 0; off < 10*len(buf); off += len(buf) {
		for i, f := range open {
			want := text[max(0, off-1):][:len(buf)]
			if off == 0 {
				want = append([]byte{byte('a' + i)}, text[:len(buf)-1]...)
			}
			if n, err := f.ReadAt(buf, int64(off)); err != nil || n != len(buf) || !bytes.Equal(buf, want) {
				t.Fatalf("file %d at %d: %d bytes, or others, %v", i, off, n, err)
			}
		}
	}
	holding := 0
	for _, f := range open {
		if f.(*file).now.data != nil || f.(*file).next.call != nil {
			holding++
		}
		f.Close()
	}
	if holding > maxLeaders || len(fsys.leaders) != 0 {
		t.Errorf("%d files hold something, and %d do when all are closed", holding, len(fsys.leaders))
	}
}
