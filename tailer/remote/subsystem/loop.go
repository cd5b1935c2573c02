package subsystem

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"tailbeam/tailer/remote/shell"
)

// Slots are how many files are open at once.
const slots = 100

// Open begins to answer over a connection, of whose sessions it takes one.
func Open(client *ssh.Client, memory *Memory) (shell.Streams, error) {
	c, err := sftp.NewClient(client, sftp.UseConcurrentReads(true))
	if err != nil {
		return shell.Streams{}, err
	}
	out, answers := io.Pipe()
	faults, silence := io.Pipe()
	in := newInbox()
	l := &loop{client: c, memory: memory, out: answers, held: map[int]*held{}}
	go func() {
		err := l.run(in)
		c.Close()
		answers.CloseWithError(err)
		silence.Close()
	}()
	end := func() {
		in.Close()
		out.Close()
		faults.Close()
		c.Close()
	}
	return shell.Streams{In: in, Out: out, Err: faults, Close: end}, nil
}

// A loop answers commands one after the other.
type loop struct {
	client *sftp.Client
	memory *Memory
	out    io.Writer
	held   map[int]*held
	names  []watched
}

// held is an open file.
type held struct {
	*sftp.File
	path   string
	number int  // tells it from others that begin as it does
	lost   bool // the name leads to another
}

type watched struct{ index, path string }

// run answers until the input or the connection ends.
func (l *loop) run(in io.Reader) error {
	go fmt.Fprintln(l.out, shell.Ready)
	commands := bufio.NewScanner(in)
	commands.Buffer(nil, 1<<20)
	for commands.Scan() && commands.Text() != strings.TrimSpace(shell.Begin) {
	}
	for commands.Scan() {
		fields := strings.Fields(commands.Text())
		if len(fields) < 2 {
			continue
		}
		answer, err := l.answer(fields[0], fields[2:])
		status := 0
		var odd notPlain
		switch {
		case errors.Is(err, sftp.ErrSSHFxConnectionLost), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			return err
		case errors.As(err, &odd):
			status = 3
		case errors.Is(err, errCommand):
			status = 64
		case err != nil:
			answer, status = []byte("sftp: "+words(err)), 1
		}
		answer = fmt.Appendf(answer, "%s %d\n", fields[1], status)
		if _, err := l.out.Write(answer); err != nil {
			return err
		}
	}
	return io.EOF
}

// notPlain says that there is no plain file at a name.
type notPlain struct{}

// Error returns what it says.
func (notPlain) Error() string { return "no plain file" }

// words returns what an error of the server says.
func words(err error) string {
	var status *sftp.StatusError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "Permission denied"
	case errors.As(err, &status):
		return strings.ReplaceAll(status.Error(), "\n", " ")
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

var errCommand = errors.New("not understood")

// answer carries a command out.
func (l *loop) answer(command string, args []string) ([]byte, error) {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(arg(i), 10, 64) // what is no number is 0, and no slot
		return n
	}
	switch command {
	case "hello":
		return fmt.Appendf(nil, "gnu 1 %d no\n%f\n", slots, float64(time.Now().UnixNano())/1e9), nil
	case "live", "await":
		return nil, nil
	case "hold":
		return l.hold(int(number(0)), shell.Unquote(arg(1)))
	case "drop":
		l.drop(int(number(0)))
		return nil, nil
	case "range":
		return l.read(int(number(0)), number(1), int(number(3)))
	case "fstat":
		if h := l.held[int(number(0))]; h != nil {
			return l.open(h)
		}
	case "stat":
		return l.stat(shell.Unquote(arg(0)))
	case "lstat":
		return l.lstat(shell.Unquote(arg(0)))
	case "names":
		return l.list(shell.Unquote(arg(0)), int(number(1)))
	case "match":
		return l.match(shell.Unquote(arg(0)))
	case "find":
		return l.find(shell.Unquote(arg(0)))
	case "inode":
		return l.inode(shell.Unquote(arg(0)), arg(1))
	case "real":
		name, err := l.client.RealPath(shell.Unquote(arg(0)))
		return []byte(name), err
	case "watch":
		l.names = append(l.names, watched{arg(0), shell.Unquote(arg(1))})
		return nil, nil
	case "forget":
		for i, n := range l.names {
			if n.index == arg(0) {
				l.names = append(l.names[:i:i], l.names[i+1:]...)
				break
			}
		}
		return nil, nil
	case "look":
		return l.look()
	}
	return nil, errCommand
}

// hold opens a file in a slot.
func (l *loop) hold(slot int, name string) ([]byte, error) {
	l.drop(slot)
	info, err := l.client.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		text, err := l.stat(name)
		if err == nil {
			err = notPlain{}
		}
		return text, err
	}
	file, err := l.client.Open(name)
	if err != nil {
		return nil, err
	}
	h := &held{File: file, path: name, number: l.memory.count(name)}
	text, err := l.open(h)
	if err != nil {
		file.Close()
		return nil, err
	}
	l.held[slot] = h
	return text, nil
}

func (l *loop) drop(slot int) {
	if h := l.held[slot]; h != nil {
		h.Close()
		delete(l.held, slot)
	}
}

// maxRead bounds how much is read at once.
const maxRead = 16 << 20

func (l *loop) read(slot int, off int64, n int) ([]byte, error) {
	h := l.held[slot]
	if h == nil || n < 0 || n > maxRead {
		return nil, errCommand
	}
	data := make([]byte, n, n+64)
	n, err := h.ReadAt(data, off)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}

func (l *loop) list(dir string, limit int) ([]byte, error) {
	entries, err := l.client.ReadDir(dir)
	var text []byte
	for i, e := range entries {
		if limit > 0 && i == limit {
			break
		}
		text = append(append(text, e.Name()...), 0)
	}
	return text, err
}

func (l *loop) match(pattern string) ([]byte, error) {
	names, err := l.client.Glob(pattern)
	var text []byte
	for _, name := range names {
		if info, err := l.client.Stat(name); err == nil && info.Mode().IsRegular() {
			text = append(append(text, name...), 0)
		}
	}
	return text, err
}

func (l *loop) find(dir string) ([]byte, error) {
	var text []byte
	for w := l.client.Walk(dir); w.Step(); {
		if w.Err() != nil {
			continue
		}
		if mode := w.Stat().Mode(); mode.IsRegular() || mode&fs.ModeSymlink != 0 {
			text = append(append(text, w.Path()...), 0)
		}
	}
	return text, nil
}

// maxSearch is how many files of a directory are looked into for one that was
// renamed.
const maxSearch = 200

// inode finds the file with a number in a directory.
func (l *loop) inode(dir, want string) ([]byte, error) {
	entries, err := l.client.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if i == maxSearch {
			break
		}
		name := path.Join(dir, e.Name())
		if text, err := l.lstat(name); err == nil && strings.Fields(string(text))[1] == want {
			return append([]byte(name), 0), nil
		}
	}
	return nil, nil
}

// look looks at all names that are watched.
func (l *loop) look() ([]byte, error) {
	var there, states []byte
	for _, n := range l.names {
		text, err := l.stat(n.path)
		if errors.Is(err, io.EOF) || errors.Is(err, sftp.ErrSSHFxConnectionLost) {
			return nil, err
		}
		if err == nil {
			there = append(append(there, ' '), n.index...)
			states = append(states, text...)
		}
	}
	return append(append(there, '\n'), states...), nil
}
