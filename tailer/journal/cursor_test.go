package journal

import "testing"

func TestHowEntriesStandToTheLast(t *testing.T) {
	const last = "s=a;i=1f;b=boot;m=1;t=2;x=3"
	for text, want := range map[string]relation{
		last:                            identical,
		"s=b;i=5;b=boot;m=1;t=2;x=3":    identical, // in a copy of its file
		"s=a;i=1e;b=boot;m=0;t=1;x=3":   earlier,
		"s=a;i=20;b=boot;m=2;t=3;x=3":   next,
		"s=a;i=21;b=boot;m=2;t=3;x=3":   apart,
		"s=b;i=20;b=boot;m=2;t=3;x=3":   apart,
		"s=a;i=21;b=other;m=2;t=3;x=3":  next,
		"no cursor at all":              next,
		"b=boot":                        apart,
		"i=1f;b=boot;m=1;t=2;x=3":       identical,
		"s=a;i=zz;b=boot;m=1;t=2;x=bad": earlier,
	} {
		last, c := parseCursor(last), parseCursor(text)
		if got := c.to(&last); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
