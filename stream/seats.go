package stream

import (
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
)

// seats counts viewers, all together and by address, and refuses those beyond
// what Config allows. Its methods may be called from any goroutine.
type seats struct {
	most int // in all
	each int // per address
	held atomic.Int64

	mu      sync.Mutex
	parties map[netip.Addr]*party
}

// party is the viewers that come from one address. A viewer without one has no
// seat.
type party struct {
	addr  netip.Addr
	count int // under seats.mu
}

func (s *seats) init(c *Config) {
	s.most, s.each = c.MaxViewers, c.MaxPerAddress
	s.parties = make(map[netip.Addr]*party)
}

// subscriberBits is how much of an IPv6 address names who is there; the rest is
// theirs to choose (RFC 6177).
const subscriberBits = 64

// take counts a viewer in. A refusal says which limit was reached, and leave
// is not called then.
func (s *seats) take(addr netip.Addr) (*party, *Refusal) {
	if s.held.Add(1) > int64(s.most) {
		s.held.Add(-1)
		return nil, &Refusal{http.StatusServiceUnavailable,
			fmt.Sprintf("there are %d viewers, which is the limit: try again later, or let the operator raise --max-viewers", s.most)}
	}
	addr = addr.Unmap()
	if addr.Is6() {
		prefix, _ := addr.WithZone("").Prefix(subscriberBits)
		addr = prefix.Addr()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.parties[addr]
	if p == nil {
		p = &party{addr: addr}
		s.parties[addr] = p
	}
	if p.count == s.each {
		s.held.Add(-1)
		return nil, &Refusal{http.StatusTooManyRequests,
			fmt.Sprintf("%d viewers come from your address, which is the limit: close some, or let the operator raise --max-viewers-per-address", s.each)}
	}
	p.count++
	return p, nil
}

// leave counts a viewer out.
func (s *seats) leave(p *party) {
	s.held.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.count--; p.count == 0 {
		delete(s.parties, p.addr)
	}
}
