// Integer types and the clock that all three tools stamp lines with.
#ifndef BASE_H
#define BASE_H

#include <stdint.h>
#include <time.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

// CLOCK_MONOTONIC in nanoseconds: the same in every process of the machine.
static inline u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Writes v in decimal, without a zero byte; returns the number of digits.
static inline int put_decimal(char *out, u64 v) {
    char digits[24];
    int n = 0, k = 0;
    do
        digits[n++] = '0' + v % 10;
    while (v /= 10);
    while (n)
        out[k++] = digits[--n];
    return k;
}

#endif
