// logwriter - appends log lines "seq=N t=NS <filler>" to a file at a given rate. libc only.
//   gcc -O2 -o logwriter logwriter.c
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
typedef uint64_t u64;
typedef uint8_t u8;
static u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ull + t.tv_nsec;
}
static volatile sig_atomic_t stop;
static void onsig(int s) {
    (void)s;
    stop = 1;
}
static u64 rs;
static u64 rnd(void) {
    rs ^= rs << 13;
    rs ^= rs >> 7;
    rs ^= rs << 17;
    return rs;
}
static int pu(char *o, u64 v) {
    char t[24];
    int n = 0, k = 0;
    do
        t[n++] = '0' + v % 10;
    while (v /= 10);
    while (n)
        o[k++] = t[--n];
    return k;
}

static const char *lv[] = {"INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"};
static const char *mod[] = {"http.server",  "db.pool",         "auth.session", "cache.redis",
                            "queue.worker", "billing.invoice", "search.index", "payments.gateway"};
static const char *path[] = {"/api/v1/users/%u",  "/api/v1/orders/%u/items",        "/healthz?n=%u",
                             "/static/app.%x.js", "/api/v2/search?q=term%u&page=2", "/login?next=%%2Fhome%u"};
static const char *uni[] = {"приложение запущено", "接続がタイムアウトしました", "café ☕ déjà vu",
                            "🚀 deploy ✅ finished", "größenänderung übernommen",  "한국어 로그 메시지"};
static int ansi, utf8, json;
// one filler of exactly n bytes, no line feed, never containing "seq=" or " t="
static void filler(char *o, int n) {
    char b[2048];
    int k = 0;
    while (k < n + 8 && k < 1500) {
        char p[96];
        snprintf(p, sizeof p, path[rnd() % 6], (unsigned)(rnd() % 100000));
        switch (rnd() % 4) {
        case 0:
            k += snprintf(b + k, sizeof b - k,
                          "GET %s status=%d bytes=%u dur_ms=%u.%03u ip=10.%u.%u.%u ua=\"Mozilla/5.0 (X11; "
                          "Linux x86_64)\" ",
                          p,
                          rnd() % 9   ? 200
                          : rnd() % 2 ? 404
                                      : 500,
                          (unsigned)(rnd() % 60000), (unsigned)(rnd() % 300), (unsigned)(rnd() % 1000),
                          (unsigned)(rnd() % 256), (unsigned)(rnd() % 256), (unsigned)(rnd() % 256));
            break;
        case 1:
            k += snprintf(b + k, sizeof b - k,
                          "request_id=%08x-%04x-%04x user=%u action=update table=orders rows=%u took=%uus ",
                          (unsigned)rnd(), (unsigned)(rnd() & 65535), (unsigned)(rnd() & 65535),
                          (unsigned)(rnd() % 90000), (unsigned)(rnd() % 50), (unsigned)(rnd() % 90000));
            break;
        case 2:
            k += snprintf(b + k, sizeof b - k,
                          "connection to shard-%02u.db.internal:5432 acquired, pool %u/%u busy, waited %ums ",
                          (unsigned)(rnd() % 32), (unsigned)(rnd() % 20), 20, (unsigned)(rnd() % 40));
            break;
        default:
            k += snprintf(b + k, sizeof b - k,
                          "retrying job %x attempt %u of 5: upstream timed out after %us ",
                          (unsigned)(rnd() & 0xffffff), (unsigned)(rnd() % 5 + 1), (unsigned)(rnd() % 30));
        }
        if (utf8 && rnd() % 2)
            k += snprintf(b + k, sizeof b - k, "%s ", uni[rnd() % 6]);
    }
    int m = 0;
    while (m < n) {
        int c = n - m < k ? n - m : k;
        memcpy(o + m, b, c);
        m += c;
    }
    int i = n;
    while (i > 0 && ((u8)o[i - 1] & 0xc0) == 0x80)
        i--; // cut no UTF-8 sequence in two
    if (i > 0 && (u8)o[i - 1] >= 0xc0) {
        int need = (u8)o[i - 1] >= 0xf0 ? 4 : (u8)o[i - 1] >= 0xe0 ? 3 : 2;
        if (n - (i - 1) < need)
            memset(o + i - 1, '.', n - (i - 1));
    } else if (i > 0 && i < n)
        memset(o + i, '.', n - i);
    for (i = 0; i < n; i++)
        if (json && (o[i] == '"' || o[i] == '\\'))
            o[i] = '\'';
}
static int wr(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t r = write(fd, p, n);
        if (r < 0) {
            if (errno == EINTR)
                continue;
            perror("write");
            return -1;
        }
        p += r;
        n -= r;
    }
    return 0;
}
int main(int argc, char **argv) {
    char *f = 0;
    double R = 1000, D = 0;
    int L = 150, K = 1, keep = 2, nocopy = 0, partial = 0, delay = 0, var = 0, burst = 0;
    u64 N = 0, X = 0, seq = 1;
    enum { NONE, REN, CT } rot = NONE;
    int trunc0 = 0, noten = 0;
    enum {
        o_rot = 256,
        o_every,
        o_keep,
        o_ansi,
        o_utf8,
        o_json,
        o_start,
        o_nocopy,
        o_part,
        o_delay,
        o_var,
        o_seed,
        o_trunc,
        o_burst,
        o_not
    };
    static struct option lo[] = {{"rotate", 1, 0, o_rot},   {"every", 1, 0, o_every},
                                 {"keep", 1, 0, o_keep},    {"ansi", 0, 0, o_ansi},
                                 {"utf8", 0, 0, o_utf8},    {"json", 0, 0, o_json},
                                 {"start", 1, 0, o_start},  {"no-copy", 0, 0, o_nocopy},
                                 {"partial", 0, 0, o_part}, {"truncate-delay", 1, 0, o_delay},
                                 {"vary", 1, 0, o_var},     {"seed", 1, 0, o_seed},
                                 {"fresh", 0, 0, o_trunc},  {"burst", 1, 0, o_burst},
                                 {"no-time", 0, 0, o_not},  {0}};
    rs = 88172645463325252ull;
    int o;
    while ((o = getopt_long(argc, argv, "f:R:L:k:n:d:h", lo, 0)) != -1)
        switch (o) {
        case 'f':
            f = optarg;
            break;
        case 'R':
            R = atof(optarg);
            break;
        case 'L':
            L = atoi(optarg);
            break;
        case 'k':
            K = atoi(optarg);
            break;
        case 'n':
            N = strtoull(optarg, 0, 10);
            break;
        case 'd':
            D = atof(optarg);
            break;
        case o_rot:
            rot = !strcmp(optarg, "rename") ? REN : !strcmp(optarg, "copytruncate") ? CT : NONE;
            if (rot == NONE)
                goto use;
            break;
        case o_every:
            X = strtoull(optarg, 0, 10);
            break;
        case o_keep:
            keep = atoi(optarg);
            break;
        case o_ansi:
            ansi = 1;
            break;
        case o_utf8:
            utf8 = 1;
            break;
        case o_json:
            json = 1;
            break;
        case o_start:
            seq = strtoull(optarg, 0, 10);
            break;
        case o_nocopy:
            nocopy = 1;
            break;
        case o_part:
            partial = 1;
            break;
        case o_delay:
            delay = atoi(optarg);
            break;
        case o_var:
            var = atoi(optarg);
            break;
        case o_seed:
            rs ^= strtoull(optarg, 0, 10) * 0x9E3779B97F4A7C15ull;
            break;
        case o_trunc:
            trunc0 = 1;
            break;
        case o_burst:
            burst = atoi(optarg);
            break;
        case o_not:
            noten = 1;
            break;
        default:
        use:
            fprintf(stderr,
                    "usage: logwriter -f FILE [-R lines/s, 0 = max] [-L line bytes with LF] [-k lines per "
                    "write] [-n lines] [-d seconds] [--rotate rename|copytruncate --every LINES [--keep N] "
                    "[--no-copy] [--truncate-delay MS]] [--ansi] [--utf8] [--json] [--vary BYTES] "
                    "[--partial] [--start SEQ] [--burst LINES] [--fresh] [--no-time] [--seed N]\n");
            return 2;
        }
    if (!f)
        goto use;
    if (rot != NONE && !X)
        X = 10000;
    if (K < 1)
        K = 1;
    if (burst > 0)
        K = burst;
    if (R == 0 && K == 1)
        K = 256;
    signal(SIGINT, onsig);
    signal(SIGTERM, onsig);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    int fd = open(f, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (trunc0 ? O_TRUNC : 0), 0644);
    if (fd < 0) {
        perror(f);
        return 1;
    }
    enum { NF = 1024 };
    int ml = L + var + 64;
    char *fill = malloc((size_t)NF * ml);
    for (int i = 0; i < NF; i++)
        filler(fill + (size_t)i * ml, L + var + 32);
    char *buf = malloc((size_t)K * (ml + 256));
    u64 t0 = now_ns(), lines = 0, bytes = 0, rots = 0, writes = 0, since = 0, late = 0;
    double next = 0;
    const double per = R > 0 ? 1e9 * K / R : 0;
    while (!stop) {
        u64 now = now_ns();
        if (D > 0 && now - t0 >= (u64)(D * 1e9))
            break;
        if (N && lines >= N)
            break;
        if (R > 0) {
            double due = (double)(now - t0) - next;
            if (due < 0) {
                struct timespec ts;
                u64 at = t0 + (u64)next;
                ts.tv_sec = at / 1000000000ull;
                ts.tv_nsec = at % 1000000000ull;
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, 0);
                if (stop)
                    break;
                now = now_ns();
            } else if (due > 1e9) {
                late++;
            }
            next += per;
        }
        int k = K;
        if (N && (u64)k > N - lines)
            k = N - lines;
        if (X && (u64)k > X - since)
            k = X - since;
        size_t n = 0;
        now = now_ns();
        for (int i = 0; i < k; i++) {
            char *p = buf + n, *s = p;
            u64 r = rnd();
            int len = L + (var ? (int)(r % (2 * var + 1)) - var : 0);
            if (len < 48)
                len = 48;
            const char *src = fill + (size_t)(r >> 20) % NF * ml;
            const char *l = lv[r >> 8 & 7], *m = mod[r >> 12 & 7];
            int tail = 0;
            if (json) {
                memcpy(p, "{\"msg\":\"", 8);
                p += 8;
            } else if (ansi) {
                int c = l[0] == 'E' ? 31 : l[0] == 'W' ? 33 : l[0] == 'D' ? 36 : 32;
                p += sprintf(p, "\033[%dm", c);
            }
            memcpy(p, "seq=", 4);
            p += 4;
            p += pu(p, seq++);
            if (!noten) {
                memcpy(p, " t=", 3);
                p += 3;
                p += pu(p, now);
            }
            *p++ = ' ';
            if (json) {
                tail = 2 + 11 + 12 + 2 + (int)strlen(l) + (int)strlen(m);
            } else {
                int ll = strlen(l), m2 = strlen(m);
                memcpy(p, l, ll);
                p += ll;
                if (ansi) {
                    memcpy(p, "\033[0m", 4);
                    p += 4;
                }
                *p++ = ' ';
                memcpy(p, m, m2);
                p += m2;
                *p++ = ' ';
            }
            int room = len - 1 - (int)(p - s) - tail;
            if (room > 0) {
                memcpy(p, src, room);
                p += room;
                if (utf8) {
                    char *q = p - 1;
                    int c = 0;
                    while (q > s && ((u8)*q & 0xc0) == 0x80) {
                        q--;
                        c++;
                    }
                    if ((u8)*q >= 0xc0) {
                        int need = (u8)*q >= 0xf0 ? 3 : (u8)*q >= 0xe0 ? 2 : 1;
                        if (c != need)
                            memset(q, '.', c + 1);
                    }
                }
            }
            if (json)
                p += sprintf(p, "\",\"level\":\"%s\",\"logger\":\"%s\"}", l, m);
            *p++ = '\n';
            n += p - s;
        }
        if (partial && n > 2) {
            size_t h = 1 + rnd() % (n - 1);
            if (wr(fd, buf, h))
                return 1;
            usleep(200);
            if (wr(fd, buf + h, n - h))
                return 1;
            writes += 2;
        } else {
            if (wr(fd, buf, n))
                return 1;
            writes++;
        }
        lines += k;
        bytes += n;
        since += k;
        if (X && since >= X && rot != NONE) {
            since = 0;
            rots++;
            char a[4096], b[4096];
            for (int i = keep - 1; i >= 1; i--) {
                snprintf(a, sizeof a, "%s.%d", f, i);
                snprintf(b, sizeof b, "%s.%d", f, i + 1);
                rename(a, b);
            }
            snprintf(a, sizeof a, "%s.1", f);
            if (rot == REN) {
                if (rename(f, a))
                    perror("rename");
                close(fd);
                fd = open(f, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
                if (fd < 0) {
                    perror(f);
                    return 1;
                }
            } else {
                if (!nocopy) {
                    int in = open(f, O_RDONLY | O_CLOEXEC),
                        out = open(a, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
                    if (in >= 0 && out >= 0) {
                        ssize_t c;
                        while ((c = copy_file_range(in, 0, out, 0, 1 << 24, 0)) > 0) {
                        }
                        if (c < 0) {
                            char t[65536];
                            while ((c = read(in, t, sizeof t)) > 0)
                                wr(out, t, c);
                        }
                    }
                    if (in >= 0)
                        close(in);
                    if (out >= 0)
                        close(out);
                }
                if (delay)
                    usleep(delay * 1000);
                if (ftruncate(fd, 0))
                    perror("ftruncate");
            }
        }
    }
    double s = (now_ns() - t0) / 1e9;
    printf("{\"lines\":%llu,\"bytes\":%llu,\"seconds\":%.3f,\"lines_per_s\":%.1f,\"MB_per_s\":%.2f,"
           "\"writes\":%llu,\"rotations\":%llu,\"last_seq\":%llu,\"late_writes\":%llu}\n",
           (unsigned long long)lines, (unsigned long long)bytes, s, lines / s, bytes / s / 1e6,
           (unsigned long long)writes, (unsigned long long)rots, (unsigned long long)(seq - 1),
           (unsigned long long)late);
    return 0;
}
