package remote

import (
	"os"
	"path/filepath"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestHoleBeforeTheText follows a file that begins with a hole of 20 GiB, as a
// writer leaves one that keeps its offset when the file is truncated, and reads
// back what is behind it.
func TestHoleBeforeTheText(t *testing.T) {
	t.Parallel()
	tool(t, "perl", "perl-base")
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "")
	if err := os.Truncate(path, 20<<30); err != nil {
		t.Skip("the file system here knows no large files with holes: ", err)
	}
	write(t, path, "one\ntwo\n")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	st.Follow(r, local.Whole)
	r.awaitText(t, "one\ntwo\n")
	write(t, path, "three\n")
	r.awaitText(t, "one\ntwo\nthree\n")
	if got := rest(t, st.History(), line.Position{}); got != "one\ntwo\nthree\n" {
		t.Errorf("history holds %.100q", got)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path, "four\n")
	r.awaitText(t, "one\ntwo\nthree\nfour\n")
	if len(r.gaps) > 0 || len(r.wrong) > 0 {
		t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
	}
}
