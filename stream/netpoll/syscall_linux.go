package netpoll

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls here never block, and are made without telling the scheduler:
// handing the processor over and back for each of ten thousand viewers costs a
// fifth of a sweep, and wakes the runtime's monitor besides.

// send is send(2).
func send(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	return count(n, errno)
}

// sendAll is sendmsg(2) of at most MaxVector buffers.
func sendAll(fd int, bufs [][]byte) (int, error) {
	var vector [MaxVector]unix.Iovec
	held := 0
	for _, b := range bufs {
		if len(b) > 0 {
			vector[held].Base = &b[0]
			vector[held].SetLen(len(b))
			held++
		}
	}
	message := unix.Msghdr{Iov: &vector[0]}
	message.SetIovlen(held)
	n, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&message)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	return count(n, errno)
}

// receive is recv(2).
func receive(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
	return count(n, errno)
}

// accept is accept4(2) of a listener that does not block.
func accept(listener int, peer *unix.RawSockaddrAny) (int, error) {
	length := uint32(unix.SizeofSockaddrAny)
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listener), uintptr(unsafe.Pointer(peer)), uintptr(unsafe.Pointer(&length)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	return count(n, errno)
}

// fetch is epoll_wait(2) without waiting.
func fetch(epoll int, events []unix.EpollEvent) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
	return count(n, errno)
}

// control is epoll_ctl(2).
func control(epoll, op, fd int, event *unix.EpollEvent) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epoll), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(event)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func count(n uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}
