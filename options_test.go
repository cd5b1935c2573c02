package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

func TestMaxViewers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "--max-viewers", "1", "app="+file)
	address := "ws://" + p.host() + "/ws/app"
	v := dialGobwas(t, address)
	expect(t, v, "one")
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	_, response, err := websocket.Dial(ctx, address, nil)
	if err == nil || response == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("a second viewer gets %v, %v", response, err)
	}
	v.say(t, "quit")
	expectClose(t, v, 1000)
	until(t, "there is room again", func() bool { return p.streams()[0].Viewers == 0 })
	expect(t, dialCoder(t, address), "one")
}

func TestMaxLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, strings.Repeat("x", 2500)+"\n")
	p := start(t, "--max-line", "1KiB", "app="+file)
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app")
	expect(t, v, strings.Repeat("x", 1024), strings.Repeat("x", 1024), strings.Repeat("x", 452))
}

func TestMemoryBoundsWhatIsHeld(t *testing.T) {
	held := func(memory string) int {
		text := strings.Repeat(strings.Repeat("x", 1023)+"\n", 12<<10) // 12 MiB
		p := startWith(t, strings.NewReader(text), "--spool", "0", "--memory", memory, "-")
		until(t, "everything is read", func() bool { return p.streams()[0].Condition == "ended" })
		v := dialGobwas(t, "ws://"+p.host()+"/ws/stdin?n=all")
		for n := 0; ; {
			line, end := v.next(t)
			if end != nil {
				return n
			}
			n += len(line) + 1
		}
	}
	less, more := held("4MiB"), held("10MiB")
	if less == 0 || less > 4<<20 || more <= 4<<20 || more > 10<<20 {
		t.Errorf("%d bytes are held with 4 MiB, %d with 10 MiB", less, more)
	}
}

func TestOutsideLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	appendTo(t, filepath.Join(outside, "secret.log"), "one\n")
	if err := os.Symlink(filepath.Join(outside, "secret.log"), filepath.Join(dir, "link.log")); err != nil {
		t.Skip(err)
	}
	if found := start(t, dir+"/").streams(); len(found) != 0 {
		t.Errorf("a link leads out: %v", found)
	}
	if found := start(t, "--outside-links", dir+"/").streams(); len(found) != 1 {
		t.Errorf("with --outside-links: %v", found)
	}
}

func TestTokenIsAskedBeyondLoopback(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	for _, test := range []struct {
		args  []string
		token bool
	}{
		{[]string{"--listen", "127.0.0.1:0"}, false},
		{[]string{"--listen", "localhost:0"}, false},
		{[]string{"--listen", "0.0.0.0:0"}, true},
		{[]string{"--listen", ":0"}, true},
		{[]string{"--listen", ":0", "--insecure-no-auth"}, false},
	} {
		p := start(t, append(test.args, "app="+file)...)
		token, printed := strings.CutPrefix(p.address.Fragment, "token=")
		if printed != test.token || printed && len(token) < 20 {
			t.Errorf("%v: it says to open %s", test.args, p.address)
		}
		r, err := http.NewRequest("GET", "http://"+p.host()+"/api/streams", nil)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := roundTrip(t, r); (status == http.StatusUnauthorized) != test.token {
			t.Errorf("%v without a token: %d %s", test.args, status, body)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if status, body := roundTrip(t, r); status != http.StatusOK {
			t.Errorf("%v with the token: %d %s", test.args, status, body)
		}
	}
}

func TestLogLevel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "not text \x00\n")
	p := start(t, "app="+file)
	until(t, "a warning is written", func() bool { return strings.Contains(p.faults.String(), "level=WARN") })
	p = start(t, "--log-level", "error", "app="+file)
	p.streams()
	if faults := p.faults.String(); faults != "" {
		t.Errorf("with --log-level error: %q", faults)
	}
}

func TestTimezoneIsThatOfTimesWithoutOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "2026-11-21 11:00:00 one\n2026-11-21 13:00:00 two\n2026-11-21 15:00:00 three\n")
	for zone, want := range map[string]string{"UTC": "two", "Asia/Tokyo": "three"} {
		p := start(t, "--timezone", zone, "app="+file)
		line, _ := dialGobwas(t, "ws://"+p.host()+"/ws/app?since=2026-11-21T12:00:00"+map[string]string{"UTC": "Z", "Asia/Tokyo": "%2B07:00"}[zone]).next(t)
		if !strings.HasSuffix(line, want) {
			t.Errorf("%s: begins with %q, want %s", zone, line, want)
		}
	}
}
