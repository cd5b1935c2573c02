package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestOnlySFTP follows files that cannot be told apart by an inode: their lines
// say which they are of, or all of them begin in the same way.
func TestOnlySFTP(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t, "ForceCommand internal-sftp")
	for name, first := range map[string]string{"own first lines": "file %d\n", "one first line": "# a log\n%.0d"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "app.log")
			r := newRecorder()
			often := func(c *Config) { c.Poll = 20 * time.Millisecond }
			hosts(t, server, often).Host(server.Target()).Stream(path).Follow(r, local.Whole)
			r.awaitState(t, line.Waiting, "no such file")
			write(t, path, "no whole line")
			r.awaitState(t, line.Waiting, "whole line in it yet")
			want := ""
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				// Each is another size, which is all that tells them apart.
				text := fmt.Sprintf(first, i) + fmt.Sprintf("%0*d\n", 20-4*i, i)
				write(t, path, text)
				want += text
				r.awaitText(t, want)
				write(t, path, "more\n")
				want += "more\n"
				r.awaitText(t, want)
				if err := os.Rename(path, fmt.Sprint(path, ".", 9-i)); err != nil {
					t.Fatal(err)
				}
			}
			if len(r.gaps) > 0 || len(r.wrong) > 0 {
				t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "a line\n")
	r := newRecorder()
	hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
	r.awaitState(t, line.Live, "over SFTP: looked at every 250ms to 1s")
}
