package history

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

// From every byte, the next line is found and the bytes are those of the file.
func TestNearEveryByte(t *testing.T) {
	text := strings.Repeat("one\n\nthree is longer\r\n", 20) + "no end"
	for _, test := range []struct {
		name, content string
		encoding      charset.Encoding
		newline       string
	}{
		{"app.log", text, charset.UTF8, "\n"},
		{"app.log.1.gz", string(compressed(t, "x.gz", []byte(text))), charset.UTF8, "\n"},
		{"app.log", "\x00\x00" + text, charset.UTF8, "\n"},
		{"app.log", strings.Join(strings.Split(text, ""), "\x00") + "\x00", charset.UTF16LE, "\n\x00"},
	} {
		w := newWorld(t)
		w.write(test.name, test.content)
		h := w.open("app.log", Options{Encoding: test.encoding})
		all, err := h.Extent(context.Background())
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		start := all[0].Pos
		whole := test.content[start.Off:]
		if strings.HasSuffix(test.name, ".gz") {
			whole = text
		}
		for off := range int64(len(whole)) {
			p := line.Position{Gen: start.Gen, Off: start.Off + off}
			want := int64(0)
			for want < off {
				next := strings.Index(whole[want:], test.newline)
				if next < 0 {
					want = -1
					break
				}
				want += int64(next + len(test.newline))
			}
			got, err := h.Near(context.Background(), p)
			if want < 0 && err != io.EOF || want >= 0 && (err != nil || got.Off != start.Off+want) {
				t.Fatalf("%s: near %d: %d, %v, want %d", test.name, off, got.Off-start.Off, err, want)
			}
			buf := make([]byte, 7)
			n, err := h.ReadAt(context.Background(), p, buf)
			if err != nil || n == 0 || string(buf[:n]) != whole[off:off+int64(n)] {
				t.Fatalf("%s: at %d: %q, %v", test.name, off, buf[:n], err)
			}
		}
		end := line.Position{Gen: start.Gen, Off: start.Off + int64(len(whole))}
		if n, err := h.ReadAt(context.Background(), end, make([]byte, 7)); n != 0 || err != io.EOF {
			t.Errorf("%s: at the end: %d, %v", test.name, n, err)
		}
	}
	w := newWorld(t)
	w.write("app.log", journal(noon, 3, 1, time.RFC3339))
	h := w.open("app.log", Options{})
	gone := line.Position{Gen: 77, Off: 3}
	if _, err := h.Near(context.Background(), gone); err == nil {
		t.Error("near in a file that never was")
	}
	if _, err := h.ReadAt(context.Background(), gone, make([]byte, 7)); err == nil {
		t.Error("read of a file that never was")
	}
}
