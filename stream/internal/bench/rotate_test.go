package main

import "testing"

func TestRotationRowsAreRead(t *testing.T) {
	const out = `rotation        consumer      lines | tailbeam  wrong  gaps | GNU tail    dup  torn |    nxadm    dup  torn
rename          flowing      999962 |        0      0     0 |    62661      1     2 |    65008      0     0
delete          stalling     999865 |        3      4     5 |    79885      0     0 |   929669      0     0
PASS
ok  	tailbeam/tailer/local	81.0s
`
	found := rotationReadings(out)
	if len(found) != 6 {
		t.Fatalf("%d readings, want 6: %v", len(found), found)
	}
	for i, want := range []reading{
		{"rename, flowing reader, lines lost (floor: GNU tail -F)", 0, 62661, "0", "%.0f"},
		{"rename, flowing reader, lines lost (floor: nxadm/tail)", 0, 65008, "0", "%.0f"},
		{"delete, stalling reader, lines lost (floor: GNU tail -F)", 3, 79885, "0", "%.0f"},
		{"delete, stalling reader, lines lost (floor: nxadm/tail)", 3, 929669, "0", "%.0f"},
		{"doubled, torn or out of order, in all (floor: both others)", 4, 3, "0", "%.0f"},
	} {
		if found[i] != want {
			t.Errorf("reading %d is %v, want %v", i, found[i], want)
		}
	}
	if gaps := found[5].tailbeam; gaps != 5 {
		t.Errorf("%v gaps, want 5", gaps)
	}
	if got := rotationReadings("ok tailbeam/tailer/local | 1 | 2 | 3\n"); got != nil {
		t.Errorf("readings of no row: %v", got)
	}
}
