//go:build unix

package journal

import (
	"os"
	"strings"
	"testing"

	"tailbeam/tailer/backoff"
)

// program makes a journalctl that writes this at first, and then nothing.
func program(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *--follow*) exec sleep 1000;; esac\nexec cat " + dir + "/text\n"
	for name, content := range map[string]string{"text": text, "program": script} {
		if err := os.WriteFile(dir+"/"+name, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir + "/program"
}

const head = `{"__CURSOR":"s=1;i=1","__REALTIME_TIMESTAMP":"1795000000123456","MESSAGE":`

func TestWhatJournalctlMayWrite(t *testing.T) {
	const stamp = "2026-11-18T11:06:40.123456+0000 info - -: "
	for text, want := range map[string][]string{
		head + `null}`: {stamp + leftOut},
		head + `["one",null,[116,119,111],[ 51 , 10 ]]}`: {stamp + "one", "    " + leftOut, "    two", "    3"},
		head + `[]}`: {stamp},
		head + `"x","UNKNOWN":{"a":1},"PRIORITY":["4"]}`: {strings.Replace(stamp, "info", "warning", 1) + "x"},
		head + `[256]}`:    {"gap -1: an entry that cannot be understood was left out: *"},
		head + `["a",{}]}`: {"gap -1: an entry that cannot be understood was left out: *"},
		head + `1}`:        {"gap -1: an entry that cannot be understood was left out: *"},
		`{}`:               {"gap -1: an entry that cannot be understood was left out: no cursor"},
		`{"__CURSOR":"x","__REALTIME_TIMESTAMP":"x"}`: {"gap -1: an entry that cannot be understood was left out: *"},
		`nonsense`: {"gap -1: an entry that cannot be understood was left out: *"},
		head + `"` + strings.Repeat("x", maxEntry) + `"}`:  {"gap -1: an entry of more than 16 MiB in JSON was left out"},
		head + `"` + strings.Repeat("x", 2000000) + `yz"}`: {stamp + strings.Repeat("x", 1<<20-len(stamp)), strings.Repeat("x", 2000000+len(stamp)-1<<20) + "yz"},
	} {
		_, r := read(t, Config{Program: program(t, text+"\n"+head+`"next"}`+"\n"+head+`"cut off`)})
		r.want(append(want, stamp+"next", "live")...)
	}
}

func TestLastWordsOfJournalctl(t *testing.T) {
	p := program(t, "")
	if err := os.WriteFile(p, []byte("#!/bin/sh\nprintf 'one\\n\\ntwo '; printf '%2000d\\n' 0 >&2; echo 'no access' >&2; exit 5"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, r := read(t, Config{Program: p, Backoff: backoff.Backoff{First: 1 << 40, Most: 1 << 40}})
	r.want("gap -1: *", "gap -1: *", "failed: journalctl ended with exit status 5: no access; journalctl is run again in *")
}

func TestCloseEndsJournalctl(t *testing.T) {
	s, r := read(t, Config{Program: program(t, "")})
	r.want("live")
	s.Close()
}
