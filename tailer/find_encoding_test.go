package tailer

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"tailbeam/tailer/charset"
)

// in16 returns text in UTF-16 without a byte order mark.
func in16(order binary.AppendByteOrder, text string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return string(raw)
}

func TestTextOfAnyEncodingIsFoundAndConverted(t *testing.T) {
	const text = "grün\nЖ €\nžlutý 🦓\n"
	for _, test := range []struct {
		encoding charset.Encoding
		raw      string
		text     string
	}{
		{charset.UTF8, text, text},
		{charset.UTF16LE, in16(binary.LittleEndian, text), text},
		{charset.UTF16BE, in16(binary.BigEndian, text), text},
		{charset.Latin1, "gr\xfcn\n\x80\n", "grün\n\u0080\n"},
		{charset.Windows1252, "gr\xfcn\n\x80\n", "grün\n€\n"},
	} {
		t.Run(test.encoding.String(), func(t *testing.T) {
			dir := tempDir(t)
			write(t, dir+"/a.log", test.raw)
			write(t, dir+"/marked.log", "\xFF\xFE"+in16(binary.LittleEndian, text))
			write(t, dir+"/none.log", "text\x00\x00\x00\x00 and others\n")
			r := newRegistry(t)
			cfg := idleSweep
			cfg.Encoding, cfg.Preload = test.encoding, 1<<20
			mustOpen(t, r, cfg, dir+"/")
			r.wantStreams(dir, "a.log", "marked.log")
			r.wantText(StreamName(dir+"/a.log"), test.text)
			r.wantText(StreamName(dir+"/marked.log"), text)

			source, err := Parse(dir + "/")
			must(t, err)
			report := Check(source, cfg)
			if len(report.Streams) != 2 || !strings.Contains(strings.Join(report.Notes, " "), "none.log: not text") {
				t.Errorf("check finds %v, and notes %v", report.Streams, report.Notes)
			}
		})
	}
}
