package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// job is one chunk of history to read, or the beginning of a replay to find.
type job struct {
	loop  *loop
	token uint64 // of the viewer
	sub   *subscription
	leg   int
	log   *Log
	enc   encoder
	begin *beginning // to be found, or nil
	// partial: only an unterminated line is looked for. probe: nothing is read
	// but whether lines can be had.
	partial, probe bool
	// since, where it is not zero, is of when that line is to be: where begin is
	// set, nothing of the viewer comes before it.
	since  time.Time
	merger *merger // of several legs, instead of one
	place  wire.Place
	max    int // bytes of text

	// Of a filtered feed: what goes over the lines, what leads past some, the
	// search for the beginning, and what to go over in memory instead of files.
	sifter  *sifter
	hunting *hunting
	search  *search
	view    *view // whole
	part    *view // what of it counts
	off     uint64
}

// result is what came of a job.
type result struct {
	job
	out     []byte // frames
	frames  uint64 // in out
	gap     *line.Gap
	inFront *line.Gap  // what is missing before the beginning
	left    wire.Place // behind the gap, where that is not at its end alone
	atEnd   bool       // nothing more is in the files
	end     uint64     // of the log when the job began
	refusal error      // the beginning cannot be found, by the viewer's fault

	from       uint64 // where a job in memory began
	unfinished bool   // the beginning is still to be found
	away       bool   // the files cannot be reached for now
}

// run does a job.
func (j job) run(ctx context.Context, buf []byte) result {
	r := result{job: j, end: j.log.view().end}
	var err error
	switch {
	case j.merger != nil:
		j.merger.run(ctx, buf)
		return r
	case j.probe:
		err = j.look(ctx, buf)
		r.away = errors.Is(err, line.ErrAway)
		return r
	case j.partial:
		r.addPartial(ctx, buf)
	case j.view != nil:
		r.siftMemory(ctx)
		return r
	case j.begin == nil && j.sifter != nil:
		err = r.siftFiles(ctx, buf)
	case j.begin == nil:
		err = r.advance(ctx, buf)
	case j.begin.kind == atTime:
		found := []beginning{*j.begin}
		if err = findTimes(ctx, []*Log{j.log}, found); err != nil && !errors.Is(err, line.ErrAway) {
			r.refusal = err
			return r
		}
		r.place = found[0].place
	case j.search != nil:
		err = r.seek(ctx, buf)
	default:
		r.place, r.inFront, err = findBeginning(ctx, j.log, j.begin, buf)
	}
	var gone *line.GoneError
	switch {
	case err == nil:
	case errors.As(err, &gone):
		r.gap = &gone.Gap
	case err == io.EOF:
		r.atEnd = true
	case errors.Is(err, line.ErrAway):
		r.away = true
	default:
		r.gap = &line.Gap{Bytes: line.UnknownBytes, Reason: "the file cannot be read: " + err.Error()}
	}
	return r
}

// advance reads and encodes what comes next at the place of the job.
func (r *result) advance(ctx context.Context, buf []byte) error {
	b, i, err := r.read(ctx, buf)
	if err == errLed {
		return nil
	}
	if err == nil {
		r.encode(ctx, &b, i)
	}
	return err
}

// read returns what comes next at the place of the job, and to which position of
// the place it belongs.
func (r *result) read(ctx context.Context, buf []byte) (line.Batch, int, error) {
	whole := r.place
	if len(whole) > 1 { // a cursor may be older than what puts them in their order
		_, gens := r.log.snapshot()
		whole = gens.sorted(whole)
	}
	r.place = slices.Clone(beforeCut(whole))
	b, i, err := r.readAtPlace(ctx, buf)
	var gone *line.GoneError
	if len(r.place) == len(whole) || !errors.As(err, &gone) {
		return b, i, err
	}
	// What the newest file follows on is gone, and the viewer has it. Whether
	// another came in between, nobody knows.
	newest := whole.Last()
	if _, err := r.log.origin.History.Forward(ctx, newest, buf); errors.As(err, new(*line.GoneError)) {
		r.place = slices.Clone(whole)
		return r.readAtPlace(ctx, buf)
	}
	gone.Gap.To, r.left = newest, wire.Place{newest}
	gone.Gap.Reason = "what the file followed on is gone, and what came in between as well, if anything did"
	return b, i, err
}

// peek is how much is read to see whether something came late in an older file: as
// a rule nothing did, and what is read is how the next one begins.
const peek = 4 << 10

// errLed says that nothing was read but the place is further on.
var errLed = errors.New("led past what the filter does not choose")

func (r *result) readAtPlace(ctx context.Context, buf []byte) (none line.Batch, _ int, _ error) {
	h := r.log.origin.History
	if len(r.place) == 0 {
		p, err := h.Start(ctx)
		if err != nil || p.IsZero() {
			return none, 0, errors.Join(err, io.EOF)
		}
		r.place = wire.Place{p}
	}
	for i, p := range r.place {
		last := i == len(r.place)-1
		size := min(r.max, len(buf))
		if last {
			skipped, worth := r.skip(ctx, i, size)
			if skipped {
				return none, 0, errLed
			}
			size = worth
		}
		b, err := line.Batch{}, error(nil)
		if !last {
			b, err = h.Forward(ctx, p, buf[:min(size, peek)])
		}
		if last || err == nil && (b.Pos.Gen == p.Gen || b.Flags&line.Renamed != 0) {
			b, err = h.Forward(ctx, p, buf[:size])
		}
		if err == io.ErrShortBuffer {
			b, err = h.Forward(ctx, p, buf)
		}
		if (err == nil || err == io.EOF) && b.Flags&line.Renamed != 0 && indexOf(r.place, b.Pos.Gen) < 0 {
			p.Gen, r.place[i].Gen = b.Pos.Gen, b.Pos.Gen
		}
		switch {
		case err == io.EOF || err == nil && b.Flags&line.Partial != 0:
			continue
		case errors.Is(err, line.ErrAway):
			return none, 0, err
		case err != nil && !last:
			continue // an older file is gone; all that was to come of it was late
		case err != nil:
			r.leave(ctx, err, buf)
			return none, 0, err
		case b.Pos.Gen != p.Gen && indexOf(r.place, b.Pos.Gen) >= 0:
			continue
		case b.Pos.Gen != p.Gen && !last:
			continue
		}
		if r.trim(&b, p.Gen); len(b.Ends) == 0 {
			continue
		}
		r.hunting.read(&b)
		return b, i, nil
	}
	return none, 0, io.EOF
}

// leave sees to it, where a file is gone, that the viewer goes on where it stands
// in the others of its place: what it has of those must not come again.
func (r *result) leave(ctx context.Context, err error, buf []byte) {
	var gone, too *line.GoneError
	others := r.place[:len(r.place)-1]
	if len(others) == 0 || !errors.As(err, &gone) {
		return
	}
	if _, err := r.log.origin.History.Forward(ctx, others.Last(), buf); errors.As(err, &too) {
		return
	}
	gone.Gap.To, r.left = others.Last(), others
}

// trim shortens a batch to what the live side has read as well and to the
// size of the job. It leaves nothing of a generation that the live side does
// not know yet.
func (r *result) trim(b *line.Batch, from line.Generation) {
	_, gens := r.log.snapshot()
	limit := int64(r.max)
	switch of, before := gens.find(b.Pos.Gen), gens.find(from); {
	case of >= 0 && gens[of].before: // the live side does not read it
	case of >= 0:
		limit = min(limit, gens[of].end-b.Pos.Off)
		if gens[of].end-b.Pos.Off <= 0 {
			b.Ends = nil
			return
		}
	case before >= 0 && before == len(gens)-1:
		b.Ends = nil
		return
	}
	n, raw := 1, b.RawEnds()
	for n < len(raw) && int64(raw[n]) <= limit {
		n++
	}
	if n == len(raw) {
		return
	}
	b.Ends, b.Data = b.Ends[:n], b.Data[:b.Ends[n-1]]
	if b.Raw != nil {
		b.Raw = b.Raw[:n]
	}
	b.Flags &^= line.Unfinished
}

// encode encodes a batch that belongs to position i of the place.
func (r *result) encode(ctx context.Context, b *line.Batch, i int) {
	scratch, i := r.lay(b, i)
	v := scratch.view()
	out := chunk{buf: r.out}
	if r.sifter != nil {
		r.sifter.encode(ctx, &out, r.enc, scratch, &v, 0, func(uint64) bool { return false }, time.Time{})
	} else {
		out.buf = make([]byte, 0, len(b.Data)+min(len(b.Data)/4, 256*len(b.Ends)))
		encode(&out, r.enc, scratch, &v, 0, len(b.Data)*4, time.Time{})
	}
	r.out = out.buf
	r.frames += out.frames
	r.place[i] = b.End()
}

// lay makes the frames of a batch that belongs to position i of the place, and
// returns to which it belongs now.
func (r *result) lay(b *line.Batch, i int) (*Log, int) {
	scratch := r.log.scratch(b)
	if b.Pos.Gen != r.place[i].Gen {
		r.place = append(r.place, b.Pos)
		r.place = r.place[max(len(r.place)-wire.MaxPlace, 0):]
		i = len(r.place) - 1
	}
	for k, p := range r.place {
		if k != i {
			scratch.older = append(scratch.older, p)
		}
	}
	scratch.fill(b)
	scratch.publish()
	return scratch, i
}

// addPartial encodes the unterminated line at the place of the job, if there is
// one. The viewer stays before it.
func (r *result) addPartial(ctx context.Context, buf []byte) {
	if len(r.place) == 0 {
		return
	}
	_, gens := r.log.snapshot()
	place := gens.sorted(slices.Clone(r.place))
	b, err := r.log.origin.History.Forward(ctx, place.Last(), buf)
	if err != nil || b.Flags&line.Partial == 0 || r.early(&b) {
		return
	}
	r.place = slices.Clone(place)
	r.encode(ctx, &b, len(place)-1)
	r.place = place
}

// early reports whether an unterminated line is older than what is asked for. One
// that says no time is as old as the one before it.
func (r *result) early(b *line.Batch) bool {
	if r.since.IsZero() {
		return false
	}
	if marks := r.log.origin.Marks; marks != nil {
		if t, ok := marks.Time(b.Data); ok {
			return t.Before(r.since)
		}
	}
	return r.begin != nil
}
