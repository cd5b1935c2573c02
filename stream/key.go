package stream

import (
	"bytes"
	"encoding/base64"
)

// keyName is the header with which a client asks for a proof that it was
// understood.
const keyName = "Sec-WebSocket-Key"

// keyFault is the answer to a request whose key is not one.
const keyFault = keyName + " must come once and be 16 bytes in base64 (RFC 6455, sections 4.1 and 11.3.1)"

// isKey reports whether a key is one: 16 bytes in base64 (RFC 6455, section
// 4.2.1).
func isKey(key []byte) bool {
	var text [18]byte
	if len(key) != base64.StdEncoding.EncodedLen(16) {
		return false
	}
	n, err := base64.StdEncoding.Decode(text[:], key)
	return err == nil && n == 16
}

// hasKey reports whether the head of a request has one key that is one.
func hasKey(head []byte) bool {
	found := 0
	for {
		i := bytes.IndexByte(head, '\n')
		if i < 0 {
			return found == 1
		}
		head = head[i+1:]
		if len(head) <= len(keyName) || head[len(keyName)] != ':' || !bytes.EqualFold(head[:len(keyName)], []byte(keyName)) {
			continue
		}
		end := bytes.IndexByte(head, '\n')
		if end < 0 || !isKey(bytes.TrimSpace(head[len(keyName)+1:end])) {
			return false
		}
		found++
	}
}
