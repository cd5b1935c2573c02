// CPU and memory of the server, and of the kernel.
#ifndef WSLOAD_MACHINE_H
#define WSLOAD_MACHINE_H

#include "options.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct sys {
    double ut, st;    // seconds of the server, user and system
    long rss, thr;    // KiB and threads of it
    long avail, slab; // KiB
    long tcp_inuse, tcp_mem;
    double cpu_user, cpu_sys, cpu_soft, cpu_idle, cpu_steal;
};

static void rd_sys(struct sys *s) {
    memset(s, 0, sizeof *s);
    char b[4096], f[64];
    FILE *fp;
    double hz = sysconf(_SC_CLK_TCK);
    for (int i = 0; i < O.npid; i++) {
        snprintf(f, sizeof f, "/proc/%d/stat", O.pids[i]);
        if ((fp = fopen(f, "r"))) {
            if (fgets(b, sizeof b, fp)) {
                char *p = strrchr(b, ')');
                unsigned long u = 0, k = 0;
                if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &k) == 2) {
                    s->ut += u / hz;
                    s->st += k / hz;
                }
            }
            fclose(fp);
        }
        snprintf(f, sizeof f, "/proc/%d/status", O.pids[i]);
        if ((fp = fopen(f, "r"))) {
            long v;
            while (fgets(b, sizeof b, fp)) {
                if (sscanf(b, "VmRSS: %ld", &v) == 1)
                    s->rss += v;
                if (sscanf(b, "Threads: %ld", &v) == 1)
                    s->thr += v;
            }
            fclose(fp);
        }
    }
    if ((fp = fopen("/proc/meminfo", "r"))) {
        while (fgets(b, sizeof b, fp)) {
            sscanf(b, "MemAvailable: %ld", &s->avail);
            sscanf(b, "Slab: %ld", &s->slab);
        }
        fclose(fp);
    }
    if ((fp = fopen("/proc/net/sockstat", "r"))) {
        while (fgets(b, sizeof b, fp))
            sscanf(b, "TCP: inuse %ld orphan %*d tw %*d alloc %*d mem %ld", &s->tcp_inuse, &s->tcp_mem);
        fclose(fp);
    }
    if ((fp = fopen("/proc/stat", "r"))) {
        double u, n, k, i, io, ir, so, stl;
        if (fscanf(fp, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &u, &n, &k, &i, &io, &ir, &so, &stl) == 8) {
            s->cpu_user = (u + n) / hz;
            s->cpu_sys = k / hz;
            s->cpu_soft = (ir + so) / hz;
            s->cpu_idle = (i + io) / hz;
            s->cpu_steal = stl / hz;
        }
        fclose(fp);
    }
}

// Before the first connect; at the start and at the end of the window.
static struct sys SY0, SY1, SY2;

#endif
