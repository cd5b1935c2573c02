package netpoll

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// places returns for how many descriptors the system has room in its table of
// this process (proc(5), FDSize).
func places(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(status)) {
		if size, ok := strings.CutPrefix(text, "FDSize:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(size))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("no FDSize")
	return 0
}

func TestDescriptorsHaveRoomAhead(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a, err := NewAcceptor(ln.(*net.TCPListener))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	before, most := places(t), int(limit.Cur)
	if before >= most {
		t.Skipf("there is room for %d descriptors already", before)
	}
	a.Reserve(before + 1)
	if n := places(t); n <= before {
		t.Errorf("there is room for %d descriptors, as before", n)
	}
	if limit.Cur <= 1<<16 { // or it takes much memory
		a.Reserve(int(limit.Cur) + 1000) // as many as the process may have
		if n := places(t); n < most {
			t.Errorf("there is room for %d descriptors of %d", n, most)
		}
	}
}
