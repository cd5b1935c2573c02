package remote

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tailbeam/tailer/remote/sshd"
)

// TestPatternsAreTheSameInEveryShell looks for files whose names, and those of
// their directories, a shell takes for patterns.
func TestPatternsAreTheSameInEveryShell(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"sh":   nil,
		"bash": {"ForceCommand exec bash -s"},
		"sftp": {"ForceCommand internal-sftp"},
	} {
		t.Run(name, func(t *testing.T) {
			server := sshd.Start(t, lines...)
			dir := filepath.Join(t.TempDir(), `a[b*c?d\e`)
			for _, name := range []string{"a*.log", "ab.log", "[x].log", `back\slash.log`, "{y}.log", ".hidden.log", "sub/z.log"} {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, path, "one\n")
			}
			for pattern, want := range map[string][]string{
				"*.log":             {"[x].log", "a*.log", "ab.log", `back\slash.log`, "{y}.log"},
				`a\*.log`:           {"a*.log"},
				"a?.log":            {"a*.log", "ab.log"},
				`\[x\].log`:         {"[x].log"},
				"[a-c]*.log":        {"a*.log", "ab.log", `back\slash.log`},
				`back\\*`:           {`back\slash.log`},
				`\{y\}.log`:         {"{y}.log"},
				"{ab,sub/z,no}.log": {"ab.log", "sub/z.log"},
				".h*":               {".hidden.log"},
				"*/*":               {"sub/z.log"},
				"**/[az]*.log":      {"a*.log", "ab.log", "sub/z.log"},
			} {
				var found []string
				err := Visit(t.Context(), server.Target(), Config{Dial: server.Options()}, func(v *Visitor) error {
					paths, err := v.List(&Find{Dir: dir, Pattern: pattern})
					for _, path := range paths {
						rest, err := filepath.Rel(dir, path)
						if err != nil {
							return err
						}
						found = append(found, rest)
					}
					return err
				})
				slices.Sort(found)
				if err != nil || !slices.Equal(found, want) {
					t.Errorf("%s finds %q, %v, want %q", pattern, found, err, want)
				}
			}
		})
	}
}
