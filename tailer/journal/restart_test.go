//go:build unix

package journal

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A gated program runs journalctl when it is let.
type gated struct {
	t    *testing.T
	dir  string
	gate *os.File      // both ends of a FIFO
	pids *bufio.Reader // of another, to which each run writes who it is
}

func newGated(t *testing.T) gated {
	t.Helper()
	g := gated{t: t, dir: t.TempDir()}
	fifo := func(name string) *os.File {
		path := filepath.Join(g.dir, name)
		if err := unix.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		return file
	}
	g.gate, g.pids = fifo("gate"), bufio.NewReader(fifo("pids"))
	script := fmt.Sprintf("#!/bin/sh\nread -r _ <%[1]s/gate\necho $$ >%[1]s/pids\nexec journalctl \"$@\"\n", g.dir)
	if err := os.WriteFile(g.dir+"/program", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g gated) config(j *journal) Config {
	return Config{Program: g.dir + "/program", Args: j.args()}
}

// let lets it run so many times and returns who ran last.
func (g gated) let(times int) (pid int) {
	g.t.Helper()
	if _, err := g.gate.WriteString(strings.Repeat("\n", times)); err != nil {
		g.t.Fatal(err)
	}
	for range times {
		text, err := g.pids.ReadString('\n')
		if err == nil {
			pid, err = strconv.Atoi(strings.TrimSpace(text))
		}
		if err != nil {
			g.t.Fatal(err)
		}
	}
	return pid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

const died = "failed: journalctl ended with signal: killed; journalctl is run again in *"

func TestKilledJournalctlGoesOn(t *testing.T) {
	j, g := newJournal(t), newGated(t)
	j.say("a.journal", "one")
	_, r := read(t, g.config(j))
	pid := g.let(2)
	r.want(j.line(0, "one"), "live")
	second := 1
	for range 3 {
		kill(t, pid)
		r.want(died)
		j.say("a.journal", "meanwhile")
		j.say("a.journal", "meanwhile")
		pid = g.let(1)
		r.want("live", j.line(second, "meanwhile"), j.line(second+1, "meanwhile"))
		kill(t, pid)
		r.want(died)
		pid = g.let(1)
		r.want("live")
		j.say("a.journal", "live")
		r.want(j.line(second+2, "live"))
		second += 3
	}
}

func TestVacuumedJournalIsGap(t *testing.T) {
	j, g := newJournal(t), newGated(t)
	j.say("a.journal", "one")
	_, r := read(t, g.config(j))
	pid := g.let(2)
	r.want(j.line(0, "one"), "live")
	kill(t, pid)
	r.want(died)
	j.say("a.journal", "lost")
	if err := os.Remove(filepath.Join(j.dir, "a.journal")); err != nil {
		t.Fatal(err)
	}
	j.say("b.journal", "two")
	pid = g.let(1)
	r.want("live", "gap -1: the journal no longer holds the entry at which reading stopped*", j.line(2, "two"))
	kill(t, pid)
	r.want(died)
	g.let(1)
	r.want("live")
	j.say("b.journal", "three")
	r.want(j.line(3, "three"))
}

// After a new start of the machine the journal goes on in another boot, while
// what was read first is of the one before.
func TestEarlierBootIsNoGap(t *testing.T) {
	j, g := newJournal(t), newGated(t)
	j.say("a.journal", "before")
	j.boot = strings.Repeat("5b", 16)
	j.add("b.journal", pair{"_SYSTEMD_UNIT", "other.service"})
	_, r := read(t, Config{Program: g.dir + "/program", Args: append(j.args(), "SYSLOG_IDENTIFIER=app")})
	g.let(2)
	r.want(j.line(0, "before"), "live")
	j.say("b.journal", "after")
	r.want(j.line(2, "after"))
}
