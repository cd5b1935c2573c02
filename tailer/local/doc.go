// Package local follows files of this machine by name, through rotation and
// truncation, and gives their lines to sinks.
//
// # What it promises
//
// Every line that can be read is delivered once, whole, and in the order of
// its file. A generation is what a name leads to, from its first byte to its
// last; another file under the name, or the same file cut, begins a new one.
// Live order across generations is the order in which they were read.
// Where bytes are known or likely to be gone the sink gets a Gap.
//
// # How
//
// A stream is two tasks. The look task finds out what the name leads to, and
// opens it at once: an open descriptor is what keeps a renamed or removed file
// readable, see unlink(2). The read task reads what is open, oldest first, and
// hands it to the sink; it may wait there while looking goes on. Each runs on
// one goroutine of a fixed set at a time, woken by a notify.Notifier, by the
// clock while an old generation is watched for late lines, and by a sweep that
// trusts nobody.
//
//	watch.go     which names are watched
//	look.go      what the name leads to now
//	missed.go    what it led to in between
//	siblings.go  where that is found, order.go in which order
//	met.go       what of that was seen before
//	read.go      reading, and drained generations
//	retire.go    the end of a generation
//	partial.go   the end of a line that is not there yet
//	renewed.go   files that become others, on overlayfs
//	truncate.go  truncation, and what it loses
//	copies.go    copies of what was truncated, trail.go how they are known
//	park.go      files that are closed for want of descriptors
//
// # Rotation
//
// rename(2) leaves open descriptors alone: what lost the name is read on until
// it was quiet for Config.Linger, so the late lines of a writer come that has
// not opened the new file yet. So it is with what a symbolic link led to. Where
// rotation is so fast that many old files are open, the oldest are watched for a
// shorter time: there must be place for new ones, which are soon gone.
//
// # Generations missed
//
// Several files may have had the name between two looks. inotify(7) queues an
// event before the call returns that causes it. So when the queue is empty, and
// the name leads where it led before, exactly as many files were put under the
// name as were told of. As many are looked for: beside the name and beside the
// file to which links lead, by the names that logrotate(8) and others give, and
// in directories that differ from the link's by a number. They are listed until
// two listings are the same. What is missing then was removed, which is a gap.
//
// Where nothing can be counted, for want of inotify or because its queue ran
// over, the siblings are looked at all the same. A gap is told if events were
// dropped and the file before is not there any more: then others may have gone
// like it.
//
// A sibling is a generation missed unless it was met before, or is a copy of
// one that is known: the last bytes that were read of that are in it at their
// place. Names tell the order of siblings; between several ways of naming it is
// the time of birth, see statx(2), whose clock ticks every few milliseconds.
//
// # Truncation
//
// Each read takes in the last bytes of what was read before. Other bytes there,
// or none, mean that the file was cut or written anew, however long it is now.
// What was not read is looked for in a copy, and so are generations that were
// copied and cut unseen. What is written between the end of the copy and the
// truncation is lost to everybody, as logrotate(8) says under copytruncate, and
// there is nothing that tells whether there was something, unless the writer keeps
// its offset and leaves a hole. It is a Gap if the file was written to so often
// that there will have been something, and else a remark in the notice of the
// truncation. Without a copy it is a Gap if the truncation was noticed late.
//
// # Who owns what
//
// A stream's sink is called from its read task only. What the look task adds,
// and when a generation lost its name, is guarded by Stream.mu; the rest of a
// generation belongs to the read task. A task claims a file before it adds it,
// so that only one does. No lock is held while files are touched or a sink is
// called.
//
// # Goroutines
//
//	Follower.work   Config.Readers and Config.Openers of them, end with Close
//	Follower.tick   one, ends with Close
package local
