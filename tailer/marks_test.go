package tailer

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// A stamp without a year is of the year in which the file was written, and in
// the zone that was configured.
func TestStreamsReadTimesAndLevels(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	if err := os.WriteFile(path, []byte("Nov 21 14:30:05 web1 app: ERROR no room\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	written := time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, written, written); err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("east", 3600)
	r := newRegistry(t)
	tail, err := Open([]Source{{Kind: File, Arg: path, Path: path, Name: "app"}}, r, Config{Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	marks := r.streams["app"].origin.Marks
	got, ok := marks.Time([]byte("Nov 21 14:30:05 web1 app: ERROR no room"))
	if want := time.Date(2019, 11, 21, 14, 30, 5, 0, zone); !ok || !got.Equal(want) {
		t.Errorf("%v %v, want %v", got, ok, want)
	}
	if got := marks.Level([]byte("Nov 21 14:30:05 web1 app: ERROR no room")); got != line.Error {
		t.Errorf("level %v", got)
	}
	if _, ok := marks.Time([]byte("no time")); ok {
		t.Error("a line without a stamp has a time")
	}
}
