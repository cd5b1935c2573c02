package local

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// A forgetful sink keeps nothing.
type forgetful struct{}

func (forgetful) Append(*line.Batch) {}
func (forgetful) Notice(line.Notice) {}
func (forgetful) Gap(line.Gap)       {}

// TestTheNameGoesAfterAGenerationWasMissed: one look finds that there was another
// file behind the one that is open, and that nothing has the name any more.
func TestTheNameGoesAfterAGenerationWasMissed(t *testing.T) {
	cfg, p := unswept()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := record(t)
	f := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole}).f
	r.want(`"one\n"`, "changed live")
	must(t, os.Rename(path, path+".2"))
	write(t, path+".1", "two\n")
	p.tell(path, notify.Lost, notify.Made, notify.Lost)
	r.wantLast(`"two\n"`)
	waitFor(t, "both files to be closed", func() bool { return f.fs.open.Load() == 0 })
	write(t, path, "three\n")
	p.tell(path, notify.Made)
	r.wantLast(`"three\n"`)
	if n := f.fs.open.Load(); n != 1 {
		t.Errorf("%d files are open", n)
	}
	r.wantNoGap()
}

// TestTheNameGoesBack leads the name to a file that had it before, while both are
// open.
func TestTheNameGoesBack(t *testing.T) {
	cfg, p := unswept()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := record(t)
	f := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole}).f
	r.want(`"one\n"`, "changed live")
	must(t, os.Rename(path, path+".1"))
	write(t, path, "two\n")
	p.tell(path, notify.Lost, notify.Made)
	r.wantLast(`"two\n"`)
	must(t, os.Rename(path, path+".0"))
	must(t, os.Rename(path+".1", path))
	p.tell(path, notify.Lost, notify.Made)
	waitFor(t, "the other to be closed", func() bool { return f.fs.open.Load() == 1 })
	write(t, path, "three\n")
	p.tell(path, notify.Written)
	r.wantLast(`"three\n"`)
}

// TestFastRotationsGiveTheirFilesBack rotates far faster than the files are
// drained, and keeps few.
func TestFastRotationsGiveTheirFilesBack(t *testing.T) {
	cfg := quick()
	cfg.Notifier = notify.Open()
	defer cfg.Notifier.Close()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "")
	f := follow(t, cfg, Target{Path: path, Sink: forgetful{}}).f
	pause := time.NewTicker(2 * time.Millisecond)
	defer pause.Stop()
	const keep = 3
	for n := range 500 {
		write(t, path, fmt.Sprintln(n))
		for k := keep; k > 0; k-- {
			_ = os.Rename(fmt.Sprintf("%s.%d", path, k), fmt.Sprintf("%s.%d", path, k+1))
		}
		must(t, os.Rename(path, path+".1"))
		<-pause.C
	}
	write(t, path, "end\n")
	waitFor(t, "all files but one to be closed", func() bool { return f.fs.open.Load() == 1 })
}
