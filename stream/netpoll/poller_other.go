//go:build !linux

package netpoll

// Poller stands where no descriptor is polled: every socket tells of its
// readiness by itself.
type Poller struct{}

// NewPoller returns a poller that has nothing to do.
func NewPoller() (*Poller, error) { return &Poller{}, nil }

// Events returns a channel on which nothing comes.
func (p *Poller) Events() <-chan []Event { return nil }

// Done gives the last batch back.
func (p *Poller) Done() {}

// Add does nothing.
func (p *Poller) Add(Socket, uint64) error { return nil }

// WantWrite does nothing.
func (p *Poller) WantWrite(Socket, uint64) error { return nil }

// WantRead does nothing.
func (p *Poller) WantRead(Socket, uint64) error { return nil }

// Remove does nothing.
func (p *Poller) Remove(Socket) error { return nil }

// Close does nothing.
func (p *Poller) Close() {}
