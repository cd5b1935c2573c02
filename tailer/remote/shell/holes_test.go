package shell

import (
	"os"
	"path/filepath"
	"testing"
)

// TestHolesAreNotRead has files of 20 GiB of which next to nothing is written: the
// other side tells where that is.
func TestHolesAreNotRead(t *testing.T) {
	for _, tool := range []string{"perl", "python3"} {
		if _, err := os.Stat("/usr/bin/" + tool); err != nil {
			continue
		}
		s := system{
			name: tool, tools: "dd stat tail find ls readlink date cmp printf uname",
			stubs: map[string]string{tool: "exec /usr/bin/" + tool + ` "$@"`}, // what is first in PATH may want more of it
		}
		for _, shell := range shells {
			t.Run(tool+" "+shell, func(t *testing.T) {
				bin := located(t, shell)
				s.pretend(t)
				holes(t, bin)
			})
		}
	}
}

func holes(t *testing.T, shell string) {
	const hole, text = 20 << 30, "a line\n"
	path := filepath.Join(t.TempDir(), "f")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Truncate(2*hole + 1<<20); err != nil {
		t.Skip("the file system here knows no large files with holes: ", err)
	}
	if _, err := w.WriteAt([]byte(text), hole+8<<10); err != nil {
		t.Fatal(err)
	}
	f, err := files(run(t, shell, idle)).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, off := range []int64{0, 7, hole - 1} {
		if at := f.Data(off); at < hole || at > hole+8<<10 {
			t.Errorf("behind %d data begins at %d, want %d or a little before it", off, at, hole+8<<10)
		}
	}
	if at := f.Data(hole + 8<<10); at != hole+8<<10 {
		t.Errorf("data is said to begin at %d, behind where it does", at)
	}
	if at := f.Data(hole + 16<<20); at != 2*hole+1<<20 {
		t.Errorf("behind all data, data begins at %d, want the end", at)
	}
	var buf [len(text)]byte
	if n, err := f.ReadAt(buf[:], hole+8<<10); err != nil || string(buf[:n]) != text {
		t.Errorf("it reads %q, %v", buf[:n], err)
	}
}

// TestOrdinaryFileIsAskedForHolesOnce has a file without any known to be so.
func TestOrdinaryFileIsAskedForHolesOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := run(t, "/bin/sh", idle)
	f, err := files(s).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if at := f.Data(1); at != 1 {
		t.Fatalf("data begins at %d, want 1", at)
	}
	if known := f.(*file).solid; !s.simple.Load() && known != (stretch{1, 1 << 20}) {
		t.Errorf("what is known to have no hole is %v", known)
	}
}
