// Package local follows files of this machine by name, through rotation and
// truncation, and gives their lines to sinks.
//
// # What it promises
//
// Every line that can be read is delivered once, whole, and in the order of
// its file. A generation is what a name leads to, from its first byte to its
// last; another file under the name, or the same file cut, begins a new one.
// Live order across generations is the order in which they were read.
// Where bytes are known or suspected to be gone the sink gets a Gap.
//
// # How
//
// A stream is two tasks. The look task finds out what the name leads to, and
// opens it at once: an open descriptor is what keeps a renamed or removed file
// readable. The read task reads what is open, oldest first, and hands it to the
// sink; it may wait there while looking goes on. Each runs on one goroutine of
// a fixed set at a time, woken by a notify.Notifier, by the clock while an old
// generation is watched for late lines, and by a sweep that trusts nobody.
//
// Each read takes in the last bytes of what was read before. Other bytes there,
// or none, mean that the file was cut or written anew, however long it is now.
//
// # Who owns what
//
// A stream's sink is called from its read task only. What the look task adds,
// and when a generation lost its name, is guarded by Stream.mu; the rest of a
// generation belongs to the read task. No lock is held while files are touched
// or a sink is called.
//
// # Goroutines
//
//	Follower.work   Config.Readers and Config.Openers of them, end with Close
//	Follower.tick   one, ends with Close
package local
