// Package unpack reads compressed files at any offset of what they unpack to.
//
// A Store keeps unpacked blocks for a while in one unlinked temporary file of
// bounded size, so that going back and forth in a file unpacks it once. Each
// file is unpacked by one decoder at a time, from where it stopped last: a
// block that is not kept any more costs another run from the beginning, or
// from the last gzip member that begins before it.
//
// # Memory
//
// A decoder takes about 100 KiB for gzip and the window of the frame for
// Zstandard, 8 MiB as a rule and 128 MiB at most. Not more than
// Options.Decoders of them run or wait to go on.
//
// # Goroutines
//
// None is kept. While something is held, a timer looks for what to give back;
// Store.Close stops it.
package unpack

import (
	"bytes"
	"encoding/binary"
)

// Packing is how a file is compressed.
type Packing uint8

const (
	Plain Packing = iota // not at all
	Gzip                 // RFC 1952, any number of members
	Zstd                 // RFC 8878, any number of frames
)

// String returns the name of the program that packs in this way.
func (p Packing) String() string {
	switch p {
	case Gzip:
		return "gzip"
	case Zstd:
		return "zstd"
	}
	return "plain"
}

// Of returns the packing of a file that begins with data, by RFC 1952 section
// 2.3.1 and RFC 8878 sections 3.1.1 and 3.1.2. It needs 4 bytes.
func Of(data []byte) Packing {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b, 8}) {
		return Gzip
	}
	if len(data) < 4 {
		return Plain
	}
	magic := binary.LittleEndian.Uint32(data)
	if magic == 0xFD2FB528 || magic&^0xF == 0x184D2A50 {
		return Zstd
	}
	return Plain
}
