package local

import (
	"cmp"
	"slices"

	"tailbeam/tailer/sibling"
)

// oldestFirst sorts the files that rotation left, oldest first.
//
// Names tell the order of those that are named in one way, whatever the clock
// says: several rotations may fall into one tick of it, which is 1ms to 10ms
// on Linux. Where names are of several kinds, or say nothing, the time of birth
// decides, and after that the number of the inode. Rotations of one tick that
// are named in several ways may thus come in the wrong order; nobody can know.
func oldestFirst(found []candidate) []candidate {
	var families [4][]candidate
	for _, c := range found {
		family := int(c.age.Form)
		if c.linked {
			family = len(families) - 1
		}
		families[family] = append(families[family], c)
	}
	slices.SortFunc(families[sibling.Numbered], func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.age.Count, a.age.Count), bornFirst(a, b))
	})
	upwards(families[sibling.Numbered])
	slices.SortFunc(families[sibling.Dated], func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.age.Date, b.age.Date), cmp.Compare(a.age.Count, b.age.Count), bornFirst(a, b))
	})
	slices.SortFunc(families[sibling.Old], bornFirst)
	slices.SortFunc(families[len(families)-1], bornFirst)
	sorted := make([]candidate, 0, len(found))
	for len(sorted) < len(found) {
		var oldest *[]candidate
		for i := range families {
			f := &families[i]
			if len(*f) > 0 && (oldest == nil || bornFirst((*f)[0], (*oldest)[0]) < 0) {
				oldest = f
			}
		}
		sorted = append(sorted, (*oldest)[0])
		*oldest = (*oldest)[1:]
	}
	return sorted
}

// upwards turns around files whose numbers grow with time, as log4j counts, if
// most births say so and the last writes do not say otherwise: a file that was cut was born
// before the copies of what it held. As a rule the highest number is the oldest.
func upwards(numbered []candidate) {
	against := 0
	for i := 1; i < len(numbered); i++ {
		a, b := numbered[i-1], numbered[i]
		born := cmp.Compare(a.born(), b.born())
		if a.compressed() == b.compressed() && born != -cmp.Compare(a.info.Modified, b.info.Modified) {
			against += born
		}
	}
	if against > 0 {
		slices.Reverse(numbered)
	}
}

// bornFirst compares by time, as far as the clock of the file system goes, and
// by inode: the next file has the next number, where none was set free.
func bornFirst(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(a.born(), b.born()),
		cmp.Compare(a.info.Modified, b.info.Modified),
		cmp.Compare(a.info.ID.Ino, b.info.ID.Ino),
	)
}
