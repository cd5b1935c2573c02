package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/remote/sshd"
)

// metered has the configuration of a server's client lead through a relay, and
// returns how many bytes have come from there.
func metered(t *testing.T, s *sshd.Server) *atomic.Int64 {
	t.Helper()
	var came atomic.Int64
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", s.Address)
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				_, _ = io.Copy(far, near) // until either side ends it
				far.Close()
			}()
			go func() {
				_, _ = io.Copy(io.MultiWriter(near, counting{&came}), far)
				near.Close()
			}()
		}
	}()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	must(t, err)
	s.Write(t, "home/.ssh/config", fmt.Sprintf("Host web1\n  HostName %s\n  Port %s\n  User %s\n", s.Host, port, s.User)+s.Read(t, s.Config()))
	s.Write(t, "home/.ssh/known_hosts", fmt.Sprintf("[%s]:%s %s", s.Host, port, s.Read(t, s.File("host.pub"))))
	return &came
}

type counting struct{ *atomic.Int64 }

// Write implements io.Writer.
func (c counting) Write(p []byte) (int, error) {
	c.Add(int64(len(p)))
	return len(p), nil
}

// The backlog of a viewer with a filter is looked for where the file is, and the
// lines come and not the file; the same lines come from where no grep can do that.
func TestFilteredBacklogOfAnotherHost(t *testing.T) {
	const size = 40 << 20
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	w, err := os.Create(file)
	must(t, err)
	var text strings.Builder
	var hits []string
	for i := 0; text.Len() < size; i++ {
		line := fmt.Sprintf("2026-11-21T14:00:00Z info request %d was served %x\n", i, i*7919)
		if i%50_000 == 10_000 {
			line = fmt.Sprintf("2026-11-21T14:00:00Z error payment %d was refused\n  at a line that follows\n", i)
			hits = append(hits, strings.SplitAfter(line, "\n")[0])
		}
		text.WriteString(line)
	}
	_, err = io.WriteString(w, text.String())
	must(t, err)
	must(t, w.Close())
	for name, c := range map[string]struct {
		lines []string
		most  int64
	}{
		"grep":    {nil, 6 << 20},
		"no grep": {[]string{"SetEnv PATH=" + without(t, "grep")}, 3 * size},
	} {
		s := sshd.Start(t, c.lines...)
		came := metered(t, s)
		p := startAs(t, s, "--memory", "4MiB", "app=web1:"+file)
		until(t, "live", func() bool { return p.condition("app") == "live" })
		for query, want := range map[string][]string{
			"n=3&grep=refused":                hits[len(hits)-3:],
			"n=all&grep=refused":              hits,
			"n=all&grep=(%3Fi)REFUSED":        hits,
			"n=5&grep=refused&level=error":    hits[len(hits)-5:],
			"n=all&grep=payment+[0-9]*10000+": hits[:0],
		} {
			if strings.Contains(query, "10000") {
				for _, hit := range hits {
					if strings.Contains(hit, "10000 ") {
						want = append(want[:len(want):len(want)], hit)
					}
				}
			}
			before := came.Load()
			if body := p.get("/tail?stream=app&follow=0&" + query); body != strings.Join(want, "") {
				t.Errorf("%s, %s: %d lines, want %d: %.200q", name, query, strings.Count(body, "\n"), len(want), body)
			}
			if n := came.Load() - before; n > c.most {
				t.Errorf("%s, %s: %d bytes have come, want %d at most", name, query, n, c.most)
			}
		}
	}
}

// without returns a directory with what runs on the other host, but one of it.
func without(t *testing.T, program string) string {
	t.Helper()
	dir := toolsWith(t, "")
	must(t, os.Remove(filepath.Join(dir, program)))
	return dir
}

// What lies behind a rotation comes once: how the newer file begins is not read
// again with each piece of it, to see whether something came late in the older. Of
// what is compressed the compressed bytes come, and once too.
func TestBacklogOfARotatedFileOfAnotherHostComesOnce(t *testing.T) {
	for _, how := range []string{"renamed", "compressed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			const size = 16 << 20
			file := filepath.Join(t.TempDir(), "app.log")
			want := ""
			for _, name := range []string{file + ".2", file + ".1", file} {
				var text strings.Builder
				for i := 0; text.Len() < size; i++ {
					fmt.Fprintf(&text, "line %d of %s\n", i, filepath.Base(name))
				}
				want += text.String()
				must(t, os.WriteFile(name, []byte(text.String()), 0o600))
				if how == "compressed" && name != file {
					compress(t, name)
				}
			}
			s := sshd.Start(t)
			came := metered(t, s)
			p := startAs(t, s, "--memory", "4MiB", "app=web1:"+file)
			until(t, "live", func() bool { return p.condition("app") == "live" })
			most := int64(len(want)) * 5 / 4
			if how == "compressed" {
				most = size*5/4 + size // the two take an eighth each
			}
			before := came.Load()
			if got := p.get("/tail?stream=app&follow=0&n=all"); got != want {
				t.Errorf("%d bytes of text, want %d, or others", len(got), len(want))
			}
			n := came.Load() - before
			t.Logf("%d bytes have come for %d", n, len(want))
			if n > most {
				t.Errorf("%d bytes have come for %d, want %d at most", n, len(want), most)
			}
		})
	}
}
