package web

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"tailbeam/stream"
)

// maxLabelled bounds how many streams have figures of their own; those beyond,
// in the order of their names, are in the sums.
const maxLabelled = 500

// metrics is GET /metrics in the text format of Prometheus, version 0.0.4. It
// is written by hand: counters are read from one struct, and a client library
// would bring its own registry, locks and a dozen modules.
func (s *Site) metrics(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/metrics takes no parameters"))
		return
	}
	e := exposition{}
	e.version(s.version)
	e.server(s.server.Stats())
	e.streams(s.hub.Streams(), s.hub.Held())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(e.text) //nolint:errcheck // the client may be gone
}

// exposition gathers metrics as text.
type exposition struct{ text []byte }

func (e *exposition) version(version string) {
	e.family("tailbeam_info", "gauge", "The program that runs.")
	e.sample("tailbeam_info", 1, "version", version, "go", runtime.Version())
	e.gauge("go_goroutines", "Goroutines.", float64(runtime.NumGoroutine()))
}

func (e *exposition) server(s stream.Stats) {
	e.gauge("tailbeam_viewers", "Viewers that are connected.", float64(s.Viewers))
	e.gauge("tailbeam_viewers_blocked", "Viewers whose connection takes nothing now.", float64(s.Blocked))
	e.gauge("tailbeam_replays", "Subscriptions that read on from memory or files until they are live.", float64(s.Replays))
	e.gauge("tailbeam_lag_bytes", "What the viewer lacks that lacks the most.", float64(s.Lag))
	e.counter("tailbeam_connections_total", "Connections accepted.", s.Accepted)
	e.counter("tailbeam_accept_pauses_total", "Times that accepting paused for want of descriptors.", s.Exhausted)
	e.counter("tailbeam_sent_writes_total", "Writes of what is live, to one viewer each.", s.Writes)
	e.counter("tailbeam_sent_frames_total", "Frames made of lines that were sent to viewers.", s.Frames)
	e.counter("tailbeam_sent_bytes_total", "Bytes sent to viewers.", s.Bytes)
	e.counter("tailbeam_deflate_in_bytes_total", "Bytes of frames that were compressed, once for all their viewers.", s.Compressed)
	e.counter("tailbeam_deflate_out_bytes_total", "What they were compressed to.", s.CompressedTo)
	e.counter("tailbeam_deflate_copied_frames_total", "Frames that were not compressed: too short, too many at once, or over --max-compressed.", s.Uncompressed)
	e.counter("tailbeam_demotions_total", "Times that a viewer fell behind memory and read on from the files.", s.Demoted)
	e.counter("tailbeam_skips_total", "Times that a viewer fell behind memory and went on at the end, as it had asked.", s.Skipped)
	e.counter("tailbeam_gaps_total", "Times that a viewer was told that lines are gone.", s.Gaps)
	e.family("tailbeam_connections_ended_total", "counter", "Connections of viewers that are over, by reason.")
	for _, ended := range s.Ended {
		e.sample("tailbeam_connections_ended_total", float64(ended.Count), "reason", ended.Name)
	}
	e.family("tailbeam_sweep_seconds", "histogram", "How long it took to send what was new to the viewers of one loop.")
	for _, b := range s.Sweeps.Buckets {
		e.sample("tailbeam_sweep_seconds_bucket", float64(b.Count), "le", strconv.FormatFloat(b.Limit.Seconds(), 'g', -1, 64))
	}
	e.sample("tailbeam_sweep_seconds_bucket", float64(s.Sweeps.Count), "le", "+Inf")
	e.sample("tailbeam_sweep_seconds_sum", s.Sweeps.Sum.Seconds())
	e.sample("tailbeam_sweep_seconds_count", float64(s.Sweeps.Count))
}

func (e *exposition) streams(all []stream.Info, held int64) {
	var lines, bytes uint64
	for i := range all {
		lines += all[i].Lines
		bytes += all[i].Bytes
	}
	e.gauge("tailbeam_streams", "Streams.", float64(len(all)))
	e.gauge("tailbeam_held_bytes", "Memory that holds the newest lines of all streams.", float64(held))
	e.counter("tailbeam_lines_total", "Lines read.", lines)
	e.counter("tailbeam_bytes_total", "Bytes of lines read.", bytes)
	all = all[:min(len(all), maxLabelled)]
	of := func(name, kind, about string, value func(*stream.Info) float64) {
		e.family(name, kind, about)
		for i := range all {
			e.sample(name, value(&all[i]), "stream", all[i].Name)
		}
	}
	of("tailbeam_stream_lines_total", "counter", "Lines read of a stream.", func(i *stream.Info) float64 { return float64(i.Lines) })
	of("tailbeam_stream_bytes_total", "counter", "Bytes of lines read of a stream.", func(i *stream.Info) float64 { return float64(i.Bytes) })
	of("tailbeam_stream_viewers", "gauge", "Viewers that follow a stream.", func(i *stream.Info) float64 { return float64(i.Viewers) })
	of("tailbeam_stream_live", "gauge", "1 where a stream is live; 0 where it waits, failed or ended.", func(i *stream.Info) float64 {
		if i.Condition == "live" {
			return 1
		}
		return 0
	})
	of("tailbeam_stream_last_line_seconds", "gauge", "When the last line of a stream was read, in Unix time; 0 before the first.", func(i *stream.Info) float64 {
		if i.LastLine.IsZero() {
			return 0
		}
		return float64(i.LastLine.UnixMicro()) / float64(time.Second/time.Microsecond)
	})
}

func (e *exposition) gauge(name, about string, value float64) {
	e.family(name, "gauge", about)
	e.sample(name, value)
}

func (e *exposition) counter(name, about string, value uint64) {
	e.family(name, "counter", about)
	e.sample(name, float64(value))
}

// family begins the samples of one metric.
func (e *exposition) family(name, kind, about string) {
	e.text = append(e.text, "# HELP "+name+" "+about+"\n# TYPE "+name+" "+kind+"\n"...)
}

// labelEscapes are those of a label's value.
var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample writes one value with its labels, which are names and values in turn.
func (e *exposition) sample(name string, value float64, labels ...string) {
	e.text = append(e.text, name...)
	for i := 0; i < len(labels); i += 2 {
		joint := byte(',')
		if i == 0 {
			joint = '{'
		}
		e.text = append(append(append(e.text, joint), labels[i]...), `="`...)
		e.text = append(append(e.text, labelEscapes.Replace(labels[i+1])...), '"')
	}
	if len(labels) > 0 {
		e.text = append(e.text, '}')
	}
	e.text = append(e.text, ' ')
	e.text = strconv.AppendFloat(e.text, value, 'g', -1, 64)
	e.text = append(e.text, '\n')
}
