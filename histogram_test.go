package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Of more than 64 MiB the histogram counts a part, and says so.
func TestALargeHistogramIsAnEstimate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	begin := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	const seconds, perSecond = 1200, 300
	rest := strings.Repeat(" and more", 22)
	var b strings.Builder
	for second := range seconds {
		stamp := begin.Add(time.Duration(second) * time.Second).Format(time.RFC3339)
		for i := range perSecond {
			level := "INFO"
			if i%3 == 0 {
				level = "ERROR"
			}
			fmt.Fprintf(&b, "%s %s %06d%s\n", stamp, level, i, rest)
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil || b.Len() < 65<<20 {
		t.Fatal(err, b.Len())
	}
	p := start(t, "app="+file, "--timezone", "UTC")
	var got struct {
		Lines     int
		Estimated bool
		Buckets   []struct {
			Lines  int
			Levels map[string]int
		}
	}
	query := "?buckets=20&since=" + begin.Format(time.RFC3339) + "&until=" + begin.Add(seconds*time.Second).Format(time.RFC3339)
	if err := json.Unmarshal([]byte(p.get("/api/histogram/app"+query)), &got); err != nil {
		t.Fatal(err)
	}
	near := func(n, want int) bool { return n > want*95/100 && n < want*105/100 }
	if !got.Estimated || !near(got.Lines, seconds*perSecond) {
		t.Errorf("%d lines, estimated: %t", got.Lines, got.Estimated)
	}
	for i, bucket := range got.Buckets {
		if !near(bucket.Lines, 60*perSecond) || !near(bucket.Levels["error"], 60*perSecond/3) {
			t.Errorf("bucket %d: %+v", i, bucket)
		}
	}
}
