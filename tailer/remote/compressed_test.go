package remote

import (
	"os/exec"
	"path/filepath"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestCompressedWhileTheHostWasAway has the unread end of a file rotated and
// compressed before it can be read again: it is read from there.
func TestCompressedWhileTheHostWasAway(t *testing.T) {
	t.Parallel()
	for name, rotate := range map[string]string{
		"renamed":              `mv "$1" "$1.1"; gzip "$1.1"; echo three >"$1"`,
		"renamed twice":        `mv "$1" "$1.1"; echo three >"$1"; mv "$1.1" "$1.2"; gzip "$1.2"; mv "$1" "$1.1"; : >"$1"`,
		"both compressed":      `mv "$1" "$1-20261120"; gzip "$1-20261120"; echo three >"$1-20261121"; gzip "$1-20261121"; : >"$1"`,
		"copied and truncated": `cp -p "$1" "$1.1"; : >"$1"; gzip "$1.1"; echo three >"$1"`,
		"nothing follows yet":  `mv "$1" "$1.1"; gzip "$1.1"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := sshd.Start(t)
			path := filepath.Join(t.TempDir(), "app.log")
			write(t, path, "# a log\none\n")
			st := hosts(t, server).Host(server.Target()).Stream(path)
			r := newRecorder()
			st.Follow(r, local.Whole)
			r.awaitText(t, "# a log\none\n")
			server.Down()
			r.awaitState(t, line.Waiting, "unreachable")
			write(t, path, "two\n")
			if out, err := exec.Command("sh", "-ec", rotate, "sh", path).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			server.Up(t)
			want := "# a log\none\ntwo\nthree\n"
			if name == "nothing follows yet" {
				r.awaitState(t, line.Waiting, "no such file")
				write(t, path, "three\n")
			}
			r.awaitText(t, want)
			write(t, path, "four\n")
			r.awaitText(t, want+"four\n")
			if len(r.gaps) > 0 || len(r.wrong) > 0 {
				t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
			}
			if got := rest(t, st.History(), line.Position{}); got != want+"four\n" {
				t.Errorf("history holds %q", got)
			}
		})
	}
}
