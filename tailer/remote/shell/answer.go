package shell

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"tailbeam/tailer/disk"
)

// An Error is what the other side says of a file.
type Error struct {
	Words string // as they were said
	kind  error
}

// Error returns the words.
func (e *Error) Error() string { return e.Words }

// Reason returns the words for a person.
func (e *Error) Reason() string { return e.Words }

// Unwrap returns fs.ErrNotExist, fs.ErrPermission or nil.
func (e *Error) Unwrap() error { return e.kind }

// problem makes an error of what a command answered that did not succeed.
func problem(answer []byte, status int) error {
	text := strings.TrimSpace(strings.ToValidUTF8(string(answer), "?"))
	if text == "" {
		return &Error{Words: fmt.Sprintf("cannot be read (status %d)", status)}
	}
	words := text[strings.LastIndexByte(text, '\n')+1:]
	words = words[strings.LastIndex(words, ": ")+1:]
	words = strings.TrimSpace(words)
	e := &Error{Words: words}
	switch lower := strings.ToLower(words); {
	case strings.Contains(lower, "no such file"), strings.Contains(lower, "not a directory"):
		e.kind = fs.ErrNotExist
		e.Words = strings.TrimSuffix(lower, " or directory")
	case strings.Contains(lower, "permission denied"), strings.HasPrefix(text, "not allowed:"):
		e.kind = fs.ErrPermission
	}
	if strings.HasPrefix(text, "not allowed:") {
		e.Words = text
	}
	return e
}

var errState = errors.New("the other side describes a file in a way that is not known")

// info reads what stat(1) says of a file, in the form of the script, or a line
// of ls -lni.
func (fsys *FS) info(kind string, text []byte) (disk.Info, error) {
	text, _, _ = bytes.Cut(text, []byte("\n"))
	fields := strings.Fields(string(text))
	if kind == "ls" {
		return fsys.listed(fields)
	}
	if len(fields) != 7 {
		return disk.Info{}, errState
	}
	var info disk.Info
	dev, err1 := strconv.ParseUint(fields[0], 10, 64)
	ino, err2 := strconv.ParseUint(fields[1], 10, 64)
	birth, err3 := nanoseconds(fields[2])
	size, err4 := strconv.ParseInt(fields[3], 10, 64)
	modified, err5 := nanoseconds(fields[4])
	mode, err6 := strconv.ParseUint(fields[5], 16, 32)
	links, err7 := strconv.ParseUint(fields[6], 10, 64)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		return disk.Info{}, errState
	}
	info.ID = disk.ID{Dev: fsys.device(dev), Ino: ino, Birth: max(birth, 0)}
	info.Size, info.Modified, info.Links = size, modified, links
	switch mode & 0o170000 {
	case 0o100000:
		info.Kind = disk.Regular
	case 0o040000:
		info.Kind = disk.Directory
	case 0o010000:
		info.Kind = disk.Pipe
	case 0o120000:
		info.Kind = disk.Link
	default:
		info.Kind = disk.Device
	}
	return info, nil
}

// listed reads the fields of ls -lni in UTC: inode, mode, links, owner, group,
// size, month, day, and time or year.
func (fsys *FS) listed(fields []string) (disk.Info, error) {
	if len(fields) < 7 || fields[1] == "" {
		return disk.Info{}, errState
	}
	ino, err1 := strconv.ParseUint(fields[0], 10, 64)
	links, err2 := strconv.ParseUint(fields[2], 10, 64)
	info := disk.Info{ID: disk.ID{Dev: fsys.device(0), Ino: ino}, Links: links}
	switch fields[1][0] {
	case '-':
		info.Kind = disk.Regular
		size, err := strconv.ParseInt(fields[5], 10, 64)
		if err != nil {
			return disk.Info{}, errState
		}
		info.Size = size
	case 'd':
		info.Kind = disk.Directory
	case 'p':
		info.Kind = disk.Pipe
	case 'l':
		info.Kind = disk.Link
	default:
		info.Kind = disk.Device
	}
	if err := errors.Join(err1, err2); err != nil {
		return disk.Info{}, errState
	}
	if len(fields) > 8 {
		info.Modified = latest(strings.Join(fields[6:9], " "), time.Now().UTC())
	}
	return info, nil
}

// latest returns the last moment that ls(1) may mean with a date: what is too
// new is looked into once too often, what is too old would be missed.
func latest(date string, now time.Time) int64 {
	if t, err := time.Parse("Jan 2 2006", date); err == nil {
		return t.Add(24*time.Hour - 1).UnixNano()
	}
	t, err := time.Parse("Jan 2 15:04 2006", fmt.Sprintf("%s %d", date, now.Year()))
	if err != nil { // on February 29th, or what is no date
		if t, err = time.Parse("Jan 2 15:04 2006", fmt.Sprintf("%s %d", date, now.Year()-1)); err != nil {
			return 0
		}
	}
	if t.After(now.Add(24 * time.Hour)) {
		t = t.AddDate(-1, 0, 0)
	}
	return t.Add(time.Minute - 1).UnixNano()
}

// device makes the number of a device one of this host's.
func (fsys *FS) device(dev uint64) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%d", fsys.host, dev)
	return h.Sum64()
}

// nanoseconds reads seconds since 1970 with a fraction.
func nanoseconds(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || fraction == "" {
		return seconds * 1e9, err
	}
	fraction = (fraction + "000000000")[:9]
	n, err := strconv.ParseInt(fraction, 10, 64)
	return seconds*1e9 + n, err
}
