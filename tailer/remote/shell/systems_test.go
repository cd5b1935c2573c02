package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A system has other tools than this one.
type system struct {
	name  string
	tools string // that are there; those of BusyBox behind the colon
	kind  string // of stat(1) that is to be found
	waits string // how it is to wait
	stubs map[string]string
	noFDs bool // there is no /proc
}

// always are the tools without which nothing goes.
const always = "sh bash setsid head sleep kill cat "

var systems = []system{
	{name: "GNU tools alone", tools: "dd stat tail find ls readlink date grep cut printf cmp", kind: "gnu", waits: "tail"},
	{name: "BSD", tools: "dd tail find ls readlink date grep cut printf cmp", kind: "bsd", waits: "no", stubs: map[string]string{"stat": statOfBSD}, noFDs: true},
	{name: "OpenBSD", tools: "dd tail find ls readlink date grep cut printf cmp", kind: "bsd", waits: "no", stubs: map[string]string{"stat": statOfBSD, "head": headOfLines}, noFDs: true},
	{name: "stat of BSD with proc", tools: "dd find ls readlink date grep cut printf", kind: "bsd", waits: "no",
		stubs: map[string]string{"stat": statOfBSD, "tail": plainTail, "date": `[ "$1" = +%s.%N ] && exec /bin/date +%s.N; exec /bin/date "$@"`}},
	{name: "no stat", tools: "dd tail find ls readlink date grep cut printf", kind: "ls", waits: "tail"},
	{name: "BusyBox", tools: ": dd stat tail find ls readlink date grep cut printf cmp", kind: "gnu", waits: "no"},
	{name: "BusyBox without stat", tools: ": dd tail find ls readlink date cut printf", kind: "ls", waits: "no"},
	{name: "dd that counts blocks alone", tools: "stat tail find ls readlink date", kind: "gnu", waits: "tail", stubs: map[string]string{"dd": plainDD}},
	{name: "no stat and no proc", tools: "dd tail find ls readlink date", kind: "ls", waits: "no", noFDs: true},
}

// statOfBSD is stat(1) of FreeBSD and macOS, as far as the script uses it.
const statOfBSD = `follow=
[ "$1" = -L ] && { follow=-L; shift; }
[ "$1" = -f ] || { echo "stat: illegal option -- c" >&2; exit 1; }
case $2 in
%i,%z) form=%i,%s;;
'%d %i %B %z %Fm %Xp %l') form='%d %i %W %s %.9Y %f %h';;
*) exit 1;;
esac
shift 2
[ "$1" != -- ] || shift
[ $# -gt 0 ] || { follow=-L; set -- /dev/stdin; }
exec /usr/bin/stat $follow -c "$form" -- "$@"`

// headOfLines is head(1) as POSIX has it.
const headOfLines = `[ "$1" = -n ] || { echo "head: unknown option -- c" >&2; exit 1; }; exec /usr/bin/head "$@"`

// plainTail is a tail(1) that is not of GNU.
const plainTail = `case $1 in --*) echo "tail: illegal option" >&2; exit 1;; esac; exec /usr/bin/tail "$@"`

// plainDD is a dd(1) as POSIX has it.
const plainDD = `case $* in *iflag*) echo "dd: unknown operand iflag" >&2; exit 1;; esac; exec /bin/dd "$@"`

// pretend has the script see the system until the end of the test.
func (s system) pretend(t *testing.T) {
	t.Helper()
	bin := t.TempDir()
	link := func(name, tool string) {
		if err := os.Symlink(tool, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	own, packed, _ := strings.Cut(always+s.tools, ":")
	for _, name := range strings.Fields(own) {
		if path, err := exec.LookPath(name); err == nil && s.stubs[name] == "" {
			link(name, path)
		}
	}
	for _, name := range strings.Fields(packed) {
		path, err := exec.LookPath("busybox")
		if err != nil {
			t.Skip("no busybox: apt-get install busybox")
		}
		link(name, path)
	}
	for name, text := range s.stubs {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	if s.noFDs {
		before := Script
		t.Cleanup(func() { Script = before })
		Script = strings.Replace(Script, "fds=/proc/$$/fd;", noProc, 1)
		if Script == before {
			t.Fatal("the script does not look for /proc any more")
		}
	}
}

const noProc = "fds=/nowhere;"

// readsByName reports whether the script sees no /proc.
func readsByName() bool { return strings.Contains(Script, noProc) }

func TestSystemsAreKnown(t *testing.T) {
	for _, s := range systems {
		t.Run(s.name, func(t *testing.T) {
			s.pretend(t)
			session := run(t, "sh", idle)
			if f := session.facts; f.kind != s.kind || f.waits != s.waits {
				t.Errorf("it is taken for %s, and waits by %s", f.kind, f.waits)
			}
			if skew := session.Skew(); skew < -5*time.Second || skew > 5*time.Second {
				t.Errorf("its clock is %s off", skew)
			}
		})
	}
}

// TestChangeIsTold has each system say when a file changes that can, once for
// each time that it is asked to.
func TestChangeIsTold(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		path := filepath.Join(t.TempDir(), "a file's.log")
		if err := os.WriteFile(path, []byte("one\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		told := make(chan string, 16)
		session := run(t, shell, func(path string) { told <- path })
		if !session.Waits() {
			t.Skip("it cannot tell")
		}
		fsys := files(session)
		fsys.Watch(path)
		f, err := fsys.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if changes, err := fsys.Look(session); err != nil || len(changes) != 1 {
			t.Fatalf("%v, %v", changes, err)
		}
		for range 3 {
			if err := fsys.Await(session); err != nil {
				t.Fatal(err)
			}
			awaitChange(t, path, told)
		}
	})
}

// awaitChange writes until it is told: it takes a moment until whoever waits does.
func awaitChange(t *testing.T, path string, told <-chan string) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case said := <-told:
			if said == "" {
				return
			}
			if said != path {
				t.Fatalf("%q has changed", said)
			}
		case <-tick.C:
			w, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.WriteString("more\n"); err != nil {
				t.Fatal(err)
			}
			w.Close()
		case <-deadline:
			t.Fatal("nothing is told")
		}
	}
}

// TestDatesOfLs has a date mean the latest moment that it can.
func TestDatesOfLs(t *testing.T) {
	now := time.Date(2026, 1, 10, 12, 0, 30, 0, time.UTC)
	for date, want := range map[string]string{
		"Jan 10 12:00": "2026-01-10T12:00:59Z",
		"Jan 9 23:59":  "2026-01-09T23:59:59Z",
		"Dec 31 10:00": "2025-12-31T10:00:59Z",
		"Jan 11 11:00": "2026-01-11T11:00:59Z", // its clock is ahead
		"Mar 3 2024":   "2024-03-03T23:59:59Z",
		"Feb 29 2024":  "2024-02-29T23:59:59Z",
		"no date":      "1970-01-01T00:00:00Z",
	} {
		if got := time.Unix(0, latest(date, now)).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s is %s, want %s", date, got, want)
		}
	}
}
