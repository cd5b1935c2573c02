package history

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tailbeam/tailer/sibling"
)

const (
	// maxNumber is the highest number that says how many files came before.
	maxNumber = 1000
	// shifted is how long after the last change of a directory all files of a
	// rotation have surely got their new numbers.
	shifted = 10 * time.Second
)

// holes notes where numbers in names leave one out: its file was removed. Only
// numbers that count from the beginning tell, and only while nobody is about to
// count them up.
func holes(l *listing, all []*record) []*record {
	var numbers []int64
	for _, r := range all {
		if r.numbered() {
			numbers = append(numbers, r.age.Count)
		}
	}
	if len(numbers) < 2 || slices.Min(numbers) > 2 || slices.Max(numbers) > min(maxNumber, 2*int64(len(numbers))+1) {
		return all
	}
	sure := time.Time{}
	for _, p := range l.dirs {
		if t := time.Unix(0, p.info.Modified).Add(shifted); t.After(sure) {
			sure = t
		}
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if !a.numbered() || !b.numbered() {
			continue
		}
		if a.age.Count < b.age.Count {
			a, b = b, a
		}
		if a.age.Count-b.age.Count < 2 {
			continue
		}
		if time.Now().Before(sure) {
			l.until = sure
			return all
		}
		name := strings.TrimSuffix(filepath.Base(a.plain), strconv.FormatInt(a.age.Count, 10))
		all = slices.Insert(all, i, &record{size: -1, lost: fmt.Sprintf("%s%d was removed", name, a.age.Count-1)})
		i++
	}
	return all
}

// numbered reports whether a generation is in a file that has only a number.
func (r *record) numbered() bool {
	return !r.gone() && r.role == former && r.age.Form == sibling.Numbered
}
