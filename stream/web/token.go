package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"tailbeam/stream"
)

// keys are what opens a server that asks for a token: the token itself, which
// scripts send as "Authorization: Bearer TOKEN", and the value of the cookie
// that a browser is given for it. The zero value asks for nothing.
type keys struct {
	token  string
	cookie string // name of the cookie; cookies are shared between ports, names are not
	pass   string // value of the cookie: derived from the token, which it does not tell
}

var errNoToken = &stream.Refusal{
	Status:  http.StatusUnauthorized,
	Message: `this server asks for its token: open the address that it printed at start, or send "Authorization: Bearer TOKEN"`,
}

var errWrongToken = &stream.Refusal{
	Status:  http.StatusUnauthorized,
	Message: "this is not the token of this server: it makes a new one at each start and prints it",
}

// newKeys returns the keys for token; port makes the cookie's name differ from
// that of another server on the same host.
func newKeys(token, port string) keys {
	if token == "" {
		return keys{}
	}
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("tailbeam session"))
	return keys{token: token, cookie: "tailbeam-" + port, pass: hex.EncodeToString(mac.Sum(nil))}
}

// check returns why a request without a right key is refused, or nil.
func (k *keys) check(r *stream.Request) *stream.Refusal {
	if k.token == "" {
		return nil
	}
	// A proxy may have put its own credentials there, beside our cookie.
	if scheme, token, _ := strings.Cut(r.Authorization, " "); strings.EqualFold(scheme, "Bearer") {
		return k.bearer(token)
	}
	for rest := r.Cookie; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if name == k.cookie && same(value, k.pass) {
			return nil
		}
	}
	return errNoToken
}

// bearer checks the token of an Authorization header (RFC 6750, 2.1).
func (k *keys) bearer(token string) *stream.Refusal {
	if !same(strings.TrimSpace(token), k.token) {
		return errWrongToken
	}
	return nil
}

// same compares in a time that depends on the lengths alone.
func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
