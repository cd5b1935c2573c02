package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// meter passes connections on to an address, and counts the bytes that come back.
type meter struct {
	listener net.Listener
	bytes    atomic.Int64
}

func newMeter(t *testing.T, to string) *meter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	m := &meter{listener: ln}
	go func() {
		for {
			here, err := ln.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to)
			if err != nil {
				here.Close()
				continue
			}
			go func() {
				io.Copy(there, here)
				there.Close()
			}()
			go func() {
				io.Copy(io.MultiWriter(here, m), there)
				here.Close()
			}()
		}
	}()
	return m
}

// Write implements io.Writer.
func (m *meter) Write(p []byte) (int, error) {
	m.bytes.Add(int64(len(p)))
	return len(p), nil
}

// port returns where it listens.
func (m *meter) port() string { return fmt.Sprint(m.listener.Addr().(*net.TCPAddr).Port) }

// What is looked for on another host is looked for there: the hits come over the
// wire, not the file, and they are those of a local search.
func TestSearchOnAnotherHost(t *testing.T) {
	s := nearby(t)
	wire := newMeter(t, s.Address)
	config := s.Read(t, s.Config())
	s.Write(t, "home/.ssh/config", strings.Replace(config, "Port "+s.Port, "Port "+wire.port()+"\n  HostKeyAlias web1", 1))
	s.Write(t, "home/.ssh/known_hosts", "web1 "+s.Read(t, s.File("host.pub")))
	file := filepath.Join(t.TempDir(), "app.log")
	var text bytes.Buffer
	for i := 0; text.Len() < 48<<20; i++ {
		fmt.Fprintf(&text, "line %d of a log in which next to nothing is worth a look, \x00\xff bytes or not\n", i)
		if i%60_000 == 30_000 {
			fmt.Fprintf(&text, "$(id) a Needle 'in' it, number %d\n%s needle at its end\n", i, strings.Repeat("long ", 2_000))
		}
	}
	must(t, os.WriteFile(file, text.Bytes(), 0o644))
	p := startAs(t, s, "far=web1:"+file, "near="+file)
	until(t, "live", func() bool { return p.condition("far") == "live" && p.condition("near") == "live" })
	for _, query := range []string{"q=Needle", "q=needle&case=ignore&order=oldest", "q=%24%28id%29%20a&literal=1&context=1", "q=nothing%20such", "q=end$&limit=3&level=info"} {
		want := hitsOf(p, "near", query)
		before := wire.bytes.Load()
		if got := hitsOf(p, "far", query); got != want {
			t.Errorf("%s: %.2000q, want %.2000q", query, got, want)
		}
		if n := wire.bytes.Load() - before; n > int64(text.Len())/8 {
			t.Errorf("%s: %d bytes over the wire for a file of %d", query, n, text.Len())
		} else {
			t.Logf("%s: %d bytes over the wire for a file of %d", query, n, text.Len())
		}
	}
}

// cursors are what differs between what is said of the same file on two hosts.
var cursors = regexp.MustCompile(`"(cursor|scanned_to)":"[^"]*"|\{"progress":.*\n`)

// hitsOf returns what a search finds.
func hitsOf(p *program, stream, query string) string {
	p.t.Helper()
	return cursors.ReplaceAllString(p.get("/api/search/"+stream+"?"+query), "")
}

// Where nothing can be run, files are searched as they are read.
func TestSearchOverSFTP(t *testing.T) {
	s := nearby(t, "ForceCommand internal-sftp")
	file := filepath.Join(t.TempDir(), "app.log")
	var text bytes.Buffer
	for i := range 60_000 {
		fmt.Fprintf(&text, "line %d of a log that is searched from afar\n", i)
	}
	must(t, os.WriteFile(file, text.Bytes(), 0o644))
	p := startAs(t, s, "far=web1:"+file, "near="+file)
	until(t, "live", func() bool {
		return strings.HasPrefix(p.condition("far"), "live: over SFTP") && p.condition("near") == "live"
	})
	for _, query := range []string{"q=line%2031337%20&context=2", "q=LINE%20[0-9]%20&case=ignore&order=oldest", "q=nothing%20such"} {
		if got, want := hitsOf(p, "far", query), hitsOf(p, "near", query); got != want {
			t.Errorf("%s: %.2000q, want %.2000q", query, got, want)
		}
	}
}
