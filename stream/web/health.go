package web

import "net/http"

// health is GET /healthz: the program runs and answers. It tells nothing about
// the streams.
func (s *Site) health(w http.ResponseWriter, r *http.Request, t target) {
	answerText(w, http.StatusOK, "ok")
}
