package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// A case of conformance: what a client sends, and what comes back until the
// stream ends. The cases follow RFC 6455 section by section.
type conformance struct {
	name string
	send [][]byte
	want []string // as described by said
}

// said describes a frame of the server.
func said(f ws.Frame) string {
	name := map[ws.OpCode]string{ws.OpText: "text", ws.OpBinary: "binary", ws.OpPong: "pong", ws.OpPing: "ping"}[f.Header.OpCode]
	if f.Header.OpCode != ws.OpClose {
		return name + " " + string(f.Payload)
	}
	if len(f.Payload) == 0 {
		return "close"
	}
	return fmt.Sprint("close ", binary.BigEndian.Uint16(f.Payload))
}

func text(s string) []byte { return masked(ws.OpText, true, 0, []byte(s)) }
func part(s string) []byte { return masked(ws.OpText, false, 0, []byte(s)) }
func more(s string) []byte { return masked(ws.OpContinuation, false, 0, []byte(s)) }
func last(s string) []byte { return masked(ws.OpContinuation, true, 0, []byte(s)) }
func ping(s string) []byte { return masked(ws.OpPing, true, 0, []byte(s)) }
func pong(s string) []byte { return masked(ws.OpPong, true, 0, []byte(s)) }
func end(code uint16, reason string) []byte {
	return masked(ws.OpClose, true, 0, closing(code, reason))
}
func closing(code uint16, why string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, code), why...)
}
func odd(op ws.OpCode, rsv byte) []byte   { return masked(op, true, rsv, []byte("odd")) }
func frames(list ...[]byte) [][]byte      { return list }
func answers(list ...string) []string     { return list }
func empty(op ws.OpCode, fin bool) []byte { return masked(op, fin, 0, nil) }

var bye = end(1000, "")

// conform holds the server against cases, at both doors, each sent at once and
// byte by byte.
func conform(t *testing.T, cases []conformance) {
	t.Helper()
	addr := start(t)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			all := bytes.Join(c.send, nil)
			for _, size := range []int{len(all), 1} {
				client := dialRaw(t, addr+doors[i%len(doors)])
				go func() {
					for sent := 0; sent < len(all); sent += size {
						if _, err := client.Write(all[sent:min(sent+size, len(all))]); err != nil {
							return // it was closed, which the answers tell
						}
					}
				}()
				var got []string
				for {
					f, err := client.frame()
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatalf("behind %q: %v", got, err)
					}
					got = append(got, said(f))
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d bytes: got %.300q, want %.300q", size, got, c.want)
				}
				client.Close()
			}
		})
	}
}

func TestPingsAndPongs(t *testing.T) {
	long := strings.Repeat("\xfe", 125)
	conform(t, []conformance{
		{"empty ping", frames(ping(""), bye), answers("pong ", "close 1000")},
		{"ping with text", frames(ping("hello"), bye), answers("pong hello", "close 1000")},
		{"ping with bytes", frames(ping("\x00\xff\xfe"), bye), answers("pong \x00\xff\xfe", "close 1000")},
		{"longest ping", frames(ping(long), bye), answers("pong "+long, "close 1000")},
		{"ping too long", frames(ping(long+"x"), bye), answers("close 1002")},
		{"pong unasked", frames(pong(""), pong("why"), ping("p"), bye), answers("pong p", "close 1000")},
		{"ten pings", frames(ping("1"), ping("2"), ping("3"), ping("4"), ping("5"), ping("6"), ping("7"), ping("8"), ping("9"), ping("10"), bye),
			answers("pong 1", "pong 2", "pong 3", "pong 4", "pong 5", "pong 6", "pong 7", "pong 8", "pong 9", "pong 10", "close 1000")},
	})
}

func TestReservedBitsAndOpcodes(t *testing.T) {
	var cases []conformance
	for rsv := byte(1); rsv < 8; rsv++ {
		for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary, ws.OpPing, ws.OpClose} {
			cases = append(cases, conformance{fmt.Sprintf("bits %d on opcode %d", rsv, op),
				frames(text("one"), odd(op, rsv), ping("late")), answers("text one", "close 1002")})
		}
	}
	for _, op := range []ws.OpCode{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		cases = append(cases, conformance{fmt.Sprintf("opcode %d", op),
			frames(text("one"), odd(op, 0), ping("late")), answers("text one", "close 1002")})
		cases = append(cases, conformance{fmt.Sprintf("opcode %d without payload", op), frames(empty(op, true)), answers("close 1002")})
	}
	unmasked := ws.MustCompileFrame(ws.NewTextFrame([]byte("bare")))
	conform(t, append(cases, conformance{"not masked", frames(text("one"), unmasked), answers("text one", "close 1002")}))
}

func TestLengthsAreShort(t *testing.T) {
	length := func(b ...byte) []byte { // of a text with a mask of zeros
		return append(append([]byte{0x81, 0x80 | b[0]}, b[1:]...), 0, 0, 0, 0)
	}
	conform(t, []conformance{
		{"125 in two bytes", frames(length(126, 0, 125)), answers("close 1002")},
		{"126 in two bytes", frames(append(length(126, 0, 126), strings.Repeat("x", 126)...), bye), answers("text "+strings.Repeat("x", 126), "close 1000")},
		{"126 in eight bytes", frames(length(127, 0, 0, 0, 0, 0, 0, 0, 126)), answers("close 1002")},
		{"65535 in eight bytes", frames(length(127, 0, 0, 0, 0, 0, 0, 0xff, 0xff)), answers("close 1002")},
		{"the greatest bit", frames(length(127, 0x80, 0, 0, 0, 0, 1, 0, 0)), answers("close 1002")},
	})
}

func TestFragments(t *testing.T) {
	conform(t, []conformance{
		{"fragmented ping", frames(masked(ws.OpPing, false, 0, []byte("a")), last("b")), answers("close 1002")},
		{"fragmented pong", frames(masked(ws.OpPong, false, 0, []byte("a")), last("b")), answers("close 1002")},
		{"fragmented close", frames(masked(ws.OpClose, false, 0, closing(1000, "")), last("b")), answers("close 1002")},
		{"two parts", frames(part("a"), last("b"), bye), answers("text ab", "close 1000")},
		{"ping between", frames(part("a"), ping("p"), last("b"), bye), answers("pong p", "text ab", "close 1000")},
		{"many parts and pings", frames(part("a"), more("b"), ping("1"), more("c"), more("d"), ping("2"), last("e"), bye),
			answers("pong 1", "pong 2", "text abcde", "close 1000")},
		{"empty parts", frames(part(""), more(""), last(""), bye), answers("text ", "close 1000")},
		{"empty parts around one", frames(part(""), more("middle"), last(""), bye), answers("text middle", "close 1000")},
		{"binary parts", frames(masked(ws.OpBinary, false, 0, []byte("\xff")), last("\xfe"), bye), answers("binary \xff\xfe", "close 1000")},
		{"end of nothing", frames(last("x"), text("y")), answers("close 1002")},
		{"middle of nothing", frames(more("x"), text("y")), answers("close 1002")},
		{"end of what has ended", frames(part("a"), last("b"), last("c")), answers("text ab", "close 1002")},
		{"text within text", frames(part("a"), text("b")), answers("close 1002")},
		{"part within text", frames(part("a"), part("b")), answers("close 1002")},
		{"close within text", frames(part("a"), bye, last("b")), answers("close 1000")},
	})
}

func TestTextIsUTF8(t *testing.T) {
	good := []string{"", "κόσμε", "a\x00b", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\u00df\u6c34\U0001d11e"}
	bad := []string{"\xff", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xce\xba\xed\xa0\x80edited", "\xce", "\xe2\x82", "\xf0\x9f\x98", "ok\xc3"}
	var cases []conformance
	for _, s := range good {
		cases = append(cases, conformance{fmt.Sprintf("%+q", s), frames(text(s), bye), answers("text "+s, "close 1000")})
		list := frames(part(""))
		for i := range len(s) {
			list = append(list, more(s[i:i+1])) // characters are cut
		}
		cases = append(cases, conformance{fmt.Sprintf("%+q in bytes", s), append(list, last(""), bye), answers("text "+s, "close 1000")})
	}
	for _, s := range bad {
		cases = append(cases, conformance{fmt.Sprintf("%+q", s), frames(text(s), ping("late")), answers("close 1007")})
		cases = append(cases, conformance{fmt.Sprintf("%+q in two", s), frames(part(s[:len(s)/2]), last(s[len(s)/2:]), ping("late")), answers("close 1007")})
	}
	// What cannot become valid any more is not read to its end.
	cases = append(cases, conformance{"fails fast", frames(part("ok \xed\xa0"), ping("late")), answers("close 1007")})
	cases = append(cases, conformance{"binary is not looked at", frames(masked(ws.OpBinary, true, 0, []byte("\xff")), bye), answers("binary \xff", "close 1000")})
	conform(t, cases)
}

func TestCloseHandshake(t *testing.T) {
	cases := []conformance{
		{"without payload", frames(empty(ws.OpClose, true)), answers("close 1000")},
		{"one byte", frames(masked(ws.OpClose, true, 0, []byte("x"))), answers("close 1002")},
		{"longest reason", frames(end(1000, strings.Repeat("x", 123))), answers("close 1000")},
		{"reason too long", frames(end(1000, strings.Repeat("x", 124))), answers("close 1002")},
		{"reason that is not UTF-8", frames(end(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80")), answers("close 1007")},
		{"message behind it", frames(bye, text("late"), ping("late")), answers("close 1000")},
		{"twice", frames(bye, bye), answers("close 1000")},
		{"behind a long message", frames(text(strings.Repeat("x", 1<<10)), bye), answers("text "+strings.Repeat("x", 1<<10), "close 1000")},
	}
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		cases = append(cases, conformance{fmt.Sprint(code), frames(end(code, "why")), answers(fmt.Sprint("close ", code))})
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		cases = append(cases, conformance{fmt.Sprint(code, " is not in use"), frames(end(code, "why")), answers("close 1002")})
	}
	conform(t, cases)
}
