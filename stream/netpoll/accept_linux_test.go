package netpoll

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestAConnectionIsAcceptedWithItsPeerAndSendsAtOnce(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0", "[::]:0"} {
		t.Run(listen, func(t *testing.T) {
			ln, err := net.Listen("tcp", listen)
			if err != nil {
				t.Skipf("no IPv6 here: %v", err)
			}
			defer ln.Close()
			conn, sock := connect(t, ln.(*net.TCPListener))
			sock.wantOptions(t)
			if peer := sock.Remote(); peer.String() != conn.LocalAddr().String() {
				t.Errorf("the peer is %v, not %v", peer, conn.LocalAddr())
			}
		})
	}
}

// wantOptions holds a connection against what every one of them has.
func (s Socket) wantOptions(t *testing.T) {
	t.Helper()
	for option, want := range map[int]int{unix.TCP_NODELAY: 1, unix.TCP_NOTSENT_LOWAT: unsent} {
		if got, err := unix.GetsockoptInt(int(s.fd), unix.IPPROTO_TCP, option); err != nil || got != want {
			t.Errorf("TCP option %d is %d (%v), want %d", option, got, err, want)
		}
	}
}

func TestOfOneWhoDoesNotReadLittleLiesWithTheSystem(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, sock := connect(t, ln.(*net.TCPListener))
	taken, piece := 0, make([]byte, 16<<10)
	for {
		n, err := sock.Write([][]byte{piece})
		taken += n
		if err != nil || n < len(piece) {
			break
		}
	}
	if taken < unsent || taken > 2<<20 {
		t.Errorf("%d bytes were taken of one who does not read", taken)
	}
}

func TestAConnectionFromBeforeTheAcceptorSendsAtOnceToo(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for range 3 {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	acceptor, err := NewAcceptor(ln.(*net.TCPListener))
	if err != nil {
		t.Fatal(err)
	}
	defer acceptor.Close()
	for range 3 {
		sock, _, err := acceptor.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer sock.Close()
		sock.wantOptions(t)
	}
}

func TestManyBuffersArriveInOrder(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	conn, sock := connect(t, ln.(*net.TCPListener))
	var bufs [][]byte
	for i := range MaxVector {
		bufs = append(bufs, bytes.Repeat([]byte{byte(i)}, i)) // the first one is empty
	}
	want := bytes.Join(bufs, nil)
	if n, err := sock.Write(bufs); n != len(want) || err != nil {
		t.Fatalf("%d of %d bytes written, %v", n, len(want), err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("the bytes are others (%v)", err)
	}
	if n, err := sock.Read(got); n > 0 || err != ErrAgain {
		t.Errorf("reading where nothing is: %d, %v", n, err)
	}
	if _, err := conn.Write([]byte("answer")); err != nil {
		t.Fatal(err)
	}
	conn.(*net.TCPConn).CloseWrite()
	var answer []byte
	for {
		n, err := sock.Read(got)
		if err == ErrAgain {
			continue
		}
		if n == 0 {
			break
		}
		answer = append(answer, got[:n]...)
	}
	if string(answer) != "answer" {
		t.Errorf("read %q", answer)
	}
}

// connect returns both sides of a connection that ln accepts.
func connect(t *testing.T, ln *net.TCPListener) (net.Conn, Socket) {
	t.Helper()
	acceptor, err := NewAcceptor(ln)
	if err != nil {
		t.Fatal(err)
	}
	defer acceptor.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	host := "127.0.0.1"
	if ip := ln.Addr().(*net.TCPAddr).IP; !ip.IsUnspecified() {
		host = ip.String()
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(host, port), 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	sock, peer, err := acceptor.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sock.Close)
	if peer.String() != conn.LocalAddr().String() {
		t.Errorf("accepted from %v, not %v", peer, conn.LocalAddr())
	}
	return conn, sock
}
