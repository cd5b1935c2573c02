package local

import (
	"encoding/binary"
	"os"
	"testing"
	"unicode/utf16"

	"tailbeam/tailer/charset"
)

// wide is text in UTF-16, little endian.
func wide(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func TestMarkTellsTheEncoding(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := tempDir(t) + "/app.log"
		write(t, path, "\xFF\xFE"+wide("grüße\nਊ half"))
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"grüße\n"`, "changed live")
		write(t, path, wide(" 𝄞")[:3])
		write(t, path, wide(" 𝄞")[3:]+wide("\n"))
		r.want(`"ਊ half 𝄞\n"`)
		must(t, os.Rename(path, path+".1"))
		write(t, path, "plain\n")
		r.wantLast(`"plain\n"`)
	})
}

func TestEncodingThatTheOperatorSays(t *testing.T) {
	path := tempDir(t) + "/app.log"
	write(t, path, "gr\xFC\xDFe\n")
	r := record(t)
	cfg := quick()
	cfg.Encoding = charset.Latin1
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"grüße\n"`, "changed live")
}

func TestPreloadOfWideText(t *testing.T) {
	path := tempDir(t) + "/app.log"
	write(t, path, "\xFF\xFE"+wide("first\nsecond\nthird\n"))
	r := record(t)
	follow(t, quick(), Target{Path: path, Sink: r, Preload: 15})
	r.want(`"third\n"`, "changed live")
	write(t, path, wide("fourth\n"))
	r.want(`"fourth\n"`)
}
