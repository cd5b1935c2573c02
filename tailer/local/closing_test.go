package local

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestOneFileFollowedTwice(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "")
		f := New(cfg)
		defer f.Close()
		first, second := record(t), record(t)
		s := f.Follow(Target{Path: path, Sink: first})
		f.Follow(Target{Path: path, Sink: second})
		write(t, path, "1\n")
		first.wantLast(`"1\n"`)
		second.wantLast(`"1\n"`)
		s.Close()
		write(t, path, "2\n")
		second.wantLast(`"2\n"`)
		third := record(t)
		f.Follow(Target{Path: path, Sink: third})
		write(t, path, "3\n")
		second.want(`"3\n"`)
		third.wantLast(`"3\n"`)
		if slices.Contains(first.got, `"2\n"`) {
			t.Errorf("%q came after Close", first.got)
		}
	})
}

func TestFollowAgainAfterClose(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "")
		f := New(cfg)
		defer f.Close()
		for range 50 {
			r := record(t)
			s := f.Follow(Target{Path: path, Sink: r})
			write(t, path, "a line\n")
			r.wantLast(`"a line\n"`)
			s.Close()
		}
	})
}

func TestCloseWaitsForTheSink(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "1\n2\n")
	r := gated(t, 2)
	s := follow(t, quick(), Target{Path: path, Sink: r, Preload: Whole})
	<-r.closed
	done := make(chan struct{})
	go func() {
		s.Close()
		close(done)
	}()
	select {
	case <-done:
		t.Error("Close returned while the sink was called")
	default:
	}
	close(r.open)
	<-done
}
