package shell

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestZerosAtTheBeginning asks where the first byte of files is, at the edges of
// what is compared at a time too. Where there is no cmp(1) nothing is said.
func TestZerosAtTheBeginning(t *testing.T) {
	before := manyZeros
	t.Cleanup(func() { manyZeros = before })
	manyZeros = 100 << 10
	each(t, func(t *testing.T, shell string) {
		fsys := files(run(t, shell, idle))
		_, lacking := exec.LookPath("cmp")
		path := filepath.Join(t.TempDir(), "f")
		for _, zeros := range []int{0, 1, 511, 600, 100<<10 - 1, 100 << 10, 100<<10 + 1, 200 << 10, 250 << 10} {
			for _, text := range []string{"", "\n", "a line\n\x00\x00 and more\n"} {
				data := append(make([]byte, zeros), bytes.Repeat([]byte(text), 10_000)...)
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := fsys.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				want := int64(zeros)
				if lacking != nil || zeros < 512 || len(data) <= fewZeros {
					want = 0
				}
				if got := f.Data(0); got != want {
					t.Errorf("%d zeros before %.10q: the first byte is at %d, want %d", zeros, text, got, want)
				}
				f.Close()
			}
		}
	})
}
