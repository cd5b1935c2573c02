package wire

import "github.com/gobwas/ws"

// The close codes that the server sends (RFC 6455, section 7.4), and what a
// client does on each. Where there is a cursor, the reason is "from=CURSOR".
const (
	// CloseEnd: the stream ended, or the client said quit. Nothing to do.
	CloseEnd = ws.StatusNormalClosure
	// CloseAway: the server stops. Reconnect later with from.
	CloseAway = ws.StatusGoingAway
	// CloseProtocol: the client broke the protocol. Mend the client.
	CloseProtocol = ws.StatusProtocolError
	// CloseKind: a message of a kind that is not understood. Mend the client.
	CloseKind = ws.StatusUnsupportedData
	// CloseText: a text message that is not UTF-8. Mend the client.
	CloseText = ws.StatusInvalidFramePayloadData
	// ClosePolicy: not allowed, or a limit was reached; the reason says which.
	// Reconnect later, or ask for less.
	ClosePolicy = ws.StatusPolicyViolation
	// CloseBig: the client's message is too big. Send smaller ones.
	CloseBig = ws.StatusMessageTooBig
	// CloseGap: lines are missing from here. Reconnect with from to go on
	// behind what is missing.
	CloseGap ws.StatusCode = 4001
	// CloseStalled: the client did not read for too long. Reconnect with from.
	CloseStalled ws.StatusCode = 4002
)

// maxReason is what a control frame leaves for the reason: 125 bytes less the
// code (RFC 6455, section 5.5).
const maxReason = 123

// AppendClose appends a close frame. A reason that is too long is left out
// whole: half a cursor is worse than none.
func AppendClose(dst []byte, code ws.StatusCode, reason string) []byte {
	if len(reason) > maxReason {
		reason = ""
	}
	dst = AppendHeader(dst, ws.OpClose, 2+len(reason))
	dst = append(dst, byte(code>>8), byte(code))
	return append(dst, reason...)
}

// noRoom is the reason where a cursor is too long for one, as that of several
// streams can be.
const noRoom = "the cursor of so many streams does not fit here: format=ndjson and tailbeam.v1 tell it beside the lines"

// Resume returns the reason of a close that tells where to go on, or "" where
// there is no cursor. One that is too long for a reason is not in it; then it
// says so.
func Resume(cursor string) string {
	if cursor == "" {
		return ""
	}
	reason := "from=" + cursor
	if len(reason) > maxReason {
		return noRoom
	}
	return reason
}
