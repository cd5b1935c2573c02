package stream

// maxMeasured bounds how many viewers are looked at for the lag of a second.
const maxMeasured = 1000

// measure takes how the loop's viewers stand. Only those that are blocked or in
// replay lag at all.
func (l *loop) measure() {
	blockedNow, lag, looks := 0, int64(0), 0
	for v := range l.watched {
		if v.flags&blocked == 0 {
			continue
		}
		blockedNow++
		if looks++; looks <= maxMeasured && v.sub.tap != nil {
			lag = max(lag, v.sub.lacks())
		}
		if v.more == nil || looks > maxMeasured {
			continue
		}
		for _, s := range v.more.subs {
			if s.tap != nil {
				lag = max(lag, s.lacks())
			}
		}
	}
	for i, s := range l.replays {
		if i == maxMeasured {
			break
		}
		lag = max(lag, s.behind())
	}
	l.tally.blocked.Store(int32(blockedNow))
	l.tally.replays.Store(int32(len(l.replays)))
	l.tally.lag.Store(lag)
}

// lacks returns how many bytes of its ring a sub was not sent.
func (s *sub) lacks() int64 {
	s.tap.ring.mu.Lock()
	defer s.tap.ring.mu.Unlock()
	return int64(s.tap.ring.end - s.off)
}

// behind returns how many bytes of text a replay lacks, as far as its logs know.
func (s *subscription) behind() (bytes int64) {
	for i, log := range s.logs() {
		_, gens := log.snapshot()
		_, end := log.condition()
		if n := gens.between(s.legs[i].place, end); n > 0 {
			bytes += n
		}
	}
	return bytes
}
