package local

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/notify"
)

// pack compresses a file as gzip(1) does: the time of its last change stays.
func pack(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	text, err := os.ReadFile(path)
	must(t, err)
	f, err := os.Create(path + ".gz")
	must(t, err)
	w := gzip.NewWriter(f)
	_, err = w.Write(text)
	must(t, err)
	must(t, w.Close())
	must(t, f.Close())
	must(t, os.Chtimes(path+".gz", time.Time{}, info.ModTime()))
	must(t, os.Remove(path))
}

func TestGenerationsMissedAreReadCompressed(t *testing.T) {
	cfg, p := unswept()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "1\n")
	r := record(t)
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"1\n"`, "changed live")
	long := strings.Repeat("a line of the third generation\n", 100_000)
	must(t, os.Rename(path, path+".9"))
	write(t, path+".9", "1 late\n")
	pack(t, path+".9")
	write(t, path, "2\n")
	must(t, os.Rename(path, path+".8"))
	pack(t, path+".8")
	write(t, path, "3\n"+long+"the end of 3\n")
	must(t, os.Rename(path, path+".7"))
	pack(t, path+".7")
	write(t, path, "4\n")
	must(t, os.Rename(path, path+".6"))
	write(t, path, "5\n")
	for range 4 {
		p.tell(path, notify.Lost, notify.Made)
	}
	r.want(`"1 late\n"`, "rotated live", `"2\n"`, "rotated live", `"3\n"`)
	for range 100_000 {
		r.want(`"a line of the third generation\n"`)
	}
	r.want(`"the end of 3\n"`, "rotated live", `"4\n"`, "rotated live", `"5\n"`)
	if len(r.gaps) > 0 {
		t.Errorf("gaps: %v", r.gaps)
	}
}

func TestGenerationMissedIsDamaged(t *testing.T) {
	cfg, p := unswept()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "1\n")
	r := record(t)
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"1\n"`, "changed live")
	must(t, os.Rename(path, path+".2"))
	var torn strings.Builder
	torn.WriteString("torn")
	for i := range uint64(20_000) {
		fmt.Fprintf(&torn, "%x", (i+1)*0x9E3779B97F4A7C15)
	}
	write(t, path, "2\n"+torn.String()+"\n")
	must(t, os.Rename(path, path+".1"))
	pack(t, path+".1")
	info, err := os.Stat(path + ".1.gz")
	must(t, err)
	must(t, os.Truncate(path+".1.gz", info.Size()/2))
	write(t, path, "3\n")
	for range 2 {
		p.tell(path, notify.Lost, notify.Made)
	}
	r.until(func(got []string) bool { return slices.Contains(got, "gap -1") && slices.Contains(got, `"3\n"`) }, "3, and a gap")
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.got, `"2\n"`) {
		t.Errorf("no line in front of the damage: %.300q", r.got)
	}
	for _, event := range r.got {
		if strings.HasPrefix(event, `"torn`) {
			t.Errorf("%s is no line", event)
		}
	}
}
