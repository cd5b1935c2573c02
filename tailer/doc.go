// Package tailer turns what the operator names into streams of lines.
//
// Parse reads a source as it stands on the command line, Open follows all of
// them and announces each stream to a line.Registry, Check tells what a source
// would yield without following it.
//
// # Sources and streams
//
// A file is one stream, present or not. A glob or a directory is a stream for
// each file that it finds, new ones as they appear; a file that has been gone
// for long is let go. Standard input is one stream that ends; a command and the
// journal are one stream each that goes on. What they and FIFOs deliver is kept
// in a spool, which is their history.
//
// A file that looks like a rotated predecessor of another is not a stream of
// its own when it was found by a glob or in a directory, nor is one that is not
// text; and no symbolic link found there leads out of the listed directory.
//
// # Goroutines
//
//	Tailer.hand  one, ends with Close
//	finder.run   one per glob and directory, ends with Close
//
// and those of tailer/local, tailer/notify, tailer/pipe, tailer/command and
// tailer/journal.
package tailer
