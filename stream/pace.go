package stream

import "time"

// pace decides when a loop sweeps. An idle loop sends at once; when a sweep
// takes long, lines gather, because it is the number of lines in a write that
// decides what each costs.
type pace struct {
	most  time.Duration // Config.Gather
	next  time.Time     // not before
	clock *time.Timer
	armed bool
}

// A sweep of more than slowSweep is followed by the next one gatherSome after
// it began, one that took longer than that by Config.Gather.
const (
	slowSweep  = time.Millisecond
	gatherSome = 5 * time.Millisecond
)

// wait returns how long after now the next sweep is due.
func (p *pace) wait(now time.Time) time.Duration { return max(p.next.Sub(now), 0) }

// swept takes when a sweep began and how long it took.
func (p *pace) swept(begin time.Time, took time.Duration) {
	switch {
	case took > gatherSome:
		p.next = begin.Add(p.most)
	case took > slowSweep:
		p.next = begin.Add(min(gatherSome, p.most))
	default:
		p.next = time.Time{}
	}
}

// due reports whether it is time, and sets the timer otherwise.
func (p *pace) due() bool {
	wait := p.wait(time.Now())
	if wait == 0 {
		return true
	}
	if !p.armed {
		p.armed = true
		if p.clock == nil {
			p.clock = time.NewTimer(wait)
		} else {
			p.clock.Reset(wait)
		}
	}
	return false
}

// timer returns what to wait for, which is nothing while no timer is set.
func (p *pace) timer() <-chan time.Time {
	if !p.armed {
		return nil
	}
	return p.clock.C
}
