/* What both kinds of arithmetic share: comparisons, and functions made of what the arithmetic brings. */

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
    const value whole_powers = add(scaled(small, power), sum_of(power, -1.0));
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
    const value rest = sum_of(y, square * (e.h * 0x1.5555555555555p-2 - 0.5));
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
    const value sum = add(small, multiple_of_log2(k));
    const double radius = k == 0.0 ? small.r : sum.r;
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
