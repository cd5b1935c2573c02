// logwriter - appends numbered, time-stamped log lines to a file at a given
// rate, and rotates it.
//
//   logwriter -f FILE [-R lines/s, 0 = as fast as possible] [-L bytes of a line, with its LF]
//             [-k lines per write] [-n lines] [-d seconds]
//             [--rotate rename|copytruncate --every LINES [--keep N] [--no-copy] [--truncate-delay MS]]
//             [--ansi] [--utf8] [--json] [--vary BYTES] [--partial] [--burst LINES] [--start SEQ]
//             [--fresh] [--no-time] [--seed N]
//
// A line is "seq=N t=NS LEVEL module filler" of exactly -L bytes (+- --vary, at
// least 48); t is CLOCK_MONOTONIC in nanoseconds, and the filler holds neither
// mark. --partial writes each batch in two halves, cut anywhere, 200 us apart.
// --burst K writes K lines at once, still -R lines/s on average. --fresh begins
// with an empty file. With copytruncate no reader that lags at the truncation
// can see every line; --truncate-delay gives it time. It ends with one line of
// JSON on stdout.
#define _GNU_SOURCE
#include "base.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum rotation { NEVER, RENAME, COPYTRUNCATE };
enum { FILLERS = 1024 };

static struct {
    const char *file;
    double rate, seconds;
    int length, per_write, vary;
    u64 lines, every, start;
    enum rotation rotation;
    int keep, no_copy, truncate_delay;
    int ansi, utf8, json, partial, fresh, no_time;
} opt = {.rate = 1000, .length = 150, .per_write = 1, .keep = 2, .start = 1};

static volatile sig_atomic_t stop;
static u64 random_state = 88172645463325252ull;

static void on_signal(int sig) {
    (void)sig;
    stop = 1;
}

// xorshift64: quick, and the same for each seed.
static u64 next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static unsigned below(unsigned n) {
    return next_random() % n;
}

static const char *levels[] = {"INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"};
static const char *modules[] = {"http.server",  "db.pool",         "auth.session", "cache.redis",
                                "queue.worker", "billing.invoice", "search.index", "payments.gateway"};
static const char *paths[] = {"/api/v1/users/%u",  "/api/v1/orders/%u/items",        "/healthz?n=%u",
                              "/static/app.%x.js", "/api/v2/search?q=term%u&page=2", "/login?next=%%2Fhome%u"};
static const char *scripts[] = {"приложение запущено", "接続がタイムアウトしました", "café ☕ déjà vu",
                                "🚀 deploy ✅ finished", "größenänderung übernommen",  "한국어 로그 메시지"};

// How many bytes the UTF-8 sequence that begins with b has.
static int sequence_length(u8 b) {
    return b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
}

// Overwrites with dots what the cut at the end of text[0..n) left of a sequence.
static void mend_end(char *text, int n) {
    int at = n;
    while (at > 0 && ((u8)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    if ((u8)text[at - 1] < 0xc0)
        memset(text + at, '.', n - at);
    else if (n - (at - 1) < sequence_length(text[at - 1]))
        memset(text + at - 1, '.', n - (at - 1));
}

// One event of a made-up service; returns its length.
static int phrase(char *out, size_t room) {
    char path[96];
    snprintf(path, sizeof path, paths[below(6)], below(100000));
    switch (below(4)) {
    case 0:
        return snprintf(
            out, room,
            "GET %s status=%d bytes=%u dur_ms=%u.%03u ip=10.%u.%u.%u ua=\"Mozilla/5.0 (X11; Linux x86_64)\" ", path,
            below(9)   ? 200
            : below(2) ? 404
                       : 500,
            below(60000), below(300), below(1000), below(256), below(256), below(256));
    case 1:
        return snprintf(out, room, "request_id=%08x-%04x-%04x user=%u action=update table=orders rows=%u took=%uus ",
                        (unsigned)next_random(), below(65536), below(65536), below(90000), below(50), below(90000));
    case 2:
        return snprintf(out, room, "connection to shard-%02u.db.internal:5432 acquired, pool %u/20 busy, waited %ums ",
                        below(32), below(20), below(40));
    default:
        return snprintf(out, room, "retrying job %x attempt %u of 5: upstream timed out after %us ", below(1 << 24),
                        below(5) + 1, below(30));
    }
}

// Fills exactly n bytes without a newline.
static void make_filler(char *out, int n) {
    char text[2048];
    int k = 0;
    while (k < n + 8 && k < 1500) {
        k += phrase(text + k, sizeof text - k);
        if (opt.utf8 && below(2))
            k += snprintf(text + k, sizeof text - k, "%s ", scripts[below(6)]);
    }
    for (int m = 0; m < n; m += k)
        memcpy(out + m, text, n - m < k ? n - m : k);
    mend_end(out, n);
    for (int i = 0; opt.json && i < n; i++)
        if (out[i] == '"' || out[i] == '\\')
            out[i] = '\'';
}

// Writes one line to out and returns its length. fillers holds FILLERS texts of
// `stride` bytes.
static size_t make_line(char *out, u64 seq, u64 now, const char *fillers, size_t stride) {
    u64 r = next_random();
    int length = opt.length + (opt.vary ? (int)(r % (2 * opt.vary + 1)) - opt.vary : 0);
    if (length < 48)
        length = 48;
    const char *filler = fillers + (size_t)(r >> 20) % FILLERS * stride;
    const char *level = levels[r >> 8 & 7], *module = modules[r >> 12 & 7];
    char *p = out;
    int tail = 0;
    if (opt.json) {
        p += sprintf(p, "{\"msg\":\"");
        tail = strlen("\",\"level\":\"\",\"logger\":\"\"}") + strlen(level) + strlen(module);
    } else if (opt.ansi) {
        p += sprintf(p, "\033[%dm", level[0] == 'E' ? 31 : level[0] == 'W' ? 33 : level[0] == 'D' ? 36 : 32);
    }
    memcpy(p, "seq=", 4);
    p += 4;
    p += put_decimal(p, seq);
    if (!opt.no_time) {
        memcpy(p, " t=", 3);
        p += 3;
        p += put_decimal(p, now);
    }
    *p++ = ' ';
    if (!opt.json) {
        p = stpcpy(p, level);
        if (opt.ansi)
            p = stpcpy(p, "\033[0m");
        *p++ = ' ';
        p = stpcpy(p, module);
        *p++ = ' ';
    }
    int room = length - 1 - (int)(p - out) - tail;
    if (room > 0) {
        memcpy(p, filler, room);
        if (opt.utf8)
            mend_end(p, room);
        p += room;
    }
    if (opt.json)
        p += sprintf(p, "\",\"level\":\"%s\",\"logger\":\"%s\"}", level, module);
    *p++ = '\n';
    return p - out;
}

static void fatal(const char *what) {
    fprintf(stderr, "logwriter: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t r = write(fd, p, n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            fatal("write");
        p += r;
        n -= r;
    }
}

static int open_log(int flags) {
    int fd = open(opt.file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0644);
    if (fd < 0)
        fatal(opt.file);
    return fd;
}

static void copy_file(const char *from, const char *to) {
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (in < 0 || out < 0)
        fatal("copy the log");
    static char block[65536];
    ssize_t n;
    while ((n = read(in, block, sizeof block)) > 0)
        write_all(out, block, n);
    close(in);
    close(out);
}

// Rotates as logrotate does and returns the descriptor to go on with.
static int rotate(int fd) {
    char from[4096], to[4096];
    for (int i = opt.keep - 1; i >= 1; i--) {
        snprintf(from, sizeof from, "%s.%d", opt.file, i);
        snprintf(to, sizeof to, "%s.%d", opt.file, i + 1);
        rename(from, to); // there may be none yet
    }
    snprintf(to, sizeof to, "%s.1", opt.file);
    if (opt.rotation == RENAME) {
        if (rename(opt.file, to))
            fatal("rename");
        close(fd);
        return open_log(0);
    }
    if (!opt.no_copy)
        copy_file(opt.file, to);
    if (opt.truncate_delay)
        usleep(opt.truncate_delay * 1000);
    if (ftruncate(fd, 0))
        fatal("truncate");
    return fd;
}

static void sleep_until(u64 ns) {
    struct timespec at = {ns / 1000000000ull, ns % 1000000000ull};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, 0);
}

static void write_batch(int fd, const char *text, size_t n) {
    size_t half = opt.partial && n > 2 ? 1 + next_random() % (n - 1) : n;
    write_all(fd, text, half);
    if (half < n) {
        usleep(200);
        write_all(fd, text + half, n - half);
    }
}

static int run(void) {
    int fd = open_log(opt.fresh ? O_TRUNC : 0);
    size_t stride = opt.length + opt.vary + 64;
    char *fillers = malloc(FILLERS * stride), *batch = malloc(opt.per_write * (stride + 256));
    for (int i = 0; i < FILLERS; i++)
        make_filler(fillers + i * stride, opt.length + opt.vary + 32);

    u64 began = now_ns(), seq = opt.start, lines = 0, bytes = 0, rotations = 0, since = 0;
    double due = 0, interval = opt.rate > 0 ? 1e9 * opt.per_write / opt.rate : 0;
    while (!stop && !(opt.lines && lines >= opt.lines)) {
        u64 now = now_ns();
        if (opt.seconds > 0 && now - began >= (u64)(opt.seconds * 1e9))
            break;
        if (opt.rate > 0 && now < began + (u64)due)
            sleep_until(began + (u64)due);
        if (stop)
            break;
        due += interval;
        u64 k = opt.per_write;
        if (opt.lines && k > opt.lines - lines)
            k = opt.lines - lines;
        if (opt.every && k > opt.every - since)
            k = opt.every - since;
        size_t n = 0;
        now = now_ns();
        for (u64 i = 0; i < k; i++)
            n += make_line(batch + n, seq++, now, fillers, stride);
        write_batch(fd, batch, n);
        lines += k;
        bytes += n;
        since += k;
        if (opt.rotation != NEVER && since >= opt.every) {
            fd = rotate(fd);
            since = 0;
            rotations++;
        }
    }
    double s = (now_ns() - began) / 1e9;
    printf("{\"lines\":%llu,\"bytes\":%llu,\"seconds\":%.3f,\"lines_per_s\":%.1f,\"MB_per_s\":%.2f,\"rotations\":%llu,"
           "\"last_seq\":%llu}\n",
           (unsigned long long)lines, (unsigned long long)bytes, s, lines / s, bytes / s / 1e6,
           (unsigned long long)rotations, (unsigned long long)(seq - 1));
    return 0;
}

static void usage(void) {
    fprintf(stderr, "usage: logwriter -f FILE [-R lines/s] [-L bytes] [-k lines per write] [-n lines] [-d seconds]\n"
                    "  [--rotate rename|copytruncate --every LINES [--keep N] [--no-copy] [--truncate-delay MS]]\n"
                    "  [--ansi] [--utf8] [--json] [--vary BYTES] [--partial] [--burst LINES] [--start SEQ]\n"
                    "  [--fresh] [--no-time] [--seed N]\n");
    exit(2);
}

enum { ROTATE = 256, EVERY, KEEP, START, DELAY, VARY, SEED, BURST };

static void parse_options(int argc, char **argv) {
    const struct option flags[] = {{"rotate", 1, 0, ROTATE},
                                   {"every", 1, 0, EVERY},
                                   {"keep", 1, 0, KEEP},
                                   {"start", 1, 0, START},
                                   {"truncate-delay", 1, 0, DELAY},
                                   {"vary", 1, 0, VARY},
                                   {"seed", 1, 0, SEED},
                                   {"burst", 1, 0, BURST},
                                   {"ansi", 0, &opt.ansi, 1},
                                   {"utf8", 0, &opt.utf8, 1},
                                   {"json", 0, &opt.json, 1},
                                   {"no-copy", 0, &opt.no_copy, 1},
                                   {"partial", 0, &opt.partial, 1},
                                   {"fresh", 0, &opt.fresh, 1},
                                   {"no-time", 0, &opt.no_time, 1},
                                   {0}};
    int burst = 0, o;
    while ((o = getopt_long(argc, argv, "f:R:L:k:n:d:h", flags, 0)) != -1) {
        switch (o) {
        case 0: break;
        case 'f': opt.file = optarg; break;
        case 'R': opt.rate = atof(optarg); break;
        case 'L': opt.length = atoi(optarg); break;
        case 'k': opt.per_write = atoi(optarg); break;
        case 'n': opt.lines = strtoull(optarg, 0, 10); break;
        case 'd': opt.seconds = atof(optarg); break;
        case ROTATE:
            opt.rotation = !strcmp(optarg, "rename") ? RENAME : !strcmp(optarg, "copytruncate") ? COPYTRUNCATE : NEVER;
            if (opt.rotation == NEVER)
                usage();
            break;
        case EVERY: opt.every = strtoull(optarg, 0, 10); break;
        case KEEP: opt.keep = atoi(optarg); break;
        case START: opt.start = strtoull(optarg, 0, 10); break;
        case DELAY: opt.truncate_delay = atoi(optarg); break;
        case VARY: opt.vary = atoi(optarg); break;
        case SEED: random_state ^= strtoull(optarg, 0, 10) * 0x9E3779B97F4A7C15ull; break;
        case BURST: burst = atoi(optarg); break;
        default: usage();
        }
    }
    if (!opt.file || opt.length < 1 || opt.vary < 0)
        usage();
    if (burst > 0)
        opt.per_write = burst;
    else if (opt.rate == 0 && opt.per_write <= 1)
        opt.per_write = 256;
    if (opt.per_write < 1)
        opt.per_write = 1;
    if (opt.rotation != NEVER && !opt.every)
        opt.every = 10000;
}

int main(int argc, char **argv) {
    parse_options(argc, argv);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    return run();
}
