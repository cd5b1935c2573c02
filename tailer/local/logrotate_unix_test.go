//go:build unix

package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/notify"
)

// TestLogrotate rotates with the real logrotate while another process writes,
// and checks that every line arrives once.
func TestLogrotate(t *testing.T) {
	logrotate := need(t, "logrotate", "logrotate")
	const signal = "postrotate\n kill -HUP PID\nendscript\n"
	for _, c := range []struct {
		name, directives string
		destroys         bool
	}{
		{"create", "create\n" + signal, false},
		{"copytruncate", "copytruncate\n", true},
		{"compress", "create\ncompress\n" + signal, false},
		{"delaycompress", "create\ncompress\ndelaycompress\n" + signal, false},
		{"dateext", "create\ndateext\ndateformat -%s\n" + signal, false},
		{"dateext-extension", "create\ndateext\ndateformat -%s\nextension .log\n" + signal, false},
		{"nocreate", "nocreate\nsharedscripts\n" + signal, false},
		{"sharedscripts", "create\nsharedscripts\ncompress\n" + signal, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := tempDir(t)
			must(t, os.Chmod(dir, 0o755)) // logrotate refuses where others may write
			paths := []string{filepath.Join(dir, "a.log"), filepath.Join(dir, "b.log")}
			w := startWriter(t, paths...)
			directives := strings.ReplaceAll(c.directives, "PID", fmt.Sprint(w.cmd.Process.Pid))
			config := fmt.Sprintf("%s {\nrotate 20\n%s}\n", filepath.Join(dir, "*.log"), directives)
			must(t, os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o644))

			cfg := Config{Notifier: notify.Open()}
			defer cfg.Notifier.Close()
			f := New(cfg)
			defer f.Close()
			var sinks []*verifier
			for _, path := range paths {
				v := &verifier{t: t, cuts: c.destroys}
				f.Follow(Target{Path: path, Sink: v, Preload: Whole})
				sinks = append(sinks, v)
			}
			for range 5 {
				for _, v := range sinks {
					reached := v.reached()
					waitFor(t, "lines between two rotations", func() bool { return v.reached() > reached+linesPerSecond/20 })
				}
				out, err := exec.Command(logrotate, "--force", "--state", filepath.Join(dir, "state"), filepath.Join(dir, "config")).CombinedOutput()
				if err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				if strings.Contains(c.directives, "%s") {
					second(t)
				}
			}
			written := w.end()
			for _, v := range sinks {
				v.verify(written, rotation{destroys: c.destroys})
			}
		})
	}
}

// second waits for the next second of the clock, which names the next file.
func second(t *testing.T) {
	now := time.Now().Unix()
	waitFor(t, "the next second", func() bool { return time.Now().Unix() > now })
}

// reached returns how many lines have come.
func (v *verifier) reached() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.count
}

// need returns the path of a program. Without it the test is skipped, or fails
// where TAILBEAM_REQUIRE_TOOLS is 1.
func need(t *testing.T, name, pack string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is missing: install %s", name, pack)
	}
	t.Skipf("%s is missing: install %s", name, pack)
	return ""
}
