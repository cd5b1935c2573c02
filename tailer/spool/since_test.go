package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// seconds reads a stamp that is a number of seconds before a blank.
func seconds(text []byte, _ time.Time) (time.Time, bool) {
	number, _, ok := bytes.Cut(text, []byte{' '})
	n, err := strconv.ParseInt(string(number), 10, 64)
	return time.Unix(n, 0), ok && err == nil
}

func one(text string) *line.Batch {
	return &line.Batch{Data: []byte(text), Ends: []uint32{uint32(len(text))}}
}

func TestSinceAgainstLineByLine(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := open(t, Config{Limit: int64(1 + r.IntN(10000)), Stamp: seconds})
		now, rarely := int64(1000), 1+r.IntN(20)
		var stamped []line.Position
		var times []int64
		for range 1000 {
			switch {
			case r.IntN(30) == 0:
				s.Gap(line.Gap{Reason: "lost"})
			case r.IntN(rarely) == 0:
				now += int64(r.IntN(3))
				stamped = append(stamped, s.Append(one(fmt.Sprintf("%d text\n", now))))
				times = append(times, now)
			default:
				s.Append(one("text\n"))
			}
		}
		start, _ := s.Start(context.Background())
		for range 30 {
			at := 990 + int64(r.IntN(int(now)-970))
			want := s.here()
			for i, p := range stamped {
				if p.Off >= start.Off && times[i] >= at {
					want = p
					break
				}
			}
			got, err := s.Since(context.Background(), time.Unix(at, 0))
			none := len(stamped) == 0 || stamped[len(stamped)-1].Off < start.Off
			if none && !errors.Is(err, line.ErrNoStamps) || !none && (err != nil || got != want) {
				t.Fatalf("seed %d: Since(%d) = %v, %v, want %v", seed, at, got, err, want)
			}
		}
	}
}

func TestSinceWithoutStamps(t *testing.T) {
	s := open(t, Config{Limit: 1 << 20, Stamp: seconds})
	if p, err := s.Since(context.Background(), time.Now()); err != nil || p != s.here() {
		t.Errorf("Since of an empty pipe: %v, %v, want its end", p, err)
	}
	s.Append(one("text\n"))
	if _, err := s.Since(context.Background(), time.Now()); !errors.Is(err, line.ErrNoStamps) {
		t.Errorf("Since: %v, want ErrNoStamps", err)
	}
}
