package remote

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// hosts opens hosts for a server.
func hosts(t *testing.T, s *sshd.Server, change ...func(*Config)) *Hosts {
	t.Helper()
	cfg := Config{Dial: s.Options(), First: 10 * time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	hs := Open(cfg)
	t.Cleanup(hs.Close)
	return hs
}

// write appends to a file.
func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFollowsAFile(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "before 1\nbefore 2\n")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	st.Follow(r, local.Whole)
	r.awaitText(t, "before 1\nbefore 2\n")
	write(t, path, "after 1\nafter")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\n")
	write(t, path, " 2\n")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\nafter 2\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path+".1", "late\n")
	r.await(t, "late line", func() bool { return bytes.Contains(r.text, []byte("late\n")) })
	write(t, path, "new file\n")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\nafter 2\nlate\nnew file\n")
	if len(r.gaps) != 0 || len(r.wrong) != 0 {
		t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
	}
	end, err := st.History().End(t.Context())
	if err != nil || end != r.end {
		t.Errorf("history ends at %v, want %v: %v", end, r.end, err)
	}
	buf := make([]byte, 1<<16)
	b, err := st.History().Backward(t.Context(), line.Position{Gen: end.Gen, Off: 0}, buf)
	if err != nil || string(b.Data) != "before 1\nbefore 2\nafter 1\nafter 2\nlate\n" {
		t.Errorf("before the new file there is %q, %v", b.Data, err)
	}
}
