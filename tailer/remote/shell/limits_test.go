package shell

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

// TestAnswerThatIsTooLong asks for more names than are kept: that call fails, and
// the session goes on.
func TestAnswerThatIsTooLong(t *testing.T) {
	defer func(n int) { maxAnswer = n }(maxAnswer)
	maxAnswer = 4 << 10
	dir := t.TempDir()
	for i := range 600 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file-%d", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fsys := files(run(t, "/bin/sh", idle))
	var told *Error
	if names, err := fsys.Names(dir, 0); !errors.As(err, &told) {
		t.Errorf("%d names, %v", len(names), err)
	}
	if names, err := fsys.Names(dir, 5); err != nil || len(names) != 5 {
		t.Errorf("%d names, %v", len(names), err)
	}
}

// TestShellThatIsNone starts programs that are no shell.
func TestShellThatIsNone(t *testing.T) {
	for name, out := range map[string]string{
		"silence": "",
		"noise":   string(make([]byte, 200<<10)),
		"words":   "This account is not available.\n",
		"a lie":   Ready + "\nno facts\n",
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = w.WriteString(out)
			w.Close()
		}()
		streams := Streams{In: discard{}, Out: r, Err: iotest.ErrReader(errors.New("nothing is said")), Close: func() { r.Close() }}
		if s, err := Start(t.Context(), streams, idle); err == nil {
			s.Close()
			t.Errorf("%s is taken for a shell", name)
		}
	}
}

// discard takes everything.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
