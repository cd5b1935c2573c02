package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestShellsCompleteTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "a"), "1\n")
	p := start(t, "app="+filepath.Join(dir, "a"), "db/x=cmd:echo x")
	for _, test := range []struct{ line, want string }{
		{"tailbeam wa", "watch"},
		{"tailbeam watch --gr", "--grep"},
		{"tailbeam watch --json a", "app"},
		{"tailbeam watch --level wa", "warn"},
		{"tailbeam completion z", "zsh"},
		{"tailbeam --outs", "--outside-links"},
	} {
		words := strings.Fields(test.line)
		cmd := command(t, append([]string{"complete", "--"}, words[1:]...)...)
		cmd.Env = append(os.Environ(), "TAILBEAM_URL=http://"+p.host())
		if code, out, _ := oneShot(t, cmd); code != done || out != test.want+"\n" {
			t.Errorf("%s: %d %q, want %q", test.line, code, out, test.want)
		}
	}
	bash := need(t, "bash", "bash")
	cmd := exec.Command(bash, "-c", `PATH="$(dirname "$0"):$PATH"; source <("$0" completion bash)
		COMP_WORDS=("$0" watch a) COMP_CWORD=2 COMP_LINE="tailbeam watch a"; _tailbeam; echo "${COMPREPLY[*]}"`, binary)
	cmd.Env = append(os.Environ(), "TAILBEAM_URL=http://"+p.host())
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "app\n" {
		t.Errorf("bash: %v %q", err, out)
	}
	if code, _, faults := oneShot(t, command(t, "completion", "tcsh")); code != usage || !strings.Contains(faults, "bash, zsh or fish") {
		t.Errorf("tcsh: %d %s", code, faults)
	}
}
