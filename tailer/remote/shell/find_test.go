package shell

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// linesWith is what Find finds, line by line.
func linesWith(data []byte, from, to int64, texts []line.Text) (found []int64) {
	for off := from; off < to; {
		text := data[off:to]
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			text = text[:end+1]
		}
		if slices.ContainsFunc(texts, func(want line.Text) bool {
			return bytes.Contains(text, want.Bytes) || want.Fold && bytes.Contains(bytes.ToLower(text), bytes.ToLower(want.Bytes))
		}) {
			found = append(found, off)
		}
		off += int64(len(text))
	}
	return found
}

func TestFind(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	data := []byte("begins\n")
	for i := range 15_000 {
		data = fmt.Appendf(data, "line %d \x00\xff %c of a log\n", i, rune('a'+random.IntN(10)))
		if i%2000 == 0 {
			data = append(data, "$(touch x) `id` 'quoted' \"too\" -e \\n *.log Stra\xc3\x9fe\n"...)
		}
	}
	each(t, func(t *testing.T, shell string) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := files(run(t, shell, idle)).Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		out, _ := exec.Command("sh", "-c", `printf 'a\nxb\n' | grep -abF -e b`).Output() // fails where there is none
		able := string(out) == "2:xb\n"
		for _, want := range []string{"line 777", " c ", "\x00\xff d", "$(touch x)", "`id`", "-e", `\n`, "*.log", "'quoted'", "Stra\xc3\x9fe", "LINE 12", "of a log", "none"} {
			for _, way := range []line.Way{line.Onward, line.Backward} {
				texts := []line.Text{{Bytes: []byte(want)}}
				if want == "LINE 12" {
					texts = []line.Text{{Bytes: []byte("line 12"), Fold: true}, {Bytes: []byte(" $9 ")}}
				}
				from, to := int64(7), int64(bytes.LastIndexByte(data[:len(data)-1], '\n')+1)
				lines, all, err := f.(disk.Finder).Find(from, to, way, texts)
				if !able || strings.Contains(want, "\x00") {
					if !errors.Is(err, line.ErrUnfindable) {
						t.Errorf("%q is found, %v", want, err)
					}
					continue
				}
				expected := linesWith(data, from, to, texts)
				if many := len(expected) > mostLines; many && way == line.Onward {
					expected = expected[:mostLines+1]
				} else if many {
					expected = expected[len(expected)-mostLines:]
				}
				if err != nil || !slices.Equal(lines, expected) || all != (len(expected) < mostLines) {
					t.Errorf("%q: %d lines, all %v, %v, want %d", want, len(lines), all, err, len(expected))
				}
			}
		}
		if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
			t.Errorf("the directory holds %d files by now", len(entries))
		}
	})
}

// TestFindWhereGrepCannot has greps that know no offsets, say others than wanted,
// or fail in the middle: nothing is taken for found out.
func TestFindWhereGrepCannot(t *testing.T) {
	for name, script := range map[string]string{
		"BusyBox":           `exec busybox grep "$@"`,
		"offsets of a text": `echo 4:b`,
		"none":              `exit 127`,
		"fails half-way":    `case $* in *-abFi*) printf '2:b\n';; *) head -c 100 >/dev/null; echo 0:x; exit 2;; esac`,
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "grep"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			path := filepath.Join(bin, "f")
			if err := os.WriteFile(path, bytes.Repeat([]byte("a line\n"), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := files(run(t, "/bin/sh", idle)).Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for _, way := range []line.Way{line.Onward, line.Backward} {
				if lines, _, err := f.(disk.Finder).Find(0, 7000, way, []line.Text{{Bytes: []byte("x")}}); err == nil {
					t.Errorf("it found %v", lines)
				}
			}
			buf := make([]byte, 7)
			if n, err := f.ReadAt(buf, 0); n != 7 || err != nil {
				t.Errorf("then it reads %d bytes, %v", n, err)
			}
		})
	}
}
