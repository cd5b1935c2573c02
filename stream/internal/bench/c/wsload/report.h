// The JSON that a run ends with.
#ifndef WSLOAD_REPORT_H
#define WSLOAD_REPORT_H

#include "phases.h"

#define P(...) printf(__VA_ARGS__)
#define L(x) ((unsigned long long)(x))

// What all workers saw together.
static struct {
    struct cnt all, window; // from the start; in the window
    struct hist lat, hs;
    u64 conn, fail, open, reconn, churned, last_hs;
    u64 codes[5000], fail_sys[256], fail_http[600], fail_to, fail_acc, fail_eof, fail_ext;
    double cpu, seconds, frames; // of the workers; of the window; with those of discarding viewers
} R;

static void sum_up(void) {
    total(&R.all, SINCE_START);
    total(&R.window, AT_WINDOW);
    for (size_t i = 0; i < sizeof R.all / sizeof(u64); i++)
        ((u64 *)&R.window)[i] = ((u64 *)&R.all)[i] - ((u64 *)&R.window)[i];
    for (int t = 0; t < O.threads; t++) {
        struct worker *w = &W[t];
        hmerge(&R.lat, &w->lat);
        hmerge(&R.hs, &w->hs);
        R.conn += w->conn;
        R.fail += w->fail;
        R.open += w->open;
        R.reconn += w->reconn;
        R.churned += w->churned;
        if (w->last_hs > R.last_hs)
            R.last_hs = w->last_hs;
        for (int i = 0; i < 5000; i++)
            R.codes[i] += w->codes[i];
        for (int i = 0; i < 256; i++)
            R.fail_sys[i] += w->fail_sys[i];
        for (int i = 0; i < 600; i++)
            R.fail_http[i] += w->fail_http[i];
        R.fail_to += w->fail_to;
        R.fail_acc += w->fail_acc;
        R.fail_eof += w->fail_eof;
        R.fail_ext += w->fail_ext;
        R.cpu += w->cpu1 - w->cpu0;
    }
    R.seconds = t_end > t_meas ? (t_end - t_meas) / 1e9 : 1e-9;
    R.frames = R.window.frames;
    if (R.window.discard && R.window.wire > R.window.discard)
        R.frames += (double)R.window.discard * R.window.frames / (R.window.wire - R.window.discard);
}

// One member of an object of counts, if it is not 0.
static void count(const char **comma, const char *name, u64 n) {
    if (!n)
        return;
    P("%s\"%s\":%llu", *comma, name, L(n));
    *comma = ",";
}

static void print_failures(void) {
    const char *comma = "";
    char name[16];
    P(",\"failures\":{");
    for (int i = 0; i < 256; i++)
        count(&comma, strerror(i), R.fail_sys[i]);
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "http %d", i);
        count(&comma, name, R.fail_http[i]);
    }
    count(&comma, "timeout", R.fail_to);
    count(&comma, "bad accept", R.fail_acc);
    count(&comma, "eof", R.fail_eof);
    count(&comma, "extension not offered", R.fail_ext);
    P("}");
}

static void print_handshakes(void) {
    P("{\"n\":%d,\"connected\":%llu,\"failed\":%llu,\"open_at_end\":%llu", O.n, L(R.conn), L(R.fail), L(R.open));
    if (R.fail)
        print_failures();
    double s = R.last_hs > t_start ? (R.last_hs - t_start) / 1e9 : 0;
    P(",\"handshake\":{\"seconds\":%.4f,\"per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f", s,
      s > 0 ? R.conn / s : 0, hpct(&R.hs, .5) / 1e3, hpct(&R.hs, .99) / 1e3, R.hs.max / 1e3);
    if (O.churn > 0)
        P(",\"churned\":%llu,\"reconnected\":%llu", L(R.churned), L(R.reconn));
    P("}");
}

static void print_frames(void) {
    struct cnt *c = &R.all, *w = &R.window;
    P(",\"frames\":%llu,\"bytes\":%llu,\"wire_bytes\":%llu,\"seconds\":%.3f,\"window_frames\":%llu", L(c->frames),
      L(c->bytes), L(c->wire), R.seconds, L(R.frames));
    P(",\"frames_per_s\":%.1f,\"wire_MB_per_s\":%.3f,\"reads\":%llu,\"frames_per_read\":%.1f", R.frames / R.seconds,
      w->wire / R.seconds / 1e6, L(w->reads), w->reads ? R.frames / w->reads : 0);
    if (c->discard)
        P(",\"discard_bytes\":%llu", L(c->discard));
    if (O.deflate)
        P(",\"inflated_bytes\":%llu,\"inflate_errors\":%llu", L(c->inflated), L(c->inflate_err));
    P(",\"gaps\":%llu,\"missing\":%llu,\"dups\":%llu,\"out_of_order\":%llu,\"no_seq\":%llu", L(c->s[0].gaps),
      L(c->s[0].missing), L(c->s[0].dups), L(c->s[0].ooo), L(c->s[0].noseq));
    P(",\"protocol_errors\":%llu,\"bad_utf8\":%llu,\"fragments\":%llu,\"binary\":%llu,\"pings\":%llu,\"pongs\":%llu",
      L(c->proto), L(c->bad_utf8), L(c->frag), L(c->binary), L(c->pings), L(c->pongs));
    if (O.slow > 0)
        P(",\"slow\":{\"viewers\":%d,\"closed\":%llu,\"gaps\":%llu,\"missing\":%llu,\"dups\":%llu,\"out_of_order\":%"
          "llu}",
          (int)(O.n * O.slow), L(c->slow_closed), L(c->s[1].gaps), L(c->s[1].missing), L(c->s[1].dups), L(c->s[1].ooo));
}

static int by_size(const void *a, const void *b) {
    u64 x = *(const u64 *)a, y = *(const u64 *)b;
    return x < y ? -1 : x > y;
}

static void print_viewers(void) {
    u64 *frames = malloc(8 * (O.n + 1)), bytes = 0;
    u64 last_min = ~0ull, last_max = 0, first_min = ~0ull, first_max = 0;
    int k = 0, numbered = 0;
    for (int i = 0; i < O.n; i++) {
        struct conn *c = &C[i];
        if (!(c->fl & (F_SLOW | F_DISC))) {
            frames[k++] = c->frames;
            bytes += c->bytes;
        }
        if ((c->fl & F_SEQ) && !(c->fl & F_SLOW)) {
            u64 last = c->next - 1;
            numbered++;
            last_min = last < last_min ? last : last_min;
            last_max = last > last_max ? last : last_max;
            first_min = c->first < first_min ? c->first : first_min;
            first_max = c->first > first_max ? c->first : first_max;
        }
    }
    qsort(frames, k, 8, by_size);
    if (k)
        P(",\"per_conn\":{\"frames_min\":%llu,\"frames_p50\":%llu,\"frames_max\":%llu,\"bytes_mean\":%.0f}",
          L(frames[0]), L(frames[k / 2]), L(frames[k - 1]), (double)bytes / k);
    if (numbered)
        P(",\"seq\":{\"first_min\":%llu,\"first_max\":%llu,\"last_min\":%llu,\"last_max\":%llu}", L(first_min),
          L(first_max), L(last_min), L(last_max));
    free(frames);
}

static void print_latency(void) {
    struct hist *h = &R.lat;
    P(",\"latency_us\":{\"samples\":%llu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f,\"mean\":%."
      "1f}",
      L(h->n), hpct(h, .5) / 1e3, hpct(h, .9) / 1e3, hpct(h, .99) / 1e3, hpct(h, .999) / 1e3, h->max / 1e3,
      h->n ? h->sum / h->n / 1e3 : 0);
    P(",\"closed\":{");
    const char *comma = "";
    char name[16];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "%d", i);
        count(&comma, name, R.codes[i]);
    }
    P("}");
}

static void print_costs(void) {
    double per = R.frames > 0 ? 1e6 / R.frames : 0, viewers = R.conn ? R.conn : 1;
    P(",\"client\":{\"cpu_s\":%.3f,\"cpu_us_per_frame\":%.4f,\"processes\":%d}", R.cpu, R.cpu * per, O.threads);
    if (O.npid) {
        double cpu = SY2.ut + SY2.st - SY1.ut - SY1.st, connect = SY1.ut + SY1.st - SY0.ut - SY0.st;
        P(",\"server\":{\"cpu_s\":%.2f,\"user_s\":%.2f,\"sys_s\":%.2f,\"cpu_pct\":%.1f,\"cpu_s_per_M_frames\":%.4f",
          cpu, SY2.ut - SY1.ut, SY2.st - SY1.st, cpu * 100 / R.seconds, cpu * per);
        P(",\"connect_cpu_s\":%.2f,\"connect_cpu_us_per_conn\":%.2f,\"threads\":%ld,\"rss_kb\":[%ld,%ld,%ld]", connect,
          connect * 1e6 / viewers, SY2.thr, SY0.rss, SY1.rss, SY2.rss);
        P(",\"rss_bytes_per_conn\":%.0f}", (SY1.rss - SY0.rss) * 1024.0 / viewers);
    }
    double idle = SY2.cpu_idle - SY1.cpu_idle, soft = SY2.cpu_soft - SY1.cpu_soft,
           steal = SY2.cpu_steal - SY1.cpu_steal;
    double busy = SY2.cpu_user - SY1.cpu_user + SY2.cpu_sys - SY1.cpu_sys + soft + steal;
    P(",\"kernel\":{\"slab_kb\":[%ld,%ld],\"slab_bytes_per_conn\":%.0f,\"avail_drop_bytes_per_conn\":%.0f", SY0.slab,
      SY1.slab, (SY1.slab - SY0.slab) * 1024.0 / viewers, (SY0.avail - SY1.avail) * 1024.0 / viewers);
    P(",\"tcp_mem_pages\":[%ld,%ld,%ld],\"tcp_inuse\":%ld,\"machine_busy_pct\":%.1f,\"softirq_pct\":%.1f,\"steal_pct\":"
      "%.1f}",
      SY0.tcp_mem, SY1.tcp_mem, SY2.tcp_mem, SY2.tcp_inuse, 100 * busy / (busy + idle + 1e-9), 100 * soft / R.seconds,
      100 * steal / R.seconds);
}

static void report(void) {
    sum_up();
    print_handshakes();
    print_frames();
    print_viewers();
    print_latency();
    print_costs();
    P("}\n");
    fflush(stdout);
}

#endif
