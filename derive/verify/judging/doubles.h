/* Arithmetic of doubles, each operation of which rounds once, by at most 2^-53 of its result: quick, and enough for all
 * inputs but those whose results lie close to the middle between two floats. */
#define ROUNDING 0x1p-52

/* A number of a formula. */
INLINE value constant(double h, double l, double r)
{
    return number(h, 0.0, (r + fabs(l)) * WIDER);
}

INLINE value rounded(double h, double r)
{
    return number(h, 0.0, (r + ROUNDING * fabs(h) + TINY) * WIDER);
}

INLINE value sum_of(double a, double b)
{
    return rounded(a + b, 0.0);
}

INLINE value add(value a, value b)
{
    return rounded(a.h + b.h, a.r + b.r);
}

INLINE value subtract(value a, value b)
{
    return rounded(a.h - b.h, a.r + b.r);
}

INLINE value multiply(value a, value b)
{
    return rounded(a.h * b.h, fabs(a.h) * b.r + fabs(b.h) * a.r + a.r * b.r);
}

/* A / B - a / b = (A - a - (a / b) (B - b)) / B, and |B| >= |b| - r. */
INLINE value divide(value a, value b)
{
    const double q = a.h / b.h, least = fabs(b.h) * (1.0 - 0x1p-50) - b.r;
    const value quotient = rounded(q, (a.r + fabs(q) * b.r) / least);
    return number(q, 0.0, least > 0.0 ? quotient.r : UNKNOWN);
}

INLINE value square_root(value a)
{
    const double least = a.h * (1.0 - 0x1p-50) - a.r;
    const value root = rounded(sqrt(a.h), a.r / sqrt(least));
    return number(root.h, 0.0, least > 0.0 ? root.r : UNKNOWN);
}

/* exp(a) - 1 for |a| <= 0.3475, by Taylor's series r + r^2 (1/2! + r/3! + ... + r^13/15!), whose rest is less than 2^-66 of
 * r. The sum in brackets is off by less than 2^-51.5 of itself, times r^2 by 2^-53.5 of r, and the last sum by 2^-52.7 of
 * r: together by less than 2^-51.5 of the result, which is above 0.84 |r|. So 2^-50 is enough. */
#define SERIES 0x1p-50
INLINE value small_expm1(value a)
{
    const double r = a.h;
    double sum = 0x1.ae7f3e733b81fp-41; /* 1/15! */
    sum = fma(sum, r, 0x1.93974a8c07c9dp-37);
    sum = fma(sum, r, 0x1.6124613a86d09p-33);
    sum = fma(sum, r, 0x1.1eed8eff8d898p-29);
    sum = fma(sum, r, 0x1.ae64567f544e4p-26);
    sum = fma(sum, r, 0x1.27e4fb7789f5cp-22);
    sum = fma(sum, r, 0x1.71de3a556c734p-19);
    sum = fma(sum, r, 0x1.a01a01a01a01ap-16);
    sum = fma(sum, r, 0x1.a01a01a01a01ap-13);
    sum = fma(sum, r, 0x1.6c16c16c16c17p-10);
    sum = fma(sum, r, 0x1.1111111111111p-7);
    sum = fma(sum, r, 0x1.5555555555555p-5);
    sum = fma(sum, r, 0x1.5555555555555p-3);
    sum = fma(sum, r, 0.5);
    sum = fma(sum * r, r, r);
    /* Of what the argument may be off, the slope is less than 1.42. */
    return number(sum, 0.0, (SERIES * fabs(sum) + 1.5 * a.r + TINY) * WIDER);
}

/* a - k log(2) with the nearest whole k; |k| <= 1000. The first step takes away what is exact and leaves less than 0.3475,
 * or what is exact as well; both round by less than 2^-54. */
INLINE value reduced(value a, double k)
{
    const double r = fma(-k, LN2_2, fma(-k, LN2_1, a.h));
    return number(r, 0.0, (a.r + 0x1p-52) * WIDER);
}

INLINE value multiple_of_log2(double k)
{
    return rounded(fma(k, LN2_2, k * LN2_1), 0x1p-70);
}
