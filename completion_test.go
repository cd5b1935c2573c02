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
	for _, test := range []struct{ shell, script string }{
		{"bash", `source <(tailbeam completion bash)
			COMP_WORDS=(tailbeam watch a) COMP_CWORD=2 COMP_LINE="tailbeam watch a"; _tailbeam; echo "${COMPREPLY[*]}"`},
		{"zsh", `source <(tailbeam completion zsh); [[ $_comps[tailbeam] == _tailbeam ]] || echo "not registered"
			compadd() { shift; print -l -- "$@" }; words=(tailbeam watch a) CURRENT=3; _tailbeam`},
		{"fish", `tailbeam completion fish | source; complete -C "tailbeam watch a"`},
	} {
		t.Run(test.shell, func(t *testing.T) {
			cmd := exec.Command(need(t, test.shell, test.shell), "-c", test.script)
			home := t.TempDir()
			if err := os.Symlink(binary, filepath.Join(home, "tailbeam")); err != nil {
				t.Fatal(err)
			}
			cmd.Dir = dir // which holds a file of that name
			cmd.Env = append(os.Environ(), "TAILBEAM_URL=http://"+p.host(), "HOME="+home, "ZDOTDIR="+home,
				"PATH="+home+":"+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != "app\n" {
				t.Errorf("%v %q", err, out)
			}
		})
	}
	if code, _, faults := oneShot(t, command(t, "completion", "tcsh")); code != usage || !strings.Contains(faults, "bash, zsh or fish") {
		t.Errorf("tcsh: %d %s", code, faults)
	}
}
