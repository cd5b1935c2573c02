package web

import (
	"net/http"
	"os"
	"strings"
	"time"

	"tailbeam/stream"
)

// list is the answer of /api/streams.
type list struct {
	Version string `json:"version"`
	// Started is when this server began, Unix milliseconds: another says that it is
	// another process.
	Started int64 `json:"started_ms"`
	// Zone is in which zone those stamps are taken that name none, where it has a
	// name that others know; Offset how far east of UTC that is, in minutes, now.
	Zone    string `json:"zone"`
	Offset  int    `json:"zone_offset"`
	Streams []info `json:"streams"` // sorted by name
}

// info is one stream in a list. Rates are per second, over the last seconds.
type info struct {
	Name           string  `json:"name"`
	Source         string  `json:"source"`
	Path           string  `json:"path"`
	Condition      string  `json:"condition"`
	Reason         string  `json:"reason"`
	Size           int64   `json:"size"`
	Lines          uint64  `json:"lines"`
	Bytes          uint64  `json:"bytes"`
	LinesPerSecond float64 `json:"lines_per_s"`
	BytesPerSecond float64 `json:"bytes_per_s"`
	LastMillis     *int64  `json:"last_ms"` // Unix time of the last line, null before the first
	Viewers        int     `json:"viewers"`
}

// streams is GET /api/streams.
func (s *Site) streams(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/api/streams takes no parameters"))
		return
	}
	all := s.hub.Streams()
	_, offset := time.Now().In(s.zone).Zone()
	l := list{Version: s.version, Started: s.started.UnixMilli(), Zone: s.zoneName, Offset: offset / 60, Streams: make([]info, 0, len(all))}
	for i := range all {
		l.Streams = append(l.Streams, newInfo(&all[i]))
	}
	answerTagged(w, r, l)
}

// zoneName returns the name of a zone in the IANA database, or "" where it has
// none. That of the system is told by its environment, or by what localtime(5)
// is a link to.
func zoneName(zone *time.Location) string {
	name := zone.String()
	if zone == time.Local && name == "Local" {
		var set bool
		if name, set = os.LookupEnv("TZ"); !set {
			link, _ := os.Readlink("/etc/localtime") // where it is none, the zone has no name
			_, name, _ = strings.Cut(link, "zoneinfo/")
		}
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return ""
	}
	return name
}

func newInfo(i *stream.Info) info {
	r := info{
		Name:           i.Name,
		Source:         i.Source,
		Path:           i.Path,
		Condition:      i.Condition,
		Reason:         i.Reason,
		Size:           i.Size,
		Lines:          i.Lines,
		Bytes:          i.Bytes,
		LinesPerSecond: i.LinesPerSecond,
		BytesPerSecond: i.BytesPerSecond,
		Viewers:        i.Viewers,
	}
	if !i.LastLine.IsZero() {
		ms := i.LastLine.UnixMilli()
		r.LastMillis = &ms
	}
	return r
}
