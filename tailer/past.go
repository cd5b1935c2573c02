package tailer

import (
	"tailbeam/tailer/history"
	"tailbeam/tailer/line"
	"tailbeam/tailer/stamp"
)

// historyOf returns the history of the file of a stream, which must lie in root
// unless that is empty.
func (t *Tailer) historyOf(st *stream, root string) line.History {
	stamps := stamp.Reader{Location: t.cfg.Location}
	files := history.Open(st.path, history.Options{
		MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding, Root: root, Known: st, Time: stamps.Time, Store: t.past,
	})
	if st.kind == File {
		return fifoHistory{files, st}
	}
	return files
}

// Generations implements history.Known. There are none until the stream is
// followed.
func (st *stream) Generations() []history.Generation {
	if followed := st.known.Load(); followed != nil {
		return followed.Generations()
	}
	return nil
}
