package tailer

import (
	"tailbeam/tailer/history"
	"tailbeam/tailer/line"
	"tailbeam/tailer/stamp"
)

// newArchive returns what reads the files of this machine.
func newArchive(cfg Config, store *history.Store) *history.Archive {
	stamps := stamp.Reader{Location: cfg.Location}
	return history.NewArchive(history.Options{MaxLine: cfg.MaxLine, Encoding: cfg.Encoding, Time: stamps.Time, Store: store})
}

// historyOf returns the history of the file of a stream, which must lie in root
// unless that is empty.
func (t *Tailer) historyOf(st *stream, root string) line.History {
	files := t.archive.Open(st.path, root, st)
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
