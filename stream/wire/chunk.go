package wire

import "strconv"

// A response of unknown length travels in chunks: the length in hexadecimal, a
// line end, the bytes, a line end (RFC 9112, section 7.1).

const lineEnd = "\r\n"

// ChunkLen returns how many bytes a chunk of n bytes takes. n is not 0: such a
// chunk is the last one.
func ChunkLen(n int) int {
	digits := 1
	for m := n >> 4; m > 0; m >>= 4 {
		digits++
	}
	return digits + len(lineEnd) + n + len(lineEnd)
}

// AppendChunk appends a whole chunk.
func AppendChunk(dst, p []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(len(p)), 16)
	dst = append(dst, lineEnd...)
	dst = append(dst, p...)
	return append(dst, lineEnd...)
}

// CursorHeader is the field that tells where to go on: in the head of an answer
// to a long poll, and behind the last chunk of an answer that ends in order.
const CursorHeader = "Tailbeam-Cursor"

// EndHeader is the field behind the last chunk that tells why it is the last.
const EndHeader = "Tailbeam-End"

// AppendLastChunk appends the chunk that ends a response, with the cursor to go
// on from, unless that is empty, and why it ends (RFC 9112, section 7.1.2).
func AppendLastChunk(dst []byte, cursor, why string) []byte {
	dst = append(dst, "0\r\n"...)
	if cursor != "" {
		dst = append(dst, CursorHeader+": "+cursor+lineEnd...)
	}
	dst = append(dst, EndHeader+": "+why+lineEnd...)
	return append(dst, lineEnd...)
}
