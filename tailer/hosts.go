package tailer

import (
	"fmt"

	"tailbeam/tailer/line"
	"tailbeam/tailer/remote"
	"tailbeam/tailer/stamp"
)

// remoteConfig returns how other hosts are read.
func (t *Tailer) remoteConfig() remote.Config {
	stamps := stamp.Reader{Location: t.cfg.Location}
	return remote.Config{
		Dial: t.cfg.SSH.options(), MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding, Linger: t.cfg.Linger, Grace: t.cfg.Grace,
		Time: stamps.Time, Store: t.past, Logger: t.cfg.Logger,
	}
}

// host returns the host of a source.
func (t *Tailer) host(s Source) *remote.Host {
	if t.hosts == nil {
		t.hosts = remote.Open(t.remoteConfig())
	}
	return t.hosts.Host(s.Host)
}

// place is what a path of a source is known by.
func (s Source) place(path string) string {
	if s.remote() {
		return s.Host.String() + ":" + path
	}
	return path
}

// addRemote follows one file of another host. It does not wait for that.
func (t *Tailer) addRemote(s Source, path string, preload int64) error {
	return t.addOn(t.host(s), s, path, preload)
}

func (t *Tailer) addOn(host *remote.Host, s Source, path string, preload int64) error {
	name := s.streamName(path)
	st, err := t.reserve(name, s.place(path), s)
	if st == nil {
		return err
	}
	st.remote = host.Stream(path)
	sink, err := t.registry.Open(name, line.Origin{
		Source: s.Arg, Path: s.place(path), Host: s.Host.String(), History: st.remote.History(), Marks: t.marksOf(""),
	})
	if err != nil {
		t.forget(st)
		return fmt.Errorf("stream %s: %w", name, err)
	}
	st.remote.Follow(sink, preload)
	return nil
}
