package tailer

import (
	"fmt"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// A Report says what a source would yield.
type Report struct {
	Source  Source
	Streams []Found
	// Problem is why the source would be refused, or empty.
	Problem string
	// Notes are one line each: what is passed over, and what is waited for.
	Notes []string
}

// Found is a stream as it would be served.
type Found struct {
	Name      string
	Path      string // empty where there is no file
	Size      int64  // bytes, as of now
	Condition line.Condition
	Reason    string // why it is not Live
}

// OK reports whether the source would be followed and every stream be live.
func (r Report) OK() bool {
	for _, f := range r.Streams {
		if f.Condition != line.Live {
			return false
		}
	}
	return r.Problem == ""
}

// Check looks at a source once, opens what it finds and follows nothing.
func Check(s Source, cfg Config) Report {
	r := Report{Source: s}
	if err := s.problem(); err != nil {
		r.Problem = err.Error()
		return r
	}
	switch s.Kind {
	case Stdin, Command, Journal:
		r.Streams = append(r.Streams, Found{Name: s.pipeName(), Condition: line.Live})
	case Remote, RemoteGlob:
		r.visit(s, cfg)
	case File:
		r.Streams = append(r.Streams, examine(s.streamName(s.Path), s.Path))
		if isBinary(disk.System{}, s.Path, cfg.Encoding) {
			r.Notes = append(r.Notes, s.Path+" holds NUL bytes near its beginning and may not be text")
		}
	default:
		r.find(s, cfg)
	}
	return r
}

// find does what a finder does at its start, with streams that only note what
// they are.
func (r *Report) find(s Source, cfg Config) {
	listing, err := s.list(cfg.links())
	if err != nil && !disk.Gone(err) {
		r.Problem = fmt.Sprintf("directory %s: %s", s.Path, disk.Reason(err))
		return
	}
	known := map[string]bool{}
	for _, path := range listing.files {
		known[path] = true
	}
	for _, path := range listing.files {
		if note, ok := s.passedOver(path, known, cfg); !ok {
			r.Streams = append(r.Streams, examine(s.streamName(path), path))
		} else if note != "" {
			r.Notes = append(r.Notes, path+": "+note)
		}
	}
	if len(r.Streams) == 0 {
		r.Notes = append(r.Notes, s.Arg+" finds no file yet: it would be waited for")
	}
}

// passedOver reports whether a file that is found among others is no stream,
// and why where that is worth a word.
func (s Source) passedOver(path string, known map[string]bool, cfg Config) (note string, ok bool) {
	for _, base := range bases(path) {
		if known[base] {
			return "rotated predecessor of " + base, true
		}
	}
	info, err := disk.System{}.Stat(path)
	switch {
	case err != nil:
		return "", false
	case info.Kind != disk.Regular:
		return "", true
	case cfg.links() == inside && leadsOut(s.Path, path):
		return "link leads out of the listed directory, skipped", true
	case isBinary(disk.System{}, path, cfg.Encoding):
		return "not text, skipped; name it as a source of its own to follow it", true
	}
	return "", false
}

// examine opens a file once.
func examine(name, path string) Found {
	f := Found{Name: name, Path: path, Condition: line.Live}
	info, err := disk.System{}.Stat(path)
	if err == nil {
		f.Size = info.Size
	}
	if err == nil && info.Kind == disk.Regular {
		var file disk.File
		if file, err = (disk.System{}).Open(path); err == nil {
			file.Close()
		}
	}
	if err != nil {
		f.Condition, f.Reason = line.Failed, disk.Reason(err)
		if disk.Gone(err) {
			f.Condition = line.Waiting
		}
	}
	return f
}
