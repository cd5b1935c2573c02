package remote

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// tearing relays connections to an address, and ends each after some bytes from
// there: in the middle of a packet as a rule. What was sent before is lost too.
func tearing(t *testing.T, address string) (host, port string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		random := rand.New(rand.NewPCG(8, 8))
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", address)
			if err != nil {
				near.Close()
				continue
			}
			most := int64(3_000 + random.IntN(60_000))
			go func() {
				_, _ = io.Copy(far, near) // until either side ends it
				far.Close()
			}()
			go func() {
				_, _ = io.CopyN(near, far, most)
				_ = near.(*net.TCPConn).SetLinger(0)
				near.Close()
				far.Close()
			}()
		}
	}()
	host, port, err = net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// TestConnectionsTornAnywhere reads a file that is rotated over connections that
// end after any number of bytes.
func TestConnectionsTornAnywhere(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	server := sshd.Start(t)
	host, port := tearing(t, server.Address)
	server.Write(t, "home/.ssh/known_hosts", fmt.Sprintf("[%s]:%s %s", host, port, server.Read(t, server.File("host.pub"))))
	target := server.Target()
	target.Host, target.Port = host, port
	path := filepath.Join(t.TempDir(), "app.log")
	r := newRecorder()
	write(t, path, "begins\n")
	st := hosts(t, server, func(c *Config) { c.Most = c.First }).Host(target).Stream(path)
	st.Follow(r, local.Whole)
	want := "begins\n"
	for i := range 30 {
		var text strings.Builder
		for j := range random.IntN(300) {
			fmt.Fprintf(&text, "line %d of part %d, with some text to it\n", j, i)
		}
		write(t, path, text.String())
		want += text.String()
		if i%5 == 4 {
			if err := os.Rename(path, fmt.Sprintf("%s.%d", path, 30-i)); err != nil {
				t.Fatal(err)
			}
			write(t, path, fmt.Sprintf("file %d\n", i))
			want += fmt.Sprintf("file %d\n", i)
		}
		r.await(t, "half of it", func() bool { return len(r.text) >= len(want)/2 })
	}
	r.awaitText(t, want)
	if len(r.gaps) > 0 || len(r.wrong) > 0 {
		t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
	}
	if n := bytes.Count(r.text, []byte("file ")); n != 6 {
		t.Errorf("%d files", n)
	}
}
