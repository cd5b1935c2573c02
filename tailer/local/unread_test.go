package local

import (
	"os"
	"syscall"
	"testing"

	"tailbeam/tailer/notify"
)

const denied = "changed failed: permission denied: let the user who runs tailbeam read it"

// A file that nobody could read is missing when it loses its name.
func TestUnreadableFileThatGoesIsAGap(t *testing.T) {
	path, r, f := withFaults(t)
	on(&f.open, syscall.EACCES)
	must(t, os.Rename(path, path+".1"))
	write(t, path, "seen by nobody\n")
	r.wantLast(denied)
	must(t, os.Remove(path))
	f.open.Store(nil)
	write(t, path, "three\n")
	r.wantLast(`"three\n"`)
	if len(r.gaps) != 1 || r.gaps[0].Bytes != int64(len("seen by nobody\n")) {
		t.Errorf("gaps: %+v", r.gaps)
	}
}

// One that can be read when it has another name is not missing.
func TestUnreadableFileIsReadUnderAnotherName(t *testing.T) {
	path, r, f := withFaults(t)
	on(&f.open, syscall.EACCES)
	must(t, os.Rename(path, path+".2"))
	nextTick(t, path+".2")
	write(t, path, "seen later\n")
	r.wantLast(denied)
	must(t, os.Rename(path, path+".1"))
	f.open.Store(nil)
	nextTick(t, path+".1")
	write(t, path, "three\n")
	r.wantLast(`"seen later\n"`)
	r.wantLast(`"three\n"`)
	r.wantNoGap()
}

// Files that say the same are as many as were made.
func TestMissedGenerationsThatSayTheSame(t *testing.T) {
	p := &honest{}
	cfg, _ := unswept()
	cfg.Notifier = p
	path := tempDir(t) + "/app.log"
	const text = "starting\npanic\n"
	write(t, path, text)
	r := record(t)
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"starting\n"`, `"panic\n"`, "changed live")
	for range 2 {
		nextTick(t, path)
		for _, step := range [][2]string{{".1", ".2"}, {"", ".1"}} {
			if err := os.Rename(path+step[0], path+step[1]); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		nextTick(t, path+".1")
		write(t, path, text)
	}
	s.made.Add(1) // told of together with the other, before anyone looks
	p.tell(path, notify.Made)
	r.want("rotated live", `"starting\n"`, `"panic\n"`, "rotated live", `"starting\n"`, `"panic\n"`)
	r.wantNoGap()
}
