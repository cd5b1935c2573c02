package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The server begins with an empty file, and ends again. What is written to the
// file and then rotated away while nobody looks is known by what the empty file
// followed on.
func TestResumeAtAFileThatWasEmptyAtTheStart(t *testing.T) {
	moved := func(t *testing.T, file string, n string) {
		must(t, os.Rename(file, file+n))
		appendTo(t, file, "")
	}
	copied := func(t *testing.T, file string, n string) {
		text, err := os.ReadFile(file)
		must(t, err)
		must(t, os.WriteFile(file+n, text, 0o644))
		must(t, os.Truncate(file, 0))
	}
	for name, rotate := range map[string]func(t *testing.T, file, n string){"rename": moved, "copytruncate": copied} {
		for _, before := range []string{"plain", "compressed"} {
			for _, first := range []string{"from a cursor", "from the first line", "from the end"} {
				t.Run(name+"/"+before+"/"+first, func(t *testing.T) {
					t.Parallel()
					file := filepath.Join(t.TempDir(), "app.log")
					appendTo(t, file, joined(lines(0, 3)))
					p := start(t, "app="+file)
					v := dialBatches(t, p, "")
					v.expectFrom(t, 0, 2)
					restart := func(away func()) {
						must(t, p.cmd.Process.Kill())
						<-p.exited
						away()
						p = start(t, "app="+file)
					}
					restart(func() {
						rotate(t, file, ".2")
						if before == "compressed" {
							compress(t, file+".2")
						}
					})
					switch first {
					case "from a cursor":
						v = dialBatches(t, p, v.cursor)
					case "from the first line":
						v = dialBatches(t, p, "")
						v.expectFrom(t, 0, 2)
					default:
						v = subscribe(t, p, `"n":0`)
					}
					v.expectLive(t)
					restart(func() {
						appendTo(t, file, joined(lines(3, 6)))
						rotate(t, file, ".1")
					})
					dialBatches(t, p, v.cursor).expectFrom(t, 3, 5)
				})
			}
		}
	}
}

// expectLive reads until a notice says that the viewer is live, and takes its
// cursor.
func (v *batchViewer) expectLive(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for {
		_, text, err := v.conn.Read(ctx)
		if err != nil {
			t.Fatalf("after cursor %s: %v", v.cursor, err)
		}
		var h struct {
			To     string
			Notice *struct{ Condition string }
		}
		if err := json.Unmarshal(text, &h); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if h.To != "" {
			v.cursor = h.To
		}
		if h.Notice != nil && h.Notice.Condition == "live" {
			return
		}
	}
}
