package notify

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Open returns the notifier for this system.
func Open() Notifier { return newTiers(Shared(), SharedNames) }

// probe reports whether an inotify instance is to be had.
func probe() error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("inotify_init1: %w", err)
	}
	return unix.Close(fd)
}
