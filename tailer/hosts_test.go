package tailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/remote/sshd"
)

func TestFilesOfAnotherHost(t *testing.T) {
	server := sshd.Start(t)
	dir := tempDir(t)
	write(t, filepath.Join(dir, "a.log.1"), "before\n")
	write(t, filepath.Join(dir, "a.log"), "first\n")
	write(t, filepath.Join(dir, "picture"), "\x00\x01")
	write(t, filepath.Join(dir, "sub", "b c.log"), "second\n")
	r := newRegistry(t)
	host := server.Target().String()
	cfg := Config{SSH: SSH{Config: server.Config()}, Preload: 1 << 20}
	tl := mustOpen(t, r, cfg, "ssh://"+host+dir+"/", "deep=ssh://"+host+dir+"/**/*.log", "later=ssh://"+host+dir+"/not/yet")
	r.wantText(host+dir+"/a.log", "first\n")
	r.wantText("deep/sub/b c.log", "second\n")
	write(t, filepath.Join(dir, "new.log"), "third\n")
	r.wantText(host+dir+"/new.log", "third\n")
	r.until("a missing file waits", func() bool { return r.streams["later"].condition == "waiting: no such file" })
	write(t, filepath.Join(dir, "not", "yet"), "came\n")
	r.wantText("later", "came\n")
	must(t, os.Rename(filepath.Join(dir, "a.log"), filepath.Join(dir, "a.log.2")))
	write(t, filepath.Join(dir, "a.log"), "again\n")
	r.wantText(host+dir+"/a.log", "first\nagain\n")
	if len(tl.Waiting()) != 0 {
		t.Errorf("waiting: %v", tl.Waiting())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.streams {
		if strings.Contains(name, "picture") || strings.HasSuffix(name, ".1") || strings.HasSuffix(name, ".2") {
			t.Errorf("%s is a stream", name)
		}
	}
}

func TestCheckOfAnotherHost(t *testing.T) {
	server := sshd.Start(t)
	dir := tempDir(t)
	write(t, filepath.Join(dir, "a.log"), "first\n")
	visit := func(path string) Report {
		s, err := Parse("ssh://" + server.Target().String() + path)
		must(t, err)
		return Check(s, Config{SSH: SSH{Config: server.Config()}})
	}
	if r := visit(dir + "/a.log"); !r.OK() || len(r.Streams) != 1 || r.Streams[0].Size != 6 {
		t.Errorf("a file: %+v", r)
	}
	if r := visit(dir + "/*"); !r.OK() || len(r.Streams) != 1 || !strings.HasSuffix(r.Streams[0].Name, dir+"/a.log") {
		t.Errorf("a glob: %+v", r)
	}
	if r := visit(dir + "/none"); r.OK() || r.Streams[0].Condition != line.Waiting || r.Streams[0].Reason != "no such file" {
		t.Errorf("a missing file: %+v", r)
	}
	if r := visit(dir); r.OK() || !strings.Contains(r.Streams[0].Reason, "slash") {
		t.Errorf("a directory: %+v", r)
	}
	must(t, os.Remove(server.Known()))
	if r := visit(dir + "/a.log"); r.OK() || !strings.Contains(r.Problem, "SHA256:") || !strings.Contains(r.Problem, "known_hosts") {
		t.Errorf("an unknown key: %+v", r)
	}
}
