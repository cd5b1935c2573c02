package unpack

import (
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestEstimates(t *testing.T) {
	want := text(3*Block + 17)
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"gzip":       gzipped(want),
		"small gzip": gzipped([]byte("x\n")),
		"zstd":       encoder.EncodeAll(want, nil),
	} {
		size := int64(len(want))
		if name == "small gzip" {
			size = 2
		}
		if got, exact, err := write(t, data).in(t, newStore(t, Options{})).Estimate(); got != size || exact || err != nil {
			t.Errorf("%s: %d bytes, exact %v, %v, want %d", name, got, exact, err, size)
		}
	}
	// Several members tell of the last one only.
	data := gzipped(want, []byte("x\n"))
	if got, _, err := write(t, data).in(t, newStore(t, Options{})).Estimate(); err != nil || got != int64(len(data))*usual {
		t.Errorf("members: %d bytes, %v, of %d compressed to %d", got, err, len(want), len(data))
	}
}

// What gzip tells is modulo 4 GiB.
func TestEstimateOfAHugeFile(t *testing.T) {
	s := newStore(t, Options{})
	v := &volume{store: s, packing: Gzip, key: Key{Size: 1 << 30}, hint: 5, size: -1}
	v.ratio = place{in: 1 << 20, out: 12 << 20}
	if got := v.estimateLocked(); got != 3<<32+5 {
		t.Errorf("got %d", got)
	}
}
