package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

// An onlooker is a recorder that is shown unfinished lines too.
type onlooker struct{ *recorder }

func (o onlooker) Partial(b *line.Batch) {
	o.mu.Lock()
	if b.Flags&line.Partial == 0 || b.Lines() != 1 {
		o.t.Errorf("%d entries, flags %b", b.Lines(), b.Flags)
	}
	if next, known := o.next[b.Pos.Gen]; known && next != b.Pos.Off {
		o.t.Errorf("shown at %v, the batch before ended at %d", b.Pos, next)
	}
	o.mu.Unlock()
	text := string(b.Data)
	if len(text) > 100 {
		text = text[:20]
	}
	text = "shown " + text
	if b.Flags&line.Continues != 0 {
		text = "..." + text
	}
	if b.Flags&line.Unfinished != 0 {
		text += "..."
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got = append(o.got, text)
	o.more.Broadcast()
}

func TestAnUnfinishedLineIsShown(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		cfg.Partial = time.Millisecond
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\nhal")
		r := onlooker{record(t)}
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"one\n"`, "changed live", "shown hal")
		write(t, path, "f, and ")
		r.want("shown half, and ")
		write(t, path, "whole\n\nPassword: ")
		r.want(`"half, and whole\n"`, `"\n"`)
		r.want("shown Password: ")
		must(t, os.Rename(path, path+".1"))
		write(t, path, "next\nzwei \xc3")
		r.wantLast("shown zwei ")
		r.wantLast(`"Password: "`) // complete, as nobody wrote to it any more
		write(t, path, "\xa4\n")
		r.wantLast(`"zwei ä\n"`)
		must(t, os.Truncate(path, 0))
		write(t, path, "anew")
		r.wantLast("shown anew")
	})
}

func TestTheFirstLineOfAFileIsShownUnfinished(t *testing.T) {
	cfg := quick()
	cfg.Partial, cfg.Encoding = time.Millisecond, charset.UTF16LE
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "\xff\xfeh\x00a")
	r := onlooker{record(t)}
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want("changed live", "shown h")
	write(t, path, "\x00\n\x00")
	r.want(`"ha\n"`)
}

func TestOfALongUnfinishedLineTheBeginningIsShown(t *testing.T) {
	cfg := quick()
	cfg.Partial, cfg.MaxLine = time.Millisecond, 100<<10
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, strings.Repeat("a", 90<<10))
	r := onlooker{record(t)}
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want("changed live", "shown "+strings.Repeat("a", 20)+"...")
	write(t, path, strings.Repeat("a", 10<<10)+"bcdefghi")
	r.wantLast("...shown bcdefghi")
}
