package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// BenchmarkHosts follows 10 files on each of 100 hosts, which are addresses of
// ten servers, and tells how long it takes until a line of each file is there, and
// how much memory a file takes.
func BenchmarkHosts(b *testing.B) {
	const count, files = 100, 10
	// A server listens on 16 addresses at most.
	var servers []*sshd.Server
	known := ""
	for i := range count / 10 {
		var lines []string
		for j := range 10 {
			lines = append(lines, fmt.Sprintf("ListenAddress 127.0.%d.%d", i+1, j+1))
		}
		s := sshd.Start(b, lines...)
		known += fmt.Sprintf("[127.0.*]:%s %s", s.Port, s.Read(b, s.File("host.pub")))
		servers = append(servers, s)
		s.Write(b, "authorized_keys", s.Read(b, servers[0].Identity()+".pub"))
	}
	servers[0].Write(b, "home/.ssh/known_hosts", known)
	dir := b.TempDir()
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte("a line\n"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		before := resident(b)
		began := time.Now()
		hs := Open(Config{Dial: servers[0].Options()})
		var all []*counter
		for i := range count {
			target := servers[i/10].Target()
			target.Host = fmt.Sprintf("127.0.%d.%d", i/10+1, i%10+1)
			for j := range files {
				c := &counter{grown: make(chan struct{}, 1)}
				hs.Host(target).Stream(filepath.Join(dir, fmt.Sprint(j))).Follow(c, local.Whole)
				all = append(all, c)
			}
		}
		for _, c := range all {
			c.until(7)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-to-live")
		b.ReportMetric((resident(b)-before)/count/files, "KiB/file")
		b.ReportMetric(float64(runtime.NumGoroutine())/count, "goroutines/host")
		hs.Close()
	}
}

// resident returns the anonymous memory of the process in KiB, when what is not
// needed was given back.
func resident(b *testing.B) float64 {
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("there is no /proc to measure memory with")
	}
	_, rest, _ := strings.Cut(string(data), "RssAnon:")
	n, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
