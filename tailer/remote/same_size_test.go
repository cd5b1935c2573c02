package remote

import (
	"os"
	"path/filepath"
	"testing"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestRegrownToTheSameSize has a file written anew with the same size, between two
// looks and within the second that its stamp tells.
func TestRegrownToTheSameSize(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]func(t *testing.T, dir string) []string{
		"GNU":  func(*testing.T, string) []string { return nil },
		"SFTP": func(*testing.T, string) []string { return []string{"ForceCommand internal-sftp"} },
		"BusyBox, which tells seconds": func(t *testing.T, dir string) []string {
			tool(t, "busybox", "busybox")
			return busybox(t, dir, "dd stat head tail find sleep kill cat ls readlink date printf id")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server := sshd.Start(t, lines(t, dir)...)
			path := filepath.Join(dir, "app.log")
			write(t, path, "# a log\none\n")
			r := newRecorder()
			hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
			want := "# a log\none\n"
			r.awaitText(t, want)
			for _, text := range []string{"# a log\ntwo\n", "# a log\nsix\n"} {
				file, err := os.OpenFile(path, os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err = file.WriteString(text); err != nil {
					t.Fatal(err)
				}
				file.Close()
				want += text
				r.awaitText(t, want)
			}
		})
	}
}
