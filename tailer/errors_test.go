package tailer

import (
	"os"
	"strings"
	"testing"

	"tailbeam/tailer/line"
)

func TestSourcesThatCannotBeFollowed(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/a/x.log", "")
	write(t, dir+"/b/x.log", "")
	for hint, args := range map[string][]string{
		"no source":                      {},
		"write " + dir + "/a/ to follow": {dir + "/a"},
		"without the slash":              {dir + "/a/x.log/"},
		"both named x":                   {"x=" + dir + "/a/x.log", "x=" + dir + "/b/x.log"},
		"both named y/x.log":             {"y=" + dir + "/a/", "y=" + dir + "/b/*.log"},
		"has two names, one and two":     {"one=" + dir + "/a/x.log", "two=" + dir + "/a/../a/x.log"},
		"both named stdin":               {"-", "stdin=" + dir + "/a/x.log"},
		"write - once":                   {"-", "in=-"},
	} {
		r := newRegistry(t)
		_, err := openAll(t, r, Config{Stdin: strings.NewReader("")}, args...)
		if err == nil || !strings.Contains(err.Error(), hint) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%q): %v, want one line with %q", args, err, hint)
		}
	}
}

func TestUnreadableDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads every directory")
	}
	dir := tempDir(t)
	must(t, os.Chmod(dir, 0o300))
	if _, err := openAll(t, newRegistry(t), Config{}, dir+"/"); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("Open: %v, want permission denied", err)
	}
}

func TestCheck(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/app.log", "12345")
	write(t, dir+"/app.log.1", "old\n")
	write(t, dir+"/core", "\x00")
	check := func(arg string) Report {
		s, err := Parse(arg)
		must(t, err)
		return Check(s, Config{})
	}
	r := check("n=" + dir + "/")
	if len(r.Streams) != 1 || r.Streams[0].Name != "n/app.log" || r.Streams[0].Size != 5 || !r.OK() || len(r.Notes) != 2 {
		t.Errorf("directory: %+v", r)
	}
	r = check(dir + "/later.log")
	if len(r.Streams) != 1 || r.Streams[0].Condition != line.Waiting || r.Streams[0].Reason != "no such file" || r.OK() {
		t.Errorf("missing file: %+v", r)
	}
	if r = check(dir); r.OK() || !strings.Contains(r.Problem, "is a directory") {
		t.Errorf("directory named as a file: %+v", r)
	}
	if r = check(dir + "/*.txt"); len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "finds no file yet") {
		t.Errorf("glob without a match: %+v", r)
	}
}
