package web

import (
	"fmt"
	"net/http"
	"strings"

	"tailbeam/stream"
)

// ready is GET /readyz: 200 unless a stream cannot be read, then 503. Who has
// the token is told of each stream, and of the sources that have none yet;
// others, how many.
func (s *Site) ready(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/readyz takes no parameters"))
		return
	}
	streams := s.hub.Streams()
	failed := 0
	for i := range streams {
		if streams[i].Condition == "failed" {
			failed++
		}
	}
	status, lines := http.StatusOK, []string{fmt.Sprintf("ready: %d streams", len(streams))}
	if failed > 0 {
		status = http.StatusServiceUnavailable
		lines[0] = fmt.Sprintf("not ready: %d of %d streams cannot be read", failed, len(streams))
	}
	if s.keys.check(request(r)) == nil {
		lines = append(lines, conditions(streams)...)
		for _, source := range s.waiting() {
			lines = append(lines, source+": waiting: no file matches yet")
		}
	}
	answerText(w, status, strings.Join(lines, "\n"))
}

// conditions are one line for each stream.
func conditions(streams []stream.Info) (lines []string) {
	for i := range streams {
		one := streams[i].Name + ": " + streams[i].Condition
		if streams[i].Reason != "" {
			one += ": " + streams[i].Reason
		}
		lines = append(lines, one)
	}
	return lines
}
