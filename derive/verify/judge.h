/* Numbers with a bound on their error, for judging kernels: nothing here is shared with what is judged.
 *
 * A value is h + l, a pair of doubles whose sum rounds to h, and a radius r: the exact number lies within r of h + l.
 * With u = 2^-53, the arithmetic of pairs is that of Joldes, Muller and Popescu, "Tight and rigorous error bounds for
 * basic building blocks of double-word arithmetic" (2017), whose relative errors are 3 u^2 for a sum, 4 u^2 for a
 * product, 15 u^2 for a quotient and 25/8 u^2 for a root, and a little: PAIR, 2^-101, is more than each of them.
 * Those bounds hold without underflow. What underflow loses is less than TINY, 2^-1000, and far below any float.
 * A radius is computed with a few roundings of non-negative numbers, each of 2^-53; WIDER makes up for them all, and
 * for |h| standing in for |h + l|. A radius of infinity, or NaN, says that nothing is known. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __GNUC__
#define INLINE static inline __attribute__((always_inline, unused))
#else
#define INLINE static inline
#endif

#define PAIR 0x1p-101
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

/* h + l exactly, where |h| >= |l| or h = 0. */
INLINE value in_order(double h, double l, double r)
{
    const double sum = h + l;
    return (value){sum, l - (sum - h), r};
}

/* a + b exactly. */
INLINE value exact_sum(double a, double b)
{
    const double sum = a + b, part = sum - a;
    return (value){sum, (a - (sum - part)) + (b - part), 0.0};
}

/* a b exactly. */
INLINE value exact_product(double a, double b)
{
    const double product = a * b;
    return (value){product, fma(a, b, -product), 0.0};
}

INLINE value negative(value a)
{
    return (value){-a.h, -a.l, a.r};
}

INLINE value add(value a, value b)
{
    const value high = exact_sum(a.h, b.h), low = exact_sum(a.l, b.l);
    const value first = in_order(high.h, high.l + low.h, 0.0);
    const value sum = in_order(first.h, low.l + first.l, 0.0);
    return number(sum.h, sum.l, (a.r + b.r + PAIR * fabs(sum.h) + TINY) * WIDER);
}

INLINE value subtract(value a, value b)
{
    return add(a, negative(b));
}

INLINE value multiply(value a, value b)
{
    const value high = exact_product(a.h, b.h);
    const double low = fma(a.l, b.h, fma(a.h, b.l, a.l * b.l));
    const value product = in_order(high.h, high.l + low, 0.0);
    const double radius = fabs(a.h) * b.r + fabs(b.h) * a.r + a.r * b.r;
    return number(product.h, product.l, (radius + PAIR * fabs(product.h) + TINY) * WIDER);
}

/* Exact for a power of 2, but for what underflows. */
INLINE value scaled(value a, double power)
{
    return number(a.h * power, a.l * power, a.r * power + TINY);
}

/* A / B - a / b = (A - a - (a / b) (B - b)) / B, and |B| >= |b| - r. */
INLINE value divide(value a, value b)
{
    const double q = a.h / b.h;
    const value high = exact_product(b.h, q);
    const value first = in_order(high.h, b.l * q, 0.0);
    const value back = in_order(first.h, first.l + high.l, 0.0);
    const double rest = (a.h - back.h) + (a.l - back.l);
    const value quotient = in_order(q, rest / b.h, 0.0);
    const double least = fabs(b.h) * (1.0 - 0x1p-50) - b.r;
    const double radius = ((a.r + fabs(quotient.h) * b.r) / least + PAIR * fabs(quotient.h) + TINY) * WIDER;
    return number(quotient.h, quotient.l, least > 0.0 ? radius : UNKNOWN);
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

INLINE double below_zero(value a)
{
    return -a.h * (1.0 - 0x1p-50) > a.r ? 1.0 : 0.0;
}

/* Whether both are known exactly, and the same. */
INLINE double identical(value a, value b)
{
    return a.r + b.r + fabs(a.h - b.h) + fabs(a.l - b.l) == 0.0 ? 1.0 : 0.0;
}

INLINE truth less(value a, value b)
{
    const value d = subtract(a, b);
    return (truth){below_zero(d), more(below_zero(negative(d)), identical(a, b))};
}

INLINE truth equals(value a, value b)
{
    const value d = subtract(a, b);
    return (truth){identical(a, b), more(below_zero(d), below_zero(negative(d)))};
}

INLINE truth opposite(truth a)
{
    return (truth){a.no, a.yes};
}

INLINE truth both(truth a, truth b)
{
    return (truth){a.yes * b.yes, more(a.no, b.no)};
}

INLINE truth either(truth a, truth b)
{
    return (truth){more(a.yes, b.yes), a.no * b.no};
}

/* Where it is not known which is greater, either lies within the distance of the two. */
INLINE value maximum(value a, value b)
{
    const value d = subtract(a, b);
    const double is_b = below_zero(d), is_a = more(below_zero(negative(d)), identical(a, b));
    const double radius = is_a > 0.0 ? a.r : a.r + b.r + fabs(d.h) * WIDER + d.r;
    return number(is_b > 0.0 ? b.h : a.h, is_b > 0.0 ? b.l : a.l, is_b > 0.0 ? b.r : radius);
}

INLINE value minimum(value a, value b)
{
    return negative(maximum(negative(a), negative(b)));
}

INLINE value sign_of(value a)
{
    const double known = fabs(a.h) * (1.0 - 0x1p-50) > a.r ? 0.0 : UNKNOWN;
    const double radius = fabs(a.h) + a.r == 0.0 ? 0.0 : known;
    return number(a.h > 0.0 ? 1.0 : a.h < 0.0 ? -1.0 : 0.0, 0.0, radius);
}

INLINE value square_root(value a)
{
    const double s = sqrt(a.h);
    const double rest = a.l + fma(-s, s, a.h);
    const value root = in_order(s, rest / (2.0 * s), 0.0);
    const double least = a.h * (1.0 - 0x1p-50) - a.r;
    const double radius = (a.r / sqrt(least) + PAIR * fabs(root.h) + TINY) * WIDER;
    return number(root.h, root.l, least > 0.0 ? radius : UNKNOWN);
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

/* exp(a) - 1 for |a| <= 0.3475, by Taylor's series r + r^2 (1/2! + r/3! + ...).
 * The terms from r^7/7! on, together less than 2^-21.3 of r, are summed in double by Horner's rule: each step shrinks the
 * error before it by r/8 or more and adds 2^-53 of its sum, which makes less than 2^-52 of their sum; the low part of r is
 * left out there, which is less again: less than 2^-72 of r in all. What comes after r^19/19! is less than 2^-80 of r, and
 * the rounding of a dozen operations on pairs less than 2^-97. As |exp(r) - 1| > 0.84 |r|, 2^-69 of it is enough. */
#define SERIES 0x1p-69
INLINE value small_expm1(value a)
{
    const double r = a.h;
    double tail = 0x1.2f49b46814157p-57; /* 1/19! */
    tail = fma(tail, r, 0x1.6827863b97d97p-53);
    tail = fma(tail, r, 0x1.952c77030ad4ap-49);
    tail = fma(tail, r, 0x1.ae7f3e733b81fp-45);
    tail = fma(tail, r, 0x1.ae7f3e733b81fp-41);
    tail = fma(tail, r, 0x1.93974a8c07c9dp-37);
    tail = fma(tail, r, 0x1.6124613a86d09p-33);
    tail = fma(tail, r, 0x1.1eed8eff8d898p-29);
    tail = fma(tail, r, 0x1.ae64567f544e4p-26);
    tail = fma(tail, r, 0x1.27e4fb7789f5cp-22);
    tail = fma(tail, r, 0x1.71de3a556c734p-19);
    tail = fma(tail, r, 0x1.a01a01a01a01ap-16);
    tail = fma(tail, r, 0x1.a01a01a01a01ap-13); /* 1/7! */
    const value x = number(a.h, a.l, 0.0);
    value sum = add(exact_product(tail, r), number(0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65, 0.0)); /* 1/6! */
    sum = add(multiply(sum, x), number(0x1.1111111111111p-7, 0x1.1111111111111p-63, 0.0));
    sum = add(multiply(sum, x), number(0x1.5555555555555p-5, 0x1.5555555555555p-59, 0.0));
    sum = add(multiply(sum, x), number(0x1.5555555555555p-3, 0x1.5555555555555p-57, 0.0));
    sum = add(multiply(sum, x), number(0.5, 0.0, 0.0));
    sum = add(multiply(multiply(sum, x), x), x);
    /* Of what the argument may be off, the slope is less than 1.42. */
    return number(sum.h, sum.l, (SERIES * fabs(sum.h) + 1.5 * a.r + TINY) * WIDER);
}

/* log(2) in pieces: the first two have 42 bits, so that k times one of them is exact; the rest is below 2^-137. */
#define LN2_1 0x1.62e42fefa38p-1
#define LN2_2 0x1.ef35793c76p-45
#define LN2_3 0x1.cc01f97b57a08p-87

/* a - k log(2) with the nearest whole k; |k| <= 1000. */
INLINE value reduced(value a, double k)
{
    const value high = add(exact_sum(a.h, -k * LN2_1), exact_sum(a.l, -k * LN2_2));
    const value found = subtract(high, exact_product(k, LN2_3));
    return number(found.h, found.l, (a.r + found.r + 0x1p-120) * WIDER);
}

/* Beyond it exp(-FARTHEST) < 2^-995, and doubles come to their ends. */
#define FARTHEST 690.0
INLINE double whole(double a)
{
    const double held = a < -FARTHEST ? -FARTHEST : a > FARTHEST ? FARTHEST : a;
    return (held * 0x1.71547652b82fep+0 + 6755399441055744.0) - 6755399441055744.0;
}

/* The argument, held where doubles reach, with a radius of infinity where it is not in reach. */
INLINE value held(value a)
{
    const double is_far = fabs(a.h) > FARTHEST ? 1.0 : 0.0;
    const double radius = a.r < 0x1p-10 ? a.r : UNKNOWN;
    return number(is_far > 0.0 ? 0.0 : a.h, is_far > 0.0 ? 0.0 : a.l, is_far > 0.0 ? UNKNOWN : radius);
}

INLINE value exponential(value a)
{
    const value in_reach = held(a);
    const double k = whole(in_reach.h), vanishes = a.h + a.r * WIDER < -FARTHEST ? 1.0 : 0.0;
    const value found = scaled(add(small_expm1(reduced(in_reach, k)), number(1.0, 0.0, 0.0)), power_of_2(k));
    return number(vanishes > 0.0 ? 0.0 : found.h, vanishes > 0.0 ? 0.0 : found.l, vanishes > 0.0 ? 0x1p-990 : found.r);
}

INLINE value exponential_less_1(value a)
{
    const value in_reach = held(a);
    const double k = whole(in_reach.h), vanishes = a.h + a.r * WIDER < -FARTHEST ? 1.0 : 0.0;
    const double power = power_of_2(k);
    const value small = small_expm1(k == 0.0 ? in_reach : reduced(in_reach, k));
    const value whole_powers = add(scaled(small, power), exact_sum(power, -1.0));
    const value found = number(
        k == 0.0 ? small.h : whole_powers.h, k == 0.0 ? small.l : whole_powers.l, k == 0.0 ? small.r : whole_powers.r);
    return number(vanishes > 0.0 ? -1.0 : found.h, vanishes > 0.0 ? 0.0 : found.l, vanishes > 0.0 ? 0x1p-990 : found.r);
}

/* log(1 + f) = y + log(1 + e) for any y, where e = (1 + f) exp(-y) - 1 = E + f + f E with E = exp(-y) - 1.
 * y comes from a short series, so that e is small, and the third power of e is the last that counts: the radius is that of
 * e with e^4, wherever |e| < 2^-10. */
INLINE value logarithm_near_1(value f)
{
    const double s = f.h / (2.0 + f.h), q = s * s;
    const double series = 1.0 + q * (0x1.5555555555555p-2 + q * (0.2 + q * (0x1.2492492492492p-3 + q * 0x1.c71c71c71c71cp-4)));
    const double y = 2.0 * s * series;
    const value power = small_expm1(number(-y, 0.0, 0.0));
    const value x = number(f.h, f.l, 0.0);
    const value e = add(add(power, x), multiply(x, power));
    const double square = e.h * e.h;
    const value rest = exact_sum(y, square * (e.h * 0x1.5555555555555p-2 - 0.5));
    const value found = add(e, rest);
    /* e^2 (e/3 - 1/2) is rounded four times; a relative error of 2^-50 covers that. */
    const double lost = square * square + square * 0x1p-50;
    const double least = (1.0 + f.h) * (1.0 - 0x1p-50) - f.r;
    const double radius = (found.r + lost + 2.0 * e.r * (fabs(e.h) + e.r) + f.r / least) * WIDER;
    /* One condition at a time, which compilers turn into vectors. */
    const double in_reach = more(fabs(e.h), e.r) < 0x1p-10 ? radius : UNKNOWN;
    return number(found.h, found.l, least > 0.0 ? in_reach : UNKNOWN);
}

/* The whole k for which a is 2^k m, with m from sqrt(1/2) to sqrt(2). */
INLINE double binary_exponent(double a)
{
    uint64_t bits;
    const double moved = a * 0x1.6a09e667f3bcdp+0;
    memcpy(&bits, &moved, sizeof bits);
    /* The exponent's bits as a double, without a conversion that few machines have for vectors. */
    bits = (bits >> 52) | UINT64_C(0x4330000000000000);
    double k;
    memcpy(&k, &bits, sizeof k);
    return k - (4503599627370496.0 + 1023.0);
}

/* log(w), where w = 1 + f; both are given, since the one or the other is more exact. */
INLINE value logarithm_of(value w, value f)
{
    const double k = binary_exponent(w.h);
    const value moved = add(scaled(w, power_of_2(-k)), number(-1.0, 0.0, 0.0));
    const value near = number(k == 0.0 ? f.h : moved.h, k == 0.0 ? f.l : moved.l, k == 0.0 ? f.r : moved.r);
    const value small = logarithm_near_1(near);
    value powers = exact_sum(k * LN2_1, k * LN2_2);
    powers = add(powers, exact_product(k, LN2_3));
    const value sum = add(small, powers);
    const double radius = k == 0.0 ? small.r : (sum.r + 0x1p-120) * WIDER;
    return number(k == 0.0 ? small.h : sum.h, k == 0.0 ? small.l : sum.l, fabs(k) < 900.0 ? radius : UNKNOWN);
}

INLINE value logarithm(value a)
{
    return logarithm_of(a, add(a, number(-1.0, 0.0, 0.0)));
}

INLINE value logarithm_of_1_plus(value a)
{
    return logarithm_of(add(number(1.0, 0.0, 0.0), a), a);
}

INLINE value hyperbolic_tangent(value a)
{
    const value e = exponential_less_1(scaled(absolute(a), -2.0));
    const value found = divide(negative(e), add(e, number(2.0, 0.0, 0.0)));
    const double sign = a.h < 0.0 ? -1.0 : 1.0;
    return number(sign * found.h, sign * found.l, found.r);
}
