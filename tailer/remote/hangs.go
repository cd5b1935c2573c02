package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tailbeam/tailer/remote/shell"
)

// silent notes what hangs, if err says that a session has ended for it: nothing is
// asked of that again until it answers. Where that is not told, what is followed is
// asked one by one before it is followed again.
func (h *Host) silent(err error) error {
	var silence *shell.Silence
	if !errors.As(err, &silence) {
		return err
	}
	if silence.Path != "" {
		h.hang(silence.Path)
	} else {
		h.doubted.Store(true)
	}
	return err
}

// suspect is silent for who reads history, of which a search may take long: what
// was not answered is asked for once more before it is taken to hang.
func (h *Host) suspect(err error) {
	var silence *shell.Silence
	if !errors.As(err, &silence) || silence.Path == "" || h.hosts.ctx.Err() != nil {
		return
	}
	h.working.Go(func() {
		if err := h.ask(h.hosts.ctx, silence.Path); errors.Is(err, errNoAnswer) {
			h.hang(silence.Path)
		}
	})
}

// hang has nothing asked of a path for now.
func (h *Host) hang(name string) {
	h.hangs.Add(name)
	h.hosts.cfg.Logger.Warn("file system does not answer", "remote", h.name, "path", name)
	h.working.Go(func() {
		// What begins to hang while the last one ends is seen here or there.
		for len(h.hangs.All()) > 0 && h.hosts.ctx.Err() == nil && h.checking.CompareAndSwap(false, true) {
			h.recheck(h.hosts.ctx)
			h.checking.Store(false)
		}
	})
}

var errNoAnswer = errors.New("it does not answer")

// errHung ends a connection over which something was asked that hangs: what waits
// over there is ended with it.
var errHung = errors.New("a file system there hangs, and is left out from now on")

// sift finds out which of the files that are followed hang, where one does.
func (h *Host) sift(ctx context.Context, s *shell.Session) error {
	if !h.doubted.Load() {
		return nil
	}
	h.mu.Lock()
	var paths []string
	for name := range h.streams {
		paths = append(paths, name)
	}
	h.mu.Unlock()
	slices.Sort(paths)
	for _, name := range paths {
		if h.hangs.Of(name) != nil || h.answers(ctx, s, name) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.Err(); err != nil {
			return err
		}
		h.hang(name)
		return errHung
	}
	h.doubted.Store(false)
	return nil
}

func (h *Host) answers(ctx context.Context, s *shell.Session, name string) bool {
	limited, cancel := context.WithTimeout(ctx, h.hosts.cfg.Hang)
	defer cancel()
	return s.Answers(limited, name)
}

// recheck asks what hangs from time to time, over a connection of its own, until
// nothing does any more. The less often the longer that is: each time something may
// be left over there that cannot be ended while the file system hangs.
func (h *Host) recheck(ctx context.Context) {
	for pause := 3 * h.hosts.cfg.Hang; len(h.hangs.All()) > 0; pause = min(2*pause, 120*h.hosts.cfg.Hang) {
		if wait(ctx, pause) != nil {
			return
		}
		for _, name := range h.hangs.All() {
			if err := h.ask(ctx, name); err != nil {
				h.hosts.cfg.Logger.Debug("asked what hangs", "remote", h.name, "path", name, "err", err)
				continue
			}
			h.hangs.Remove(name)
			h.hosts.cfg.Logger.Info("file system answers again", "remote", h.name, "path", name)
		}
		h.files.Again()
		h.woken("")
	}
}

// ask returns why a path does not answer.
func (h *Host) ask(ctx context.Context, name string) error {
	return h.once(ctx, func(s *shell.Session) error {
		if !h.answers(ctx, s, name) {
			if err := errors.Join(ctx.Err(), s.Err()); err != nil {
				return err
			}
			return fmt.Errorf("%s: %w within %s", name, errNoAnswer, h.hosts.cfg.Hang)
		}
		return nil
	})
}
