package web

import "net/http"

// health is GET /healthz: the program runs and answers. It tells nothing about
// the streams.
func (s *Site) health(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/healthz takes no parameters"))
		return
	}
	answerText(w, http.StatusOK, "ok")
}
