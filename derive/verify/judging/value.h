/* Numbers with a bound on their error, for judging kernels: nothing here is shared with what is judged.
 *
 * A value is h + l, which h is nearest to, and a radius r: the exact number lies within r of h + l. It comes in two kinds
 * of arithmetic, in pairs.h and in doubles.h, where l is 0. A radius is computed with a few roundings of non-negative
 * numbers, each of 2^-53; WIDER makes up for them all, and for |h| standing in for |h + l|. What underflow loses is less
 * than TINY, and far below any float. A radius of infinity, or NaN, says that nothing is known. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __GNUC__
#define INLINE static inline __attribute__((always_inline, unused))
#else
#define INLINE static inline
#endif

#define TINY 0x1p-1000
#define WIDER (1.0 + 0x1p-40)
#define UNKNOWN ((double)INFINITY)

typedef struct { double h, l, r; } value;
typedef struct { double yes, no; } truth; /* certainly so, certainly not: 1 or 0 each */

INLINE double more(double a, double b)
{
    return a > b ? a : b;
}

INLINE value number(double h, double l, double r)
{
    return (value){h, l, r};
}

INLINE value negative(value a)
{
    return (value){-a.h, -a.l, a.r};
}

/* Exact for a power of 2, but for what underflows. */
INLINE value scaled(value a, double power)
{
    return number(a.h * power, a.l * power, a.r * power + TINY);
}

INLINE value absolute(value a)
{
    const double sign = a.h < 0.0 ? -1.0 : 1.0;
    return number(sign * a.h, sign * a.l, a.r);
}

INLINE value chosen(truth condition, value a, value b)
{
    const double radius = condition.no > 0.0 ? b.r : UNKNOWN;
    return number(condition.yes > 0.0 ? a.h : b.h, condition.yes > 0.0 ? a.l : b.l, condition.yes > 0.0 ? a.r : radius);
}

/* 2^k for whole k from -1022 to 1023. */
INLINE double power_of_2(double k)
{
    const double shifted = k + (6755399441055744.0 + 1023.0);
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits <<= 52;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* log(2) in pieces: the first two have 42 bits, so that k times one of them is exact; the rest is below 2^-137. */
#define LN2_1 0x1.62e42fefa38p-1
#define LN2_2 0x1.ef35793c76p-45
#define LN2_3 0x1.cc01f97b57a08p-87
