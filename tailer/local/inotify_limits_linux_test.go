package local

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/notify"
)

const noLimits = "limits cannot be set here:"

// TestInotifyLimits follows files where the system has too few inotify(7)
// instances or watches for all of them: in a process of its own, in a user
// namespace with limits of its own.
func TestInotifyLimits(t *testing.T) {
	if limit := os.Getenv("TAILBEAM_TEST_INOTIFY"); limit != "" {
		name, value, _ := strings.Cut(limit, "=")
		if err := os.WriteFile("/proc/sys/user/max_inotify_"+name, []byte(value), 0); err != nil {
			fmt.Println(noLimits, err)
			return
		}
		followWithin(t, limit)
		return
	}
	for _, limit := range []string{"instances=0", "instances=1", "instances=2", "watches=0", "watches=1", "watches=8"} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestInotifyLimits$", "-test.count=1")
			cmd.Env = append(os.Environ(), "TAILBEAM_TEST_INOTIFY="+limit)
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
				Pdeathsig:   syscall.SIGKILL,
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Skipf("no user namespace to set limits in: %v", err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if strings.Contains(out.String(), noLimits) {
				t.Skip(out.String())
			}
		})
	}
}

// followWithin follows 20 files in 5 directories through a rotation, and holds
// the log to what must be said of a limit.
func followWithin(t *testing.T, limit string) {
	var log bytes.Buffer // read when all is closed
	n := notify.Open()
	defer n.Close()
	cfg := quick()
	cfg.Notifier, cfg.Sweep, cfg.Logger = n, time.Hour, slog.New(slog.NewTextHandler(&log, nil))
	f := New(cfg)
	dir := tempDir(t)
	var paths []string
	var sinks []*recorder
	for i := range 20 {
		path := fmt.Sprintf("%s/%d/%d.log", dir, i%5, i)
		write(t, path, "")
		r := record(t)
		f.Follow(Target{Path: path, Sink: r})
		paths, sinks = append(paths, path), append(sinks, r)
	}
	for i, path := range paths {
		write(t, path, "first\n")
		sinks[i].wantLast(`"first\n"`)
		must(t, os.Rename(path, path+".1"))
		write(t, path+".1", "late\n")
		write(t, path, "new\n")
		sinks[i].wantLast(`"new\n"`)
		waitFor(t, "the late line", func() bool { return sinks[i].lines() == 3 })
		sinks[i].wantNoGap()
	}
	f.Close()
	want := 1
	if limit == "instances=2" {
		want = 0 // that is enough for so few names
	}
	if told := strings.Count(log.String(), "no notification"); told != want {
		t.Errorf("the limit is told %d times, want %d:\n%s", told, want, log.String())
	}
}
