package shell

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tailbeam/tailer/disk"
)

// Names that a shell would take for something else.
var odd = []string{
	"plain.log", "two words", "a\nb", "$(touch x)", "`id`", "-n", "a'b\"c", "back\\slash", "trailing\n", "*", "é\xff",
	"a;b|c&d", "~", "#x", "!x", "{a,b}", " lead", "tab\there", "%s%n", "\\0101",
}

func TestOddNamesAreFiles(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		if shell == "yash" {
			t.Skip("it knows characters, where a name is bytes")
		}
		dir := t.TempDir()
		fsys := files(run(t, shell, idle))
		for _, name := range odd {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte("in "+name), 0o600); err != nil {
				t.Fatal(err)
			}
			want, err := disk.System{}.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := fsys.Stat(path)
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			if got.ID.Ino != want.ID.Ino || got.Size != want.Size || got.Kind != want.Kind || !about(got.Modified, want.Modified) {
				t.Errorf("%q is %+v, want %+v", name, got, want)
			}
			f, err := fsys.Open(path)
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			buf := make([]byte, 100)
			n, err := f.ReadAt(buf, 3)
			if err != nil || string(buf[:n]) != name {
				t.Errorf("%q holds %q, %v", name, buf[:n], err)
			}
			f.Close()
		}
		names, err := fsys.Names(dir, 0)
		if err != nil || len(names) != len(odd) {
			t.Errorf("%d names, want %d: %q, %v", len(names), len(odd), names, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != len(odd) {
			t.Errorf("the directory holds %d files by now", len(entries))
		}
		found, err := fsys.Query(Below, dir, "*")
		if err != nil || len(found) != len(odd) {
			t.Errorf("%d found, want %d, %v", len(found), len(odd), err)
		}
		if found, err = fsys.Query(Below, dir, `[a]'?"*`); err != nil || len(found) != 1 || found[0] != filepath.Join(dir, `a'b"c`) {
			t.Errorf("found %q, %v", found, err)
		}
		matched, err := fsys.Query(Match, dir+"/*.log", "")
		if err != nil || len(matched) != 1 || matched[0] != filepath.Join(dir, "plain.log") {
			t.Errorf("matched %q, %v", matched, err)
		}
	})
}

// about reports whether a time is right to the second, or the end of the minute.
func about(got, want int64) bool {
	return got/1e9 == want/1e9 || got == want-want%60e9+60e9-1
}

func TestAnyBytesAreRead(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		path := filepath.Join(t.TempDir(), "f")
		content := make([]byte, 3<<20+12345)
		random := rand.NewChaCha8([32]byte{1})
		_, _ = random.Read(content)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := files(run(t, shell, idle)).Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, size := range []int{1, 1000, 256 << 10, 300000} {
			var got []byte
			buf := make([]byte, size)
			for at := 0; len(got) < min(len(content), 50*size); {
				n, err := f.ReadAt(buf, int64(at))
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
				got = append(got, buf[:n]...)
				at += n
			}
			if want := content[:min(len(content), 50*size)]; !bytes.Equal(got[:min(len(got), len(want))], want) || len(got) < len(want) {
				t.Fatalf("reads of %d bytes give other bytes", size)
			}
			if n, err := f.ReadAt(buf, int64(len(content))); n != 0 || err != nil {
				t.Errorf("behind the end there are %d bytes, %v", n, err)
			}
		}
	})
}

func TestFileIsReadOnAfterRenameAndRemoval(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		dir := t.TempDir()
		path := filepath.Join(dir, "app.log")
		w, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		fsys := files(run(t, shell, idle))
		f, err := fsys.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 10)
		for i, change := range []func() error{
			func() error { return nil },
			func() error { return os.Rename(path, path+".1") },
			func() error { return os.WriteFile(path, []byte("other file"), 0o600) },
			func() error { return os.Remove(path + ".1") },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if _, err := w.WriteString("more"); err != nil {
				t.Fatal(err)
			}
			n, err := f.ReadAt(buf, int64(4*i))
			if i == 3 && readsByName() {
				if !disk.Gone(err) {
					t.Errorf("a file without a name: %q, %v", buf[:n], err)
				}
				continue
			}
			if err != nil || string(buf[:n]) != "more" {
				t.Errorf("read %d: %q, %v", i, buf[:n], err)
			}
		}
	})
}

func TestMoreFilesThanSlots(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		dir := t.TempDir()
		session := run(t, shell, idle)
		session.mu.Lock()
		session.slots.open(session.facts.first, 4)
		session.mu.Unlock()
		fsys := files(session)
		var open []disk.File
		for i := range 10 {
			path := filepath.Join(dir, string(rune('a'+i)))
			if err := os.WriteFile(path, []byte{byte(i)}, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := fsys.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, f)
			if i%3 == 0 {
				if err := os.Rename(path, path+".1"); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i, f := range open {
			var b [4]byte
			if n, err := f.ReadAt(b[:], 0); n != 1 || b[0] != byte(i) || err != nil {
				t.Fatalf("file %d holds %v, %v", i, b[:n], err)
			}
			f.Close()
		}
	})
}

func TestWordsOfTheOtherSide(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		dir := t.TempDir()
		fsys := files(run(t, shell, idle))
		_, err := fsys.Open(dir + "/none")
		if !errors.Is(err, fs.ErrNotExist) || disk.Reason(err) != "no such file" {
			t.Errorf("a missing file: %v", err)
		}
		_, err = fsys.Stat(dir + "/no/where")
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a missing directory: %v", err)
		}
		if _, err = fsys.Names(dir+"/none", 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("names of a missing directory: %v", err)
		}
		f, err := fsys.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := f.Stat(); err != nil || info.Kind != disk.Directory {
			t.Errorf("a directory: %+v, %v", info, err)
		}
	})
}
