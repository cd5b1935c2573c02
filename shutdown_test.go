package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestSignalEndsInOrderAndCursorsOutliveTheServer(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, joined(lines(0, 100)))
			p := start(t, "app="+file)
			host := p.host()
			address := "ws://" + host + "/ws/app?"
			var cursor string
			viewers := []viewer{dialGobwas(t, address+"n=1"), dialCoder(t, address+"n=1")}
			for _, v := range viewers {
				expect(t, v, lines(99, 100)...)
			}
			appendTo(t, file, joined(lines(100, 110)))
			for _, v := range viewers {
				expect(t, v, lines(100, 110)...)
			}
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			for _, v := range viewers {
				reason := expectClose(t, v, 1001)
				var ok bool
				if cursor, ok = strings.CutPrefix(reason, "from="); !ok {
					t.Fatalf("no cursor in %q", reason)
				}
			}
			if code := p.ends(); code != done || p.faults.String() != "" {
				t.Fatalf("exit code %d, %q", code, p.faults.String())
			}

			appendTo(t, file, joined(lines(110, 120)))
			start(t, "--listen", host, "app="+file)
			for _, dial := range dialers {
				v := dial(t, address+"from="+cursor)
				expect(t, v, lines(110, 120)...)
			}
		})
	}
}

func TestViewerThatDoesNotReadDoesNotHoldTheEndUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	p := start(t, "app="+file)
	dialCoder(t, "ws://"+p.host()+"/ws/app?n=0") // and reads nothing
	appendTo(t, file, strings.Repeat(strings.Repeat("x", 999)+"\n", 6000))
	until(t, "the lines are read", func() bool { return p.streams()[0].Lines == 6000 })
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.ends(); code != done {
		t.Fatalf("exit code %d, %q", code, p.faults.String())
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	p := start(t, "app="+file)
	dialCoder(t, "ws://"+p.host()+"/ws/app?n=0") // and reads nothing
	appendTo(t, file, strings.Repeat(strings.Repeat("x", 999)+"\n", 6000))
	until(t, "the lines are read", func() bool { return p.streams()[0].Lines == 6000 })
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, "the first signal is heard", func() bool {
		conn, err := net.Dial("tcp", p.host())
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.ends(); code == done {
		t.Error("it ended in order")
	}
}
