// Durations in logarithmic buckets of 3 %.
#ifndef WSLOAD_HISTOGRAM_H
#define WSLOAD_HISTOGRAM_H

#include "../base.h"
#include <string.h>

#define HB 64
#define HS 32 // sub-buckets: 3% resolution
struct hist {
    u64 b[HB * HS], n, max;
    double sum;
};
static inline void hadd(struct hist *h, u64 v) {
    int i;
    if (v < HS)
        i = (int)v;
    else {
        int e = 63 - __builtin_clzll(v);
        i = (e - 4) * HS + (int)((v >> (e - 5)) & 31);
    }
    h->b[i]++;
    h->n++;
    h->sum += v;
    if (v > h->max)
        h->max = v;
}
static u64 hval(int i) {
    if (i < HS)
        return i;
    int e = i / HS + 4;
    u64 lo = ((u64)1 << e) | ((u64)(i % HS) << (e - 5));
    return lo + ((u64)1 << (e - 5)) / 2;
}
static double hpct(struct hist *h, double p) {
    if (!h->n)
        return 0;
    u64 t = (u64)(p * h->n + 0.5), c = 0;
    if (t < 1)
        t = 1;
    for (int i = 0; i < HB * HS; i++) {
        c += h->b[i];
        if (c >= t) {
            u64 v = hval(i);
            return v > h->max ? h->max : v;
        }
    }
    return h->max;
}
static void hmerge(struct hist *a, const struct hist *b) {
    for (int i = 0; i < HB * HS; i++)
        a->b[i] += b->b[i];
    a->n += b->n;
    a->sum += b->sum;
    if (b->max > a->max)
        a->max = b->max;
}

#endif
