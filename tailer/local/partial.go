package local

import (
	"time"
	"unicode/utf8"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

// A partial is what a line.PartialSink knows of the unfinished line at the end of
// the newest generation.
type partial struct {
	of    *generation
	off   int64   // of the line in it
	since instant // the line is unfinished, or was shown last
	shown int     // bytes, of those that are held; 0 for none
}

// maxPartial is how many bytes of an unfinished line are shown at the most.
const maxPartial = 64 << 10

// showPartial gives the unfinished line that is held to a sink that takes it, when
// it is old enough, and again when it has grown, so often at most. It returns
// after what time it is to be called again, or 0 where nothing is to be shown.
func (s *Stream) showPartial(b *buffer) time.Duration {
	sink, takes := s.target.Sink.(line.PartialSink)
	if !takes || len(s.view) == 0 || s.trouble != "" {
		return 0
	}
	g := s.view[len(s.view)-1]
	s.mu.Lock()
	named := g == s.newestLocked() && g.retired.IsZero() && s.named.condition == line.Live
	s.mu.Unlock()
	if !named || len(g.held) == 0 {
		s.partial = partial{}
		return 0
	}
	p := &s.partial
	if p.of != g || p.off != g.off {
		*p = partial{of: g, off: g.off, since: instantOf(g.checked)}
	}
	if p.shown == len(g.held) {
		return 0
	}
	if left := s.f.cfg.Partial - p.since.age(); left > 0 {
		return left
	}
	p.since, p.shown = instantOf(time.Now()), len(g.held)
	if s.peek(b, g); len(b.batch.Data) > 0 {
		sink.Partial(&b.batch)
	}
	b.batch = line.Batch{}
	return 0
}

// peek makes a batch of the line that g holds, which stays held. It ends behind a
// whole character.
func (s *Stream) peek(b *buffer, g *generation) {
	s.sniff(g, g.held)
	text := g.held
	if len(text) > maxPartial {
		text = text[:maxPartial]
	}
	if g.cut.Encoding == charset.UTF8 {
		text = wholeCharacters(text)
	} else {
		text = text[:len(text)-len(text)%g.cut.Encoding.Unit()]
	}
	cut := g.cut // which stands where it stood
	cut.Rest(text, &b.converted, &b.batch)
	b.batch.Pos = g.position()
	b.batch.Flags |= line.Partial
	if len(g.held) > maxPartial {
		b.batch.Flags |= line.Unfinished
	}
}

// wholeCharacters returns text without the beginning of a character of UTF-8 at
// its end.
func wholeCharacters(text []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if at := len(text) - n; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				return text[:at]
			}
			break
		}
	}
	return text
}
