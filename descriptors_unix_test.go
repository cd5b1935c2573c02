//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Connections beyond the limit of descriptors wait until others leave, and the
// program does not ask for them over and over.
func TestOutOfDescriptors(t *testing.T) {
	const limit, viewers = 60, 150
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := startCommand(t, exec.Command("sh", "-c", `ulimit -n `+strconv.Itoa(limit)+`; exec "$0" "$@"`,
		binary, "--listen", "127.0.0.1:0", "app="+file))
	var reading sync.WaitGroup
	served, leave := make(chan struct{}, viewers), make(chan struct{})
	for range viewers {
		reading.Go(func() {
			conn, err := net.Dial("tcp", p.host())
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(deadline))
			fmt.Fprintf(conn, "GET /ws/app HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", p.host())
			head, err := bufio.NewReader(conn).ReadString('\n')
			if err != nil || !strings.Contains(head, "101") {
				t.Errorf("%q, %v", head, err)
			}
			served <- struct{}{}
			<-leave
		})
	}
	<-served
	until(t, "it says so", func() bool { return strings.Contains(p.faults.String(), "out of descriptors") })
	if n := len(served); n >= limit {
		t.Errorf("%d viewers with %d descriptors", n, limit)
	}
	close(leave)
	reading.Wait()
	if n := len(served); n != viewers-1 {
		t.Errorf("%d viewers were served of %d", n+1, viewers)
	}
	for text := range strings.Lines(p.get("/metrics")) {
		value, ok := strings.CutPrefix(text, "tailbeam_accept_pauses_total ")
		if !ok {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err != nil || n == 0 || n > 10*viewers {
			t.Errorf("accepting paused %q times", value)
		}
		return
	}
	t.Error("/metrics does not tell how often accepting paused")
}
