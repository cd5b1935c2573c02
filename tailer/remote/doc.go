// Package remote follows files on other hosts over SSH, and reads back what they
// held.
//
// A host is reached over one connection, by package dial. Package shell makes a
// file system of it, with sessions that run a fixed script there; what follows
// local files follows these, and what reads local history reads theirs. So the
// promise is the same: a file is read on by its descriptor, known again by its
// inode after a rename, and truncation is seen by what lies before the place
// where reading goes on. One session follows, another reads history, so that
// neither waits for the other.
//
// # States
//
// While a host cannot be read, its files wait, or have failed where nothing will
// change by itself: the host's key is not the one that is known, or nobody is
// let in. These are tried again when one of the files changes that say how to
// connect. Reading goes on at the next byte, in the file that was read before,
// whatever it is called by then.
//
// # What hangs
//
// Where a file system over there hangs, whoever asks for a file of it is never
// answered, and neither are those who asked for others after it. The session is
// given up then, and what is followed is asked for one by one before it is followed
// again. What does not answer is left out, says so, and is asked for again from time
// to time over a connection of its own. Files that took long to be found, or were
// not, are looked for in sessions of their own.
//
// # Goroutines
//
//	Host.run        one per Host, ends with Close
//	Host.find       one per Host while files are looked for
//	Host.findAlone  one per Find while that takes a session of its own
//	Host.recheck    one per Host while something hangs
//
// those of a local.Follower for each Host, and those of packages dial and shell.
package remote
