//go:build darwin || freebsd

package disk

import "golang.org/x/sys/unix"

// Stat implements File.
func (f *file) Stat() (Info, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return Info{}, err
	}
	return info(&st), nil
}

// Data implements File. Holes are read as zeros here.
func (f *file) Data(off int64) int64 { return off }

func stat(name string, l links) (Info, error) {
	var st unix.Stat_t
	call := unix.Stat
	if l == refuse {
		call = unix.Lstat
	}
	if err := call(name, &st); err != nil {
		return Info{}, err
	}
	return info(&st), nil
}

func info(st *unix.Stat_t) Info {
	return Info{
		ID:       ID{Dev: uint64(st.Dev), Ino: st.Ino, Birth: st.Btim.Nano()},
		Size:     st.Size,
		Modified: st.Mtim.Nano(),
		Links:    uint64(st.Nlink),
		Kind:     kind(uint32(st.Mode)),
	}
}
