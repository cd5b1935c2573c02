package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestHostFigures prints how long a line takes from a file of another host to a
// viewer. It is run by make bench-ssh, on a machine that does nothing else.
func TestHostFigures(t *testing.T) {
	if os.Getenv("TAILBEAM_FIGURES") == "" {
		t.Skip("measures for a minute: make bench-ssh")
	}
	s := nearby(t)
	for _, pause := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second} {
		file := filepath.Join(t.TempDir(), "app.log")
		appendTo(t, file, "begins\n")
		p := startAs(t, s, "app=web1:"+file)
		until(t, "live", func() bool { return p.condition("app") == "live" })
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, "ws://"+p.host()+"/ws/app?n=0", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		w, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		var took []time.Duration
		for range min(200, int(15*time.Second/pause)) {
			time.Sleep(pause)
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
		milliseconds := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
		fmt.Printf("%-60s %14s %14s\n", fmt.Sprintf("from a file there to a viewer, a line every %s, p50", pause), milliseconds(took[len(took)/2]), "<= 20 ms")
		fmt.Printf("%-60s %14s %14s\n", "    p99", milliseconds(took[len(took)*99/100]), "")
	}
}
