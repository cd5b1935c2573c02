package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"tailbeam/stream"
)

// policy lets the page load only what this server serves, and be framed by
// nobody.
const policy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

// guard sets what every answer carries.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// refuse answers with one line that says what is wrong.
func refuse(w http.ResponseWriter, t target, r *stream.Refusal) {
	if r.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tailbeam"`) // RFC 9110, 11.6.1
	}
	if r.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	if t.path == "/api" || strings.HasPrefix(t.path, "/api/") {
		answerJSON(w, r.Status, map[string]string{"error": r.Message})
		return
	}
	answerText(w, r.Status, r.Message)
}

func answerText(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, line+"\n") //nolint:errcheck // the client may be gone
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) //nolint:errcheck // the client may be gone
}

// answerTagged answers with JSON that the client may know already (RFC 9110,
// section 13.1.2).
func answerTagged(w http.ResponseWriter, r *http.Request, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.Encode(v) //nolint:errcheck // memory
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", tagOf(body.Bytes()))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body.Bytes()))
}

// tagOf returns the entity tag of a content.
func tagOf(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// drain reads a body that nobody asked for, so that the connection can be used
// again. A body beyond maxBody is refused.
func drain(r *http.Request) *stream.Refusal {
	_, err := io.Copy(io.Discard, r.Body)
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return &stream.Refusal{Status: http.StatusRequestEntityTooLarge, Message: "the body is too big: send none"}
	}
	return nil
}
