package web

import (
	"net/http"
	"strings"

	"tailbeam/stream"
)

// socket is /ws and /ws/{stream}: it hands the connection to the stream server
// when the request is one for a WebSocket, and else says how to make one.
func (s *Site) socket(w http.ResponseWriter, r *http.Request, t target) {
	ask, refusal := s.admit(request(r))
	upgrade := isUpgrade(r.Header)
	switch {
	case refusal != nil && (upgrade || refusal != errNoStream):
		refuse(w, t, refusal)
	case !upgrade:
		// RFC 9110, 15.5.22: a 426 names the protocol that it wants.
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		refuse(w, t, &stream.Refusal{
			Status:  http.StatusUpgradeRequired,
			Message: "this is a WebSocket: connect to ws://" + clip(r.Host) + "/ws/NAME with a WebSocket client (wscat -c, websocat); /api/streams lists the names",
		})
	default:
		s.server.Upgrade(w, r, ask)
	}
}

// isUpgrade reports whether h asks for a WebSocket (RFC 6455, 4.2.1).
func isUpgrade(h http.Header) bool {
	return hasToken(h.Values("Connection"), "upgrade") && hasToken(h.Values("Upgrade"), "websocket")
}

// hasToken reports whether a list of tokens holds token, in any case.
func hasToken(lists []string, token string) bool {
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(one), token) {
				return true
			}
		}
	}
	return false
}
