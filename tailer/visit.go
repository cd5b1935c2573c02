package tailer

import (
	"context"
	"slices"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/remote"
)

// visit connects to a host once and looks at what a source finds there.
func (r *Report) visit(s Source, cfg Config) {
	t := &Tailer{cfg: cfg.withDefaults()}
	err := remote.Visit(context.Background(), s.Host, t.remoteConfig(), func(v *remote.Visitor) error {
		if s.Kind == Remote {
			r.Streams = append(r.Streams, look(v, s, s.Path))
			return nil
		}
		paths, err := v.List(&remote.Find{Dir: s.Path, Pattern: s.Pattern})
		if err != nil {
			return err
		}
		for _, path := range paths {
			switch {
			case slices.ContainsFunc(bases(path), func(base string) bool { return slices.Contains(paths, base) }):
			case isBinary(v, path, cfg.Encoding):
				r.Notes = append(r.Notes, s.place(path)+": not text, skipped; name it as a source of its own to follow it")
			default:
				r.Streams = append(r.Streams, look(v, s, path))
			}
		}
		if len(r.Streams) == 0 {
			r.Notes = append(r.Notes, s.Arg+" finds no file yet: it would be waited for")
		}
		return nil
	})
	if err != nil {
		r.Problem = s.Host.String() + ": " + err.Error()
	}
}

// look opens a file of another host once.
func look(files disk.FS, s Source, path string) Found {
	f := Found{Name: s.streamName(path), Path: s.place(path), Condition: line.Live}
	file, err := files.Open(path)
	var info disk.Info
	if err == nil {
		info, err = file.Stat()
		file.Close()
	}
	f.Size = info.Size
	switch {
	case disk.Gone(err):
		f.Condition, f.Reason = line.Waiting, disk.Reason(err)
	case err != nil:
		f.Condition, f.Reason = line.Failed, disk.Reason(err)
	case info.Kind == disk.Directory:
		f.Condition, f.Reason = line.Failed, "is a directory: write it with a slash at its end to follow its files"
	case info.Kind != disk.Regular:
		f.Condition, f.Reason = line.Failed, "is no file"
	}
	return f
}
