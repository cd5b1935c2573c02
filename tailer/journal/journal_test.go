package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/backoff"
	"tailbeam/tailer/line"
)

const deadline = 30 * time.Second

// A recorder is a sink that keeps what it gets, an entry per line.
type recorder struct {
	t    *testing.T
	mu   sync.Mutex
	more sync.Cond
	got  []string
}

func (r *recorder) add(events ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, events...)
	r.more.Broadcast()
}

func (r *recorder) Append(b *line.Batch) {
	for i := range b.Lines() {
		r.add(strings.TrimSuffix(string(b.Entry(i)), "\n"))
	}
}

func (r *recorder) Notice(n line.Notice) {
	r.add(strings.TrimSuffix(n.Condition.String()+": "+n.Reason, ": "))
}

func (r *recorder) Gap(g line.Gap) { r.add(fmt.Sprintf("gap %d: %s", g.Bytes, g.Reason)) }

// want waits until exactly these events have come since the last call. One that
// ends with * stands for all that begin like it.
func (r *recorder) want(events ...string) {
	r.t.Helper()
	late := time.AfterFunc(deadline, r.more.Broadcast)
	defer late.Stop()
	began := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.got) < len(events) {
		if time.Since(began) >= deadline {
			r.t.Fatalf("waited in vain for %q, got:\n%s", events, strings.Join(r.got, "\n"))
		}
		r.more.Wait()
	}
	for i, want := range events {
		head, open := strings.CutSuffix(want, "*")
		if got := r.got[i]; got != want && !(open && strings.HasPrefix(got, head)) {
			r.t.Fatalf("got:\n%s\nwant:\n%s", strings.Join(r.got, "\n"), strings.Join(events, "\n"))
		}
	}
	r.got = r.got[len(events):]
}

// read reads a journal with intervals that are right for tests.
func read(t *testing.T, cfg Config) (*Source, *recorder) {
	t.Helper()
	r := &recorder{t: t}
	r.more.L = &r.mu
	cfg.Zone = time.UTC
	if cfg.Backoff == (backoff.Backoff{}) {
		cfg.Backoff = backoff.Backoff{First: time.Millisecond, Most: time.Millisecond}
	}
	s := Read(r, cfg)
	t.Cleanup(s.Close)
	return s, r
}

// A journal is a directory with journal files.
type journal struct {
	t    *testing.T
	dir  string
	boot string
	next int // seconds
}

// remote is the program that makes journal files.
const remote = "/lib/systemd/systemd-journal-remote"

func newJournal(t *testing.T) *journal {
	t.Helper()
	for program, pack := range map[string]string{"journalctl": "systemd", remote: "systemd-journal-remote"} {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
			t.Fatalf("needs %s (package %s)", program, pack)
		}
		t.Skipf("needs %s (package %s)", program, pack)
	}
	return &journal{t: t, dir: t.TempDir(), boot: strings.Repeat("4a", 16)}
}

// pair is a field of an entry.
type pair struct{ name, value string }

// add writes an entry to a journal file.
func (j *journal) add(file string, pairs ...pair) {
	j.addAll(file, pairs)
}

// addAll writes several entries at once, each a second after the one before
// (https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-export-format).
func (j *journal) addAll(file string, entries ...[]pair) {
	j.t.Helper()
	var out bytes.Buffer
	for _, pairs := range entries {
		fmt.Fprintf(&out, "__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n", 1795000000123456+j.next*1000000, 1000000*j.next, j.boot)
		j.next++
		for _, p := range pairs {
			out.WriteString(p.name + "\n")
			_ = binary.Write(&out, binary.LittleEndian, uint64(len(p.value)))
			out.WriteString(p.value + "\n")
		}
		out.WriteByte('\n')
	}
	cmd := exec.Command(remote, "--output="+filepath.Join(j.dir, file), "-")
	cmd.Stdin = &out
	if said, err := cmd.CombinedOutput(); err != nil {
		j.t.Fatalf("%v: %s", err, said)
	}
}

// say writes an entry with a message.
func (j *journal) say(file, message string) {
	j.t.Helper()
	j.add(file, pair{"_HOSTNAME", "web1"}, pair{"SYSLOG_IDENTIFIER", "app"}, pair{"MESSAGE", message})
}

// line is how an entry is shown that say wrote.
func (j *journal) line(second int, message string) string {
	at := time.UnixMicro(1795000000123456).UTC().Add(time.Duration(second) * time.Second)
	return at.Format("2006-01-02T15:04:05.000000+0000") + " info web1 app: " + message
}

func (j *journal) args() []string { return []string{"--directory=" + j.dir} }

func TestEntriesAreLines(t *testing.T) {
	j := newJournal(t)
	common := []pair{{"_HOSTNAME", "web1"}, {"_PID", "812"}}
	for i, pairs := range [][]pair{
		{{"SYSLOG_IDENTIFIER", "nginx"}, {"PRIORITY", "3"}, {"MESSAGE", "upstream timed out"}},
		{{"_COMM", "sh"}, {"PRIORITY", "0"}, {"MESSAGE", "one\ntwo\n\nfour\n"}},
		{{"SYSLOG_IDENTIFIER", "a\nb"}, {"MESSAGE", "bytes \x00 \x1b[31m \xff ä"}},
		{{"PRIORITY", "9"}, {"MESSAGE", "first"}, {"MESSAGE", "second\xff\nthird"}},
		{{"SYSLOG_IDENTIFIER", "long"}, {"MESSAGE", strings.Repeat("long ", 3000)}},
		{{"SYSLOG_IDENTIFIER", "empty"}, {"MESSAGE", ""}},
		{{"SYSLOG_IDENTIFIER", "none"}},
		{{"SYSLOG_IDENTIFIER", "not of this unit"}, {"_SYSTEMD_UNIT", "x.service"}},
	} {
		if i < 7 {
			pairs = append(pairs, pair{"_SYSTEMD_UNIT", "app.service"})
		}
		j.add("a.journal", append(pairs, common...)...)
	}
	_, r := read(t, Config{Args: j.args(), Unit: "app.service"})
	r.want(
		"2026-11-18T11:06:40.123456+0000 err web1 nginx[812]: upstream timed out",
		"2026-11-18T11:06:41.123456+0000 emerg web1 sh[812]: one", "    two", "    ", "    four",
		"2026-11-18T11:06:42.123456+0000 info web1 a_b[812]: bytes \x00 \x1b[31m \xff ä",
		"2026-11-18T11:06:43.123456+0000 info web1 -[812]: first", "    second\xff", "    third",
		"2026-11-18T11:06:44.123456+0000 info web1 long[812]: "+strings.Repeat("long ", 3000),
		"2026-11-18T11:06:45.123456+0000 info web1 empty[812]: ",
		"2026-11-18T11:06:46.123456+0000 info web1 none[812]: ",
		"live",
	)
}

func TestFollow(t *testing.T) {
	j := newJournal(t)
	for i := range 30 {
		j.say("a.journal", fmt.Sprint(i))
	}
	_, r := read(t, Config{Args: j.args(), Backlog: 20})
	var want []string
	for i := range 20 {
		want = append(want, j.line(i+10, fmt.Sprint(i+10)))
	}
	r.want(append(want, "live")...)
	for i := range 20 {
		j.say("a.journal", "later")
		r.want(j.line(30+i, "later"))
	}
}

func TestNoJournalYet(t *testing.T) {
	j := newJournal(t)
	_, r := read(t, Config{Args: []string{"--directory=" + j.dir + "/none"}, Backoff: backoff.Backoff{First: time.Hour, Most: time.Hour}})
	r.want("failed: journalctl ended with exit status 1: Failed to open *")
	missing := Config{Program: "no-such-journalctl"}
	if err := Look(missing); err == nil || !strings.Contains(err.Error(), "install systemd") {
		t.Errorf("Look: %v", err)
	}
	_, r = read(t, missing)
	r.want("failed: start no-such-journalctl: *")
	if err := Look(Config{}); errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Look: %v", err)
	}
}
