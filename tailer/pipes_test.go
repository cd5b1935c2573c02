//go:build unix

package tailer

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

func TestCommands(t *testing.T) {
	r := newRegistry(t)
	mustOpen(t, r, Config{}, "cmd:echo one; read -r x || echo two", "last=cmd:echo three", "cmd:printf four")
	r.wantText("cmd-1", "one\ntwo\n")
	r.wantText("last", "three\n")
	r.wantText("cmd-2", "four\n")
	r.until("the exit status", func() bool {
		return strings.HasPrefix(r.streams["cmd-1"].condition, "waiting: the command ended with exit status 0 and is run again in")
	})
}

// What a pipe delivered is its history, with the times of its lines.
func TestPipeIsItsHistory(t *testing.T) {
	in, out, err := os.Pipe()
	must(t, err)
	defer in.Close()
	r := newRegistry(t)
	mustOpen(t, r, Config{Stdin: in, Spool: 1 << 20, Location: time.UTC}, "-")
	const text = "2026-11-21 14:30:05 one\n2026-11-21 14:31:05 two\n"
	_, err = out.WriteString(text)
	must(t, err)
	must(t, out.Close())
	r.wantText("stdin", text)
	h := r.streams["stdin"].origin.History
	p, err := h.Since(context.Background(), time.Date(2026, 11, 21, 14, 31, 0, 0, time.UTC))
	must(t, err)
	b, err := h.Forward(context.Background(), p, make([]byte, 1<<10))
	must(t, err)
	if got := string(b.Data); got != "2026-11-21 14:31:05 two\n" || b.Pos.Off != 24 {
		t.Errorf("read %q at %v", got, b.Pos)
	}
}

func TestPipeIsNotKept(t *testing.T) {
	r := newRegistry(t)
	mustOpen(t, r, Config{Stdin: strings.NewReader("one\n")}, "-")
	r.wantText("stdin", "one\n")
	if r.streams["stdin"].origin.History != nil {
		t.Error("nothing is to be kept, and there is a history")
	}
	t.Setenv("TMPDIR", tempDir(t)+"/none")
	r = newRegistry(t)
	mustOpen(t, r, Config{Stdin: strings.NewReader("one\n"), Spool: 1 << 20}, "-")
	r.wantText("stdin", "one\n")
	if r.streams["stdin"].origin.History != nil || !strings.Contains(r.log.String(), "TMPDIR") {
		t.Errorf("there is no place for a history; log:\n%s", r.log.String())
	}
}

func TestJournal(t *testing.T) {
	s, err := Parse("journal:nginx.service")
	must(t, err)
	if _, err := exec.LookPath("journalctl"); err != nil {
		if report := Check(s, Config{}); report.OK() {
			t.Errorf("check without journalctl: %+v", report)
		}
		return
	}
	report := Check(s, Config{})
	if !report.OK() || len(report.Streams) != 1 || report.Streams[0].Name != "journal/nginx.service" || report.Streams[0].Condition != line.Live {
		t.Errorf("check: %+v", report)
	}
	r := newRegistry(t)
	mustOpen(t, r, Config{Spool: 1 << 20}, "journal:nginx.service", "all=journal:")
	r.wantStreams("", "journal/nginx.service", "all")
}

func TestNamesOfPipes(t *testing.T) {
	for args, hint := range map[string]string{
		"journal: journal:":         "both named journal (journal: and journal:)",
		"cmd:date cmd-1=-":          "both named cmd-1",
		"a=cmd:date a=journal:cron": "both named a (",
	} {
		_, err := openAll(t, newRegistry(t), Config{Stdin: strings.NewReader("")}, strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("Open(%s): %v, want one line with %q", args, err, hint)
		}
	}
}
