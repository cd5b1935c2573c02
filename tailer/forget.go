package tailer

import (
	"slices"
	"time"

	"tailbeam/tailer/line"
)

// letGo ends the streams of files that have been gone for long. Where there are very
// many that are gone, those that nobody watches need not have been for so long.
func (f *finder) letGo() {
	f.lookedForGone = time.Now()
	since := map[*stream]time.Time{}
	gone := f.t.streams(func(st *stream) bool {
		if st.arg != f.source.Arg {
			return false
		}
		since[st] = st.local.Gone()
		return !since[st].IsZero()
	})
	slices.SortFunc(gone, func(a, b *stream) int { return since[a].Compare(since[b]) })
	left := len(gone)
	for _, st := range gone {
		age := time.Since(since[st])
		long := age > f.t.cfg.Forget
		if !long && (left <= f.t.cfg.MaxGone || age < f.t.cfg.Forget/crowdedForget || f.t.isWatched(st)) {
			continue
		}
		left--
		f.t.letGo(st, "the file has been gone for "+age.Round(time.Second).String())
		f.t.cfg.Logger.Info("file let go", "stream", st.name)
	}
}

// crowdedForget is which part of Config.Forget a file must have been gone at least.
const crowdedForget = 60

// isWatched reports whether a stream has viewers, or had some lately who may come
// back.
func (t *Tailer) isWatched(st *stream) bool {
	watched, tells := t.registry.(line.Audience)
	return tells && watched.Watched(st.name)
}
