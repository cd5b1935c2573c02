package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The parts of the program know of each other what this table says. A pattern
// that ends in /... stands for all that lies under it.
func TestWhoMayImportWhom(t *testing.T) {
	for _, test := range []struct {
		packages string // go list patterns
		what     string // of go list: Deps or Imports
		only     []string
		never    []string
	}{
		{".", "Imports", []string{"std", "tailbeam/tailer", "tailbeam/tailer/charset", "tailbeam/tailer/stamp", "tailbeam/stream", "tailbeam/stream/watch", "tailbeam/stream/web", "tailbeam/static", "github.com/urfave/cli/v2"}, nil},
		{"./tailer/...", "Deps", nil, []string{"tailbeam/stream/...", "tailbeam/static/...", "net/http/...", "github.com/urfave/..."}},
		{"./tailer/line", "Deps", []string{"std", "tailbeam/tailer/line"}, nil},
		{"./stream ./stream/wire ./stream/netpoll ./stream/watch ./stream/web", "Deps",
			[]string{"std", "tailbeam/stream/...", "tailbeam/tailer/line", "github.com/gobwas/...", "golang.org/x/sys/unix"},
			[]string{"tailbeam/stream/internal/bench/..."}},
		{"./static", "Imports", []string{"embed", "io/fs"}, nil},
	} {
		args := []string{"list", "-f", "{{.ImportPath}}: {{.ImportPath}}{{range ." + test.what + "}} {{.}}{{end}}"}
		if test.what == "Imports" {
			args[2] = "{{.ImportPath}}:{{range .Imports}} {{.}}{{end}}"
		}
		out, err := exec.Command("go", append(args, strings.Fields(test.packages)...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			who, deps, _ := strings.Cut(line, ":")
			for _, dep := range strings.Fields(deps) {
				if test.only != nil && !matches(dep, test.only) || matches(dep, test.never) {
					t.Errorf("%s may not import %s", who, dep)
				}
			}
		}
	}
}

// matches reports whether a package is in a list of patterns. std is the
// standard library.
func matches(pack string, patterns []string) bool {
	for _, p := range patterns {
		under, ok := strings.CutSuffix(p, "/...")
		first, _, _ := strings.Cut(pack, "/")
		switch {
		case p == pack, ok && (pack == under || strings.HasPrefix(pack, under+"/")):
			return true
		case p == "std" && !strings.Contains(first, ".") && first != "tailbeam":
			return true
		}
	}
	return false
}
