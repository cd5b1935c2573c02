// The phases of a run: connect, warm-up, measure, stop. Worker 0 leads.
#ifndef WSLOAD_PHASES_H
#define WSLOAD_PHASES_H

#include "machine.h"
#include "viewer.h"
#include <sys/resource.h>

static u64 t_start, t_ready, t_meas, t_end;

static double self_cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6 + r.ru_stime.tv_sec + r.ru_stime.tv_usec / 1e6;
}

// Adds up the counters of all workers: from the start, or at the start of the
// window.
enum since { SINCE_START, AT_WINDOW };
static void total(struct cnt *sum, enum since since) {
    memset(sum, 0, sizeof *sum);
    for (int t = 0; t < O.threads; t++) {
        u64 *a = (u64 *)sum, *b = (u64 *)(since == AT_WINDOW ? &W[t].base : &W[t].c);
        for (size_t i = 0; i < sizeof *sum / sizeof *a; i++)
            a[i] += b[i];
    }
}

static u64 open_viewers(void) {
    u64 n = 0;
    for (int t = 0; t < O.threads; t++)
        n += W[t].open;
    return n;
}

static void connected(u64 now) {
    t_ready = now;
    FILE *f = O.ready ? fopen(O.ready, "w") : 0;
    if (f) {
        fprintf(f, "%d\n", O.n);
        fclose(f);
    }
    if (O.verbose)
        fprintf(stderr, "READY %.3fs\n", (now - t_start) / 1e9);
    phase = WARM_UP;
}

static void print_progress(u64 now, const struct cnt *c) {
    static u64 last;
    static struct cnt before;
    if (now < last + 1000000000ull)
        return;
    if (last) {
        u64 failed = 0;
        for (int t = 0; t < O.threads; t++)
            failed += W[t].fail;
        double dt = (now - last) / 1e9;
        fprintf(stderr,
                "%6.1fs open=%llu failed=%llu frames=%llu (%.0f/s) wire=%.1f MB/s gaps=%llu dups=%llu p99=%.0fus\n",
                (now - t_start) / 1e9, (unsigned long long)open_viewers(), (unsigned long long)failed,
                (unsigned long long)c->frames, (c->frames - before.frames) / dt, (c->wire - before.wire) / dt / 1e6,
                (unsigned long long)c->s[0].gaps, (unsigned long long)c->s[0].dups, hpct(&W[0].lat, .99) / 1e3);
    }
    last = now;
    before = *c;
}

// Whether there is a reason to end the run.
static int finished(u64 now, const struct cnt *c) {
    if (sigstop)
        return 1;
    if (phase == CONNECT)
        return 0;
    if (O.dur >= 0 && now >= t_ready + (u64)((O.dur + O.warmup) * 1e9))
        return 1;
    u64 hit = 0;
    for (int t = 0; t < O.threads; t++)
        hit += W[t].hit;
    if (O.untilseq && hit >= (u64)O.n)
        return 1;
    if (O.maxframes && c->frames >= O.maxframes)
        return 1;
    return !open_viewers() && (O.churn == 0 || O.untilseq);
}

static void coordinate(u64 now) {
    if (phase == CONNECT && hs_total >= (u64)O.n)
        connected(now);
    if (phase == WARM_UP && now >= t_ready + (u64)(O.warmup * 1e9)) {
        rd_sys(&SY1);
        t_meas = now_ns();
        phase = MEASURE;
    }
    struct cnt c = {0};
    if (O.maxframes || O.verbose)
        total(&c, SINCE_START);
    if (O.verbose)
        print_progress(now, &c);
    if (phase == STOP || !finished(now, &c))
        return;
    if (!t_ready)
        t_ready = now;
    if (!t_meas) {
        t_meas = t_ready;
        rd_sys(&SY1);
    }
    t_end = now_ns();
    rd_sys(&SY2);
    phase = STOP;
}

#endif
