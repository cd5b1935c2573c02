//go:build unix

package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tailbeam/tailer/charset"
)

// A gate holds up a command: where it says wait, it waits for step.
type gate struct {
	t    *testing.T
	path string
	file *os.File // both ends, so that neither side waits for the other to open it
}

func newGate(t *testing.T) gate {
	t.Helper()
	g := gate{t: t, path: filepath.Join(t.TempDir(), "gate")}
	err := unix.Mkfifo(g.path, 0o600)
	if err == nil {
		g.file, err = os.OpenFile(g.path, os.O_RDWR, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.file.Close() })
	return g
}

// wait is what the command says.
func (g gate) wait() string { return " read -r _ <" + g.path + "; " }

func (g gate) step() {
	g.t.Helper()
	if _, err := g.file.WriteString("\n"); err != nil {
		g.t.Fatal(err)
	}
}

const ended = "waiting: the command ended with exit status 0 and is run again in *"

func TestLinesOfBothOutputs(t *testing.T) {
	g := newGate(t)
	_, r := run(t, Config{Command: "echo one;" + g.wait() + "echo two >&2;" + g.wait() +
		`printf ab; printf '\nerr\n' >&2;` + g.wait() + `printf 'c\nno '; printf newline; exec >&-;` + g.wait() + "printf last >&2"})
	r.want("live", `"one\n"`)
	g.step()
	r.want(`"two\n"`)
	g.step()
	r.want(`"\n"`, `"err\n"`)
	g.step()
	r.want(`"abc\n"`, `"no newline\n"`)
	g.step()
	r.want(`"last\n"`, ended)
}

func TestNothingOnInput(t *testing.T) {
	_, r := run(t, Config{Command: "cat; echo done"})
	r.want("live", `"done\n"`, ended)
}

func TestBackgroundGoesOn(t *testing.T) {
	g := newGate(t)
	_, r := run(t, Config{Command: "{" + g.wait() + "echo late; } & echo early"})
	r.want("live", `"early\n"`)
	g.step()
	r.want(`"late\n"`, ended)
}

// The lines of two outputs that are written at once come whole and each in its
// order.
func TestOutputsAreNotTorn(t *testing.T) {
	const n = 30000
	_, r := run(t, Config{Command: fmt.Sprintf(`seq -f 'out %%.0f' %d & seq -f 'err %%.0f' %d >&2; wait`, n, n)})
	r.wait(2*n + 2)
	next := map[string]int{"out": 1, "err": 1}
	for _, text := range r.got[1 : 2*n+1] {
		var which string
		var number int
		if _, err := fmt.Sscanf(text, `"%s %d\n"`, &which, &number); err != nil || number != next[which] {
			t.Fatalf("line %s, want number %d", text, next[which])
		}
		next[which]++
	}
}

func TestLongLineHoldsTheOther(t *testing.T) {
	g := newGate(t)
	_, r := run(t, Config{MaxLine: 4, Patience: time.Hour, Command: "printf 12345678;" + g.wait() + "echo err >&2;" + g.wait() + "echo 9"})
	r.want("live", `"1234"...`)
	g.step()
	g.step()
	r.want(`..."5678"...`, `..."9\n"`, `"err\n"`, ended)
}

func TestLongLineIsEndedForTheOther(t *testing.T) {
	g := newGate(t)
	_, r := run(t, Config{MaxLine: 4, Patience: time.Millisecond, Command: "printf 12345678;" + g.wait() + "echo err >&2;" + g.wait() + "echo 9"})
	r.want("live", `"1234"...`)
	g.step()
	r.want(`..."\n"`, `"err\n"`)
	g.step()
	r.want(`"5678"...`, `..."9\n"`, ended)
}

// A writer of both outputs that waits for the one to be read while a line in the
// other never ends is not stuck.
func TestEndlessLineDoesNotBlockTheOther(t *testing.T) {
	_, r := run(t, Config{MaxLine: 1 << 10, Patience: time.Millisecond,
		Command: `head -c 300000 /dev/zero | tr '\0' y; seq 1 30000 >&2; echo end`})
	longs, numbers := 0, 0
	for last := ""; !strings.HasPrefix(last, "waiting"); {
		r.wait(1)
		r.mu.Lock()
		for _, text := range r.got {
			text = strings.TrimLeft(text, `."`)
			longs += strings.Count(text, "y")
			last = strings.TrimLeft(text, "y")
			if last != "" && last[0] >= '0' && last[0] <= '9' {
				numbers++
			}
		}
		r.got = nil
		r.mu.Unlock()
	}
	if longs != 300000 || numbers != 30000 {
		t.Errorf("got %d bytes of the long line and %d of the others", longs, numbers)
	}
}

func TestEncodings(t *testing.T) {
	_, r := run(t, Config{Command: `printf '\377\376a\000\n\000b\000'; exec >&-; printf '\344\n' >&2`, Encoding: charset.Latin1})
	r.wait(5)
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(r.got[1:4]) // outputs at one moment come in any order
	if want := []string{"live", `"a\n"`, `"b\n"`, `"ä\n"`}; !slices.Equal(r.got[:4], want) {
		t.Errorf("got %q, want %q", r.got, want)
	}
}
