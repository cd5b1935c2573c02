package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tailbeam/tailer/remote/sshd"
)

// TestHostFigures prints how long a line takes from a file of another host to a
// viewer. It is run by make bench-ssh, on a machine that does nothing else.
func TestHostFigures(t *testing.T) {
	if os.Getenv("TAILBEAM_FIGURES") == "" {
		t.Skip("measures for a minute: make bench-ssh")
	}
	for _, by := range []string{"inotifywait", "tail"} {
		s := nearby(t, "SetEnv PATH="+toolsWith(t, by))
		for _, pause := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second} {
			took := latencies(t, s, pause)
			what := fmt.Sprintf("from a file there to a viewer, a line every %s, by %s, p50", pause, by)
			fmt.Printf("%-75s %10s %10s\n", what, milliseconds(took[len(took)/2]), "<= 20 ms")
			fmt.Printf("%-75s %10s\n", "    p99", milliseconds(took[len(took)*99/100]))
		}
	}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// toolsWith returns a directory with what runs on the other host, and one more.
func toolsWith(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range strings.Fields("sh dd stat head find sleep kill cat ls readlink date grep cut gzip tail cmp " + more) {
		if path, err := exec.LookPath(name); err == nil {
			_ = os.Symlink(path, filepath.Join(dir, name)) // tail is there already where it is what more is
		}
	}
	return dir
}

// latencies measures lines that are written with pauses between them.
func latencies(t *testing.T, s *sshd.Server, pause time.Duration) (took []time.Duration) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "begins\n")
	p := startAs(t, s, "app=web1:"+file)
	until(t, "live", func() bool { return p.condition("app") == "live" })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+p.host()+"/ws/app?n=0", nil)
	must(t, err)
	defer conn.CloseNow()
	w, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	defer w.Close()
	for range min(200, int(12*time.Second/pause)) {
		<-time.After(pause)
		began := time.Now()
		if _, err := w.WriteString("a line\n"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.Read(ctx); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took
}
