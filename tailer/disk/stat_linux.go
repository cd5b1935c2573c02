package disk

import (
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const statxMask = unix.STATX_BASIC_STATS | unix.STATX_BTIME

// Stat implements File.
func (f *file) Stat() (Info, error) { return statx(f.fd, "", unix.AT_EMPTY_PATH) }

// Data implements File, by lseek(2) with SEEK_DATA.
func (f *file) Data(off int64) int64 {
	at, err := unix.Seek(f.fd, off, unix.SEEK_DATA)
	if err != nil || at < off {
		return off
	}
	return at
}

func stat(name string, l links) (Info, error) {
	if l == refuse {
		return statx(unix.AT_FDCWD, name, unix.AT_SYMLINK_NOFOLLOW)
	}
	return statx(unix.AT_FDCWD, name, 0)
}

// statx asks for the time of birth as well. A kernel or a sandbox without the
// call is answered by fstatat(2), which does not know it.
func statx(fd int, name string, flags int) (Info, error) {
	var st unix.Statx_t
	err := callStatx(fd, name, flags, &st)
	switch err {
	case nil:
	case unix.ENOSYS, unix.EPERM:
		return fstatat(fd, name, flags)
	default:
		return Info{}, err
	}
	info := Info{
		ID:       ID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		Size:     int64(st.Size),
		Modified: st.Mtime.Sec*1e9 + int64(st.Mtime.Nsec),
		Links:    uint64(st.Nlink),
		Kind:     kind(uint32(st.Mode)),
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		info.ID.Birth = st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
	}
	return info, nil
}

// callStatx is unix.Statx without the allocation of a copy of the name: ten
// thousand names are looked at all the time.
func callStatx(fd int, name string, flags int, st *unix.Statx_t) error {
	var terminated [256]byte
	if len(name) >= len(terminated) || strings.IndexByte(name, 0) >= 0 {
		return unix.Statx(fd, name, flags, statxMask, st)
	}
	copy(terminated[:], name)
	_, _, errno := syscall.Syscall6(unix.SYS_STATX, uintptr(fd), uintptr(unsafe.Pointer(&terminated)),
		uintptr(flags), statxMask, uintptr(unsafe.Pointer(st)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func fstatat(fd int, name string, flags int) (Info, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(fd, name, &st, flags); err != nil {
		return Info{}, err
	}
	return Info{
		ID:       ID{Dev: uint64(st.Dev), Ino: st.Ino},
		Size:     st.Size,
		Modified: st.Mtim.Nano(),
		Links:    uint64(st.Nlink),
		Kind:     kind(st.Mode),
	}, nil
}
