package stream

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAHandshakeHasOneKey(t *testing.T) {
	const good = "dGhlIHNhbXBsZSBub25jZQ=="
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		for _, test := range []struct {
			headers []string
			status  int
		}{
			{[]string{"Sec-WebSocket-Key: " + good}, http.StatusSwitchingProtocols},
			{[]string{"sec-websocket-key:" + good + "  "}, http.StatusSwitchingProtocols},
			{[]string{"X-Sec-WebSocket-Key: x", "Sec-WebSocket-Key: " + good}, http.StatusSwitchingProtocols},
			{nil, http.StatusBadRequest},
			{[]string{"Sec-WebSocket-Key: " + good, "Sec-WebSocket-Key: " + good}, http.StatusBadRequest},
			{[]string{"Sec-WebSocket-Key: " + good[1:]}, http.StatusBadRequest},
			{[]string{"Sec-WebSocket-Key: " + strings.Repeat("#", 24)}, http.StatusBadRequest},
			{[]string{"Sec-WebSocket-Key: " + strings.Repeat("A", 24)}, http.StatusBadRequest}, // 18 bytes
			{[]string{"Sec-WebSocket-Key:"}, http.StatusBadRequest},
		} {
			conn, err := net.Dial("tcp", w.addr)
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(patience))
			head := append([]string{"GET /ws?stream=a HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"}, test.headers...)
			fmt.Fprint(conn, strings.Join(head, "\r\n")+"\r\n\r\n")
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || r.StatusCode != test.status {
				t.Errorf("%q: %v, %v, want %d", test.headers, r, err, test.status)
			}
			conn.Close()
		}
	})
}
