// Package subsystem reads files of a host that runs no shell for us but offers
// SFTP. It answers what the script of package shell answers, on this side of the
// connection, so that nothing else needs to know the difference.
//
// # Identity
//
// SFTP tells neither inode nor device. A file is known by its first line, or the
// first KiB of that, and is not there before it has one. Where the file that
// a name leads to is not the one that is open under that name, although both
// begin in the same way, they are told apart by a number, which is remembered for
// as long as the program runs.
//
// # Goroutines
//
//	loop.run  one for each Open, ends with its input or the connection
package subsystem
