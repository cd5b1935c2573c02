package charset

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// piece is an entry as a Cutter gives it out.
type piece struct {
	text       string
	begin, end int // in the file
	flags      line.Flags
}

// naive converts a whole file with the standard library, lets a split.Splitter
// cut the text, and looks up where each piece was in the file.
func naive(e Encoding, mark, maxLine int, file []byte) []piece {
	var text []byte
	at := []int{mark} // where in the file what begins at each byte of text begins
	add := func(r rune, n int) {
		text = utf8.AppendRune(text, r)
		for range utf8.RuneLen(r) {
			at = append(at, at[len(at)-1])
		}
		at[len(at)-1] += n
	}
	body := file[min(mark, len(file)):]
	switch e {
	case Latin1, Windows1252:
		for _, c := range body {
			r := rune(c)
			if i := bytes.IndexByte([]byte("\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8A\x8B\x8C\x8E\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9A\x9B\x9C\x9E\x9F"), c); i >= 0 && e == Windows1252 {
				r = []rune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ")[i]
			}
			add(r, 1)
		}
	default:
		order := binary.ByteOrder(binary.LittleEndian)
		if e == UTF16BE {
			order = binary.BigEndian
		}
		var units []uint16
		for i := 0; i+1 < len(body); i += 2 {
			units = append(units, order.Uint16(body[i:]))
		}
		for _, r := range utf16.Decode(units) {
			add(r, 2*utf16.RuneLen(r))
		}
		if len(body)%2 != 0 {
			add(utf8.RuneError, 1)
		}
	}
	var all []piece
	s := split.Splitter{MaxLine: maxLine}
	off := 0
	for off < len(text) {
		n, ends, flags := s.Next(text[off:], nil)
		if n == 0 {
			n, ends, flags = s.Rest(text[off:], nil)
		}
		all = append(all, pieces(text[off:off+n], ends, flags, func(i int) int { return at[off+i] })...)
		off += n
	}
	return all
}

// pieces lists the entries of a batch.
func pieces(text []byte, ends []uint32, flags line.Flags, at func(int) int) []piece {
	var all []piece
	begin := 0
	for i, end := range ends {
		p := piece{text: string(text[begin:end]), begin: at(begin), end: at(int(end))}
		if i == 0 {
			p.flags |= flags & line.Continues
		}
		if i == len(ends)-1 {
			p.flags |= flags & line.Unfinished
		}
		all = append(all, p)
		begin = int(end)
	}
	return all
}

// cutAll gives a file to a Cutter in blocks.
func cutAll(t *testing.T, c *Cutter, file []byte, block int) []piece {
	t.Helper()
	var all []piece
	var buf Buffer
	var b line.Batch
	off := 0
	give := func(n int) {
		begin := off
		for i := range b.Lines() {
			p := piece{text: string(b.Entry(i)), begin: begin, end: off + int(b.RawEnds()[i])}
			begin = p.end
			if i == 0 {
				p.flags |= b.Flags & line.Continues
			}
			if i == b.Lines()-1 {
				p.flags |= b.Flags & line.Unfinished
			}
			all = append(all, p)
		}
		b.Pos.Off = int64(off)
		if n != int(b.End().Off)-off && b.Lines() > 0 {
			t.Fatalf("took %d bytes for a batch that ends at %d", n, b.End().Off-int64(off))
		}
		off += n
	}
	for end := 0; ; {
		n := c.Next(file[off:end], &buf, &b)
		if n > 0 {
			give(n)
			continue
		}
		if end-off >= c.Ahead() {
			t.Fatalf("%d bytes are not enough, want %d to be", end-off, c.Ahead())
		}
		if end == len(file) {
			break
		}
		end = min(end+block, len(file))
	}
	for off < len(file) {
		give(c.Rest(file[off:], &buf, &b))
	}
	return all
}

func FuzzCutterAgainstNaiveTwin(f *testing.F) {
	text := "one\r\ntwo €\n\n\U0001F600 long long long line\r\n\r\r\nend"
	for _, e := range []Encoding{Latin1, Windows1252, UTF16LE, UTF16BE} {
		file := append([]byte(nil), encode(e, text)...)
		f.Add(uint8(e), uint8(8), uint8(3), file)
		f.Add(uint8(e), uint8(4), uint8(1), append(file, 0xD8, 0x00, 0xDC, 0xD8))
		f.Add(uint8(e), uint8(200), uint8(200), append([]byte("\xFF\xFE"), file...))
	}
	f.Fuzz(func(t *testing.T, encoding, maxLine, block uint8, file []byte) {
		e := Encoding(1 + encoding%4)
		if marked, n := e.Of(file); n > 0 && marked != UTF8 {
			e = marked
		}
		_, mark := e.Of(file)
		if mark == MarkLen {
			mark = 0
		}
		c := Cutter{Encoding: e, MaxLine: max(int(maxLine), split.MinLine), Mark: mark}
		got := cutAll(t, &c, file, 1+int(block))
		want := naive(e, mark, c.MaxLine, file)
		// The first entry begins with its mark.
		if len(want) > 0 {
			want[0].begin = 0
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s, mark of %d, lines of %d, file %q:\ngot  %+v\nwant %+v", e, mark, c.MaxLine, file, got, want)
		}
	})
}

// encode writes text in an encoding, as far as it has the characters.
func encode(e Encoding, text string) []byte {
	var out []byte
	for _, r := range text {
		switch e {
		case UTF8:
			out = utf8.AppendRune(out, r)
		case Latin1, Windows1252:
			out = append(out, byte(r))
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				if e == UTF16LE {
					out = binary.LittleEndian.AppendUint16(out, unit)
				} else {
					out = binary.BigEndian.AppendUint16(out, unit)
				}
			}
		}
	}
	return out
}
