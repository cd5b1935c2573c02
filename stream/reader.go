package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// readers read history for replays, away from the loops. Each replay has one
// job at most, so that they take turns.
//
// All of them rest at the same time, for a moment every few milliseconds. While
// a processor always has something to run, Go's scheduler looks for what else
// has come, such as word of new lines, every 10 ms at best, and lets that wait
// for up to 61 turns of those who keep it busy.
type readers struct {
	mu      sync.Mutex
	more    sync.Cond
	jobs    []job
	rested  time.Time // when the last rest ended
	resting bool
	stopped bool
	wait    sync.WaitGroup
	cancel  context.CancelFunc
	free    [][]byte // buffers that nobody uses, the last one first
}

// A stint is for how long readers work between two rests.
const (
	stint = time.Millisecond
	rest  = 100 * time.Microsecond
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
	// partial: only an unterminated line is looked for.
	partial bool
	place   wire.Place
	max     int // bytes of text

	// Of a filtered feed: what goes over the lines, the search for the
	// beginning, and what to go over in memory instead of files.
	sifter *sifter
	search *search
	view   *view // whole
	part   *view // what of it counts
	off    uint64
}

// result is what came of a job.
type result struct {
	job
	out     []byte // frames
	frames  uint64 // in out
	gap     *line.Gap
	left    wire.Place // behind the gap, where that is not at its end alone
	atEnd   bool       // nothing more is in the files
	end     uint64     // of the log when the job began
	refusal error      // the beginning cannot be found, by the viewer's fault

	unfinished bool // the beginning is still to be found
	away       bool // the files cannot be reached for now
}

// start runs n readers. A buffer holds the longest piece of a line.
func (r *readers) start(n, buffer int) {
	ctx, cancel := context.WithCancel(context.Background())
	r.more.L = &r.mu
	r.cancel = cancel
	for range n {
		r.wait.Go(func() {
			for {
				j, ok := r.next()
				if !ok {
					return
				}
				buf := r.borrow(buffer)
				done := j.run(ctx, buf)
				r.giveBack(buf)
				if done.away {
					time.AfterFunc(awayPause, func() { r.add(j) })
					continue
				}
				j.loop.leave(func(in *inbox) { in.read = append(in.read, done) })
			}
		})
	}
}

// borrow lends a buffer. There are as many as jobs run at once: a single viewer
// is served from the same one all the time.
func (r *readers) borrow(size int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.free)
	if n == 0 {
		return make([]byte, size)
	}
	buf := r.free[n-1]
	r.free = r.free[:n-1]
	return buf
}

func (r *readers) giveBack(buf []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, buf)
}

// awayPause is how long a job waits whose files cannot be reached for now.
const awayPause = 250 * time.Millisecond

// stop ends the readers and waits for them.
func (r *readers) stop() {
	r.mu.Lock()
	r.stopped = true
	r.more.Broadcast()
	r.mu.Unlock()
	r.cancel()
	r.wait.Wait()
}

// add queues a job. There is one for each replay at most.
func (r *readers) add(j job) {
	r.mu.Lock()
	r.jobs = append(r.jobs, j)
	r.more.Signal()
	r.mu.Unlock()
}

func (r *readers) next() (job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for (len(r.jobs) == 0 || r.resting) && !r.stopped {
		r.more.Wait()
	}
	if !r.stopped && time.Since(r.rested) > stint {
		r.restLocked()
	}
	if r.stopped {
		return job{}, false
	}
	j := r.jobs[0]
	r.jobs = slices.Delete(r.jobs, 0, 1)
	return j, true
}

// restLocked lets no reader work for a moment.
func (r *readers) restLocked() {
	r.resting = true
	r.mu.Unlock()
	time.Sleep(rest)
	r.mu.Lock()
	r.rested, r.resting = time.Now(), false
	r.more.Broadcast()
}

// run does a job.
func (j job) run(ctx context.Context, buf []byte) result {
	r := result{job: j, end: j.log.view().end}
	var err error
	switch {
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
		if r.refusal = findTimes(ctx, []*Log{j.log}, found); r.refusal != nil {
			return r
		}
		r.place = found[0].place
	case j.search != nil:
		err = r.seek(ctx, buf)
	default:
		r.place, err = findBeginning(ctx, j.log, j.begin, buf)
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

// findBeginning returns the place that is some lines before another.
func findBeginning(ctx context.Context, log *Log, begin *beginning, buf []byte) (wire.Place, error) {
	h, n := log.origin.History, begin.n
	if n == All {
		p, err := h.Start(ctx)
		return placeOf(p), err
	}
	p := begin.place.Last()
	if p.IsZero() {
		var err error
		if p, err = h.End(ctx); err != nil || p.IsZero() {
			return nil, err
		}
	}
	for n > 0 {
		b, err := h.Backward(ctx, p, buf)
		if err != nil {
			if !overGap(err, &p) {
				break
			}
			continue
		}
		p = b.Pos
		for i := b.Lines() - 1; i >= 0 && n > 0; i-- {
			p.Off = b.Pos.Off
			if i > 0 {
				p.Off += int64(b.RawEnds()[i-1])
			}
			if i > 0 || b.Flags&line.Continues == 0 {
				n--
			}
		}
	}
	return placeOf(p), nil
}

// overGap moves p to before what is missing there, and reports whether anything
// can be had before that: who reads on from there is told of the gap.
func overGap(err error, p *line.Position) bool {
	var gone *line.GoneError
	if !errors.As(err, &gone) || gone.Gap.To != *p || gone.Gap.From.IsZero() || gone.Gap.From == *p {
		return false
	}
	*p = gone.Gap.From
	return true
}

func placeOf(p line.Position) wire.Place {
	if p.IsZero() {
		return nil
	}
	return wire.Place{p}
}

// advance reads and encodes what comes next at the place of the job.
func (r *result) advance(ctx context.Context, buf []byte) error {
	whole := r.place
	r.place = slices.Clone(beforeCut(whole))
	err := r.advanceAtPlace(ctx, buf)
	var gone *line.GoneError
	if len(r.place) < len(whole) && errors.As(err, &gone) {
		// What the newest file follows on is gone, and the viewer has it.
		r.place = slices.Clone(whole)
		err = r.advanceAtPlace(ctx, buf)
	}
	return err
}

func (r *result) advanceAtPlace(ctx context.Context, buf []byte) error {
	h := r.log.origin.History
	if len(r.place) == 0 {
		p, err := h.Start(ctx)
		if err != nil || p.IsZero() {
			return errors.Join(err, io.EOF)
		}
		r.place = wire.Place{p}
	}
	for i, p := range r.place {
		b, err := h.Forward(ctx, p, buf[:min(r.max, len(buf))])
		if err == io.ErrShortBuffer {
			b, err = h.Forward(ctx, p, buf)
		}
		last := i == len(r.place)-1
		if (err == nil || err == io.EOF) && b.Flags&line.Renamed != 0 && indexOf(r.place, b.Pos.Gen) < 0 {
			p.Gen, r.place[i].Gen = b.Pos.Gen, b.Pos.Gen
		}
		switch {
		case err == io.EOF || err == nil && b.Flags&line.Partial != 0:
			continue
		case errors.Is(err, line.ErrAway):
			return err
		case err != nil && !last:
			continue // an older file is gone; all that was to come of it was late
		case err != nil:
			r.leave(ctx, err, buf)
			return err
		case b.Pos.Gen != p.Gen && indexOf(r.place, b.Pos.Gen) >= 0:
			continue
		case b.Pos.Gen != p.Gen && !last:
			continue
		}
		if r.trim(&b, p.Gen); len(b.Ends) == 0 {
			continue
		}
		r.encode(ctx, &b, i)
		return nil
	}
	return io.EOF
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
	if k := gens.find(b.Pos.Gen); k >= 0 {
		limit = min(limit, gens[k].end-b.Pos.Off)
		if gens[k].end-b.Pos.Off <= 0 {
			b.Ends = nil
			return
		}
	} else if k := gens.find(from); k >= 0 && k == len(gens)-1 {
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

// addPartial encodes the unterminated line at the place of the job, if there is
// one. The viewer stays before it.
func (r *result) addPartial(ctx context.Context, buf []byte) {
	place := slices.Clone(r.place)
	if len(place) == 0 {
		return
	}
	b, err := r.log.origin.History.Forward(ctx, place.Last(), buf)
	if err != nil || b.Flags&line.Partial == 0 {
		return
	}
	r.place = slices.Clone(place)
	r.encode(ctx, &b, len(place)-1)
	r.place = place
}

// fetch has a reader read on for a leg of a replay.
func (l *loop) fetch(s *subscription, i int) {
	g := &s.legs[i]
	j := l.jobOf(s, i)
	if !g.found {
		begin := g.begin
		j.begin = &begin
	}
	s.reading = true
	l.server.readers.add(j)
}

// jobOf returns a job for a leg of a replay.
func (l *loop) jobOf(s *subscription, i int) job {
	g := &s.legs[i]
	j := job{
		loop: l, token: s.viewer.token(), sub: s, leg: i,
		log: s.logs()[i], enc: s.beside(i), place: g.place, max: max(s.ahead, replayChunk),
	}
	if s.filtered() {
		l.equip(&j, s, g)
	}
	return j
}

// replayed takes what a reader read.
func (l *loop) replayed(r *result) {
	v := l.viewers.find(r.token)
	if v == nil || v.state != open || v.more == nil || !slices.Contains(v.more.subs, r.sub) || r.sub.legs == nil {
		return
	}
	s := r.sub
	s.reading = false
	if r.refusal != nil {
		l.unsubscribe(v, s)
		l.answer(v, s.id, 400, r.refusal.Error())
		return
	}
	g := &s.legs[r.leg]
	if s.filtered() && !l.sifted(r, g) {
		return
	}
	g.found, g.place, g.strict = true, r.place, g.strict && !r.atEnd
	v.moved(&s.sub)
	switch {
	case r.gap != nil:
		l.missing(s, r.leg, *r.gap, r.left)
		return
	case r.atEnd && !g.enterBehindFiles(r.log) && r.log.view().end == r.end:
		l.missing(s, r.leg, line.Gap{Bytes: line.UnknownBytes, Reason: "these lines are no longer in the file or in memory"}, nil)
		return
	}
	if len(v.more.out) == 0 {
		v.more.out = r.out
	} else {
		v.more.out = append(v.more.out, r.out...)
	}
	l.tally.frames += r.frames
	s.ahead = replayChunk
	if l.flush(v) { // it takes what comes: more at once costs less
		s.ahead = min(2*r.max, l.server.config.MaxUnsent)
	}
	l.wake()
}

// enterBehindFiles reports whether a replay that has read the files to their
// end can go on in memory. Where the log knows nothing of the generation that
// was read last, it follows on that.
func (g *leg) enterBehindFiles(log *Log) bool {
	if _, _, _, ok := log.enter(g.place); ok {
		return true
	}
	_, gens := log.snapshot()
	for _, p := range g.place {
		if gens.find(p.Gen) >= 0 {
			return false
		}
	}
	v, off, _, ok := log.enter(nil)
	if ok {
		g.inMemory, g.off = true, off
		if place := v.place(off); len(place) > 0 {
			g.place = place // else nothing was followed yet, and what it read last tells
		}
	}
	return ok
}
