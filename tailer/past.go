package tailer

import (
	"context"
	"time"

	"tailbeam/tailer/disk"
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

const (
	// maxPacked is how many bytes of a compressed file are unpacked to know where
	// it ends, and maxLook how long that may take: a reader waits for it.
	maxPacked = 8 << 20
	maxLook   = 2 * time.Second
)

// before returns what finds the end of what lies before a file of a stream.
func (t *Tailer) before(st *stream, root string) func(disk.ID) line.Position {
	return func(id disk.ID) line.Position {
		ctx, cancel := context.WithTimeout(context.Background(), maxLook)
		defer cancel()
		end, err := t.archive.Open(st.path, root, st).Before(ctx, id, maxPacked)
		if err != nil {
			t.cfg.Logger.Debug("what lies before a file", "path", st.path, "err", err)
		}
		return end
	}
}

// Generations implements history.Known. There are none until the stream is
// followed.
func (st *stream) Generations() []history.Generation {
	if followed := st.known.Load(); followed != nil {
		return followed.Generations()
	}
	return nil
}
