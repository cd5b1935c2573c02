package stream

import "testing"

func TestAStreamIsWatchedByWhoMayComeBack(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	w.open("a")
	if w.hub.Watched("a") || w.hub.Watched("b") {
		t.Error("nobody was there")
	}
	c := w.dial("stream=a")
	c.settle()
	if !w.hub.Watched("a") {
		t.Error("a viewer is there")
	}
	c.Close()
	log, _ := w.hub.Log("a")
	w.until("the viewer is gone", func() bool { return log.viewers.Load() == 0 })
	if !w.hub.Watched("a") {
		t.Error("the viewer may come back")
	}
}
