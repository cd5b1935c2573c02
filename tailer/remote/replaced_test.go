//go:build unix

package remote

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestInodeThatIsUsedAgain removes a file while the host is away, and makes
// another that gets its inode number: it is read from its beginning, and the
// viewer is told that the end of the old one may be missing.
func TestInodeThatIsUsedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		busybox bool // which does not tell when a file was made
	}{
		"shorter":                        {"new\n", false},
		"longer":                         {"another line\nand more of them\n", false},
		"begins alike":                   {"# a log\nother lines than before\n", false},
		"shorter, BusyBox":               {"new\n", true},
		"longer, BusyBox":                {"another line\nand more of them\n", true},
		"begins alike, BusyBox":          {"# a log\nother lines than before\n", true},
		"as long as before, BusyBox":     {"# a log\nonE\ntwo\n", true},
		"as long, and begins alike, GNU": {"# a log\nonE\ntwo\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var lines []string
			if c.busybox {
				tool(t, "busybox", "busybox")
				lines = busybox(t, dir, "dd stat head tail find sleep kill cat ls readlink date printf id")
			}
			server := sshd.Start(t, lines...)
			path := filepath.Join(dir, "app.log")
			const before = "# a log\none\ntwo\n"
			write(t, path, before)
			r := newRecorder()
			hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
			r.awaitText(t, before)
			server.Down()
			r.awaitState(t, line.Waiting, "unreachable")
			replace(t, path, c.text)
			server.Up(t)
			r.awaitText(t, before+c.text)
			r.await(t, "word of a gap", func() bool { return len(r.gaps) > 0 })
		})
	}
}

// replace removes a file and makes another with its inode number, or skips the
// test.
func replace(t *testing.T, path, text string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	want := info.Sys().(*syscall.Stat_t).Ino
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		name := fmt.Sprint(path, "-made-", i)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if info, err = os.Stat(name); err != nil {
			t.Fatal(err)
		}
		if info.Sys().(*syscall.Stat_t).Ino == want {
			if err := os.Rename(name, path); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Skip("this file system does not use inode numbers again")
}

// TestFewConnections reads and follows many files of a server that allows one
// session a connection, all at the same time.
func TestFewConnections(t *testing.T) {
	t.Parallel()
	for _, sessions := range []int{1, 2} {
		server := sshd.Start(t, fmt.Sprint("MaxSessions ", sessions))
		hs := hosts(t, server)
		var all sync.WaitGroup
		for i := range 12 {
			path := filepath.Join(t.TempDir(), "app.log")
			write(t, path, fmt.Sprintf("file %d\n", i))
			st := hs.Host(server.Target()).Stream(path)
			r := newRecorder()
			st.Follow(r, local.Whole)
			r.awaitText(t, fmt.Sprintf("file %d\n", i))
			all.Go(func() {
				for range 2 {
					b, err := st.History().Forward(t.Context(), line.Position{}, make([]byte, 1<<10))
					if err != nil || !bytes.HasPrefix(b.Data, []byte("file ")) {
						t.Errorf("%q, %v", b.Data, err)
					}
				}
				if n := server.Connections(); n > 4 {
					t.Errorf("%d connections", n)
				}
			})
		}
		all.Wait()
	}
}
