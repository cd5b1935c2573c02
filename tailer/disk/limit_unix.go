//go:build unix

package disk

import "golang.org/x/sys/unix"

// MaxOpen returns how many descriptors the system allows this process.
func MaxOpen() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(uint64(limit.Cur), 1<<30))
}
