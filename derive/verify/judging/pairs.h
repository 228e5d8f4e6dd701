/* Arithmetic of pairs of doubles. With u = 2^-53 it is that of Joldes, Muller and Popescu, "Tight and rigorous error
 * bounds for basic building blocks of double-word arithmetic" (2017), whose relative errors are 3 u^2 for a sum, 4 u^2 for
 * a product, 15 u^2 for a quotient and 25/8 u^2 for a root, and a little: PAIR is more than each of them. */
#define PAIR 0x1p-101

/* A number of a formula. */
INLINE value constant(double h, double l, double r)
{
    return number(h, l, r);
}

/* h + l exactly, where |h| >= |l| or h = 0. */
INLINE value in_order(double h, double l, double r)
{
    const double sum = h + l;
    return (value){sum, l - (sum - h), r};
}

/* a + b, exactly. */
INLINE value sum_of(double a, double b)
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

INLINE value add(value a, value b)
{
    const value high = sum_of(a.h, b.h), low = sum_of(a.l, b.l);
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

INLINE value square_root(value a)
{
    const double s = sqrt(a.h);
    const double rest = a.l + fma(-s, s, a.h);
    const value root = in_order(s, rest / (2.0 * s), 0.0);
    const double least = a.h * (1.0 - 0x1p-50) - a.r;
    const double radius = (a.r / sqrt(least) + PAIR * fabs(root.h) + TINY) * WIDER;
    return number(root.h, root.l, least > 0.0 ? radius : UNKNOWN);
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

/* a - k log(2) with the nearest whole k; |k| <= 1000. */
INLINE value reduced(value a, double k)
{
    const value high = add(sum_of(a.h, -k * LN2_1), sum_of(a.l, -k * LN2_2));
    const value found = subtract(high, exact_product(k, LN2_3));
    return number(found.h, found.l, (a.r + found.r + 0x1p-120) * WIDER);
}

INLINE value multiple_of_log2(double k)
{
    const value found = add(sum_of(k * LN2_1, k * LN2_2), exact_product(k, LN2_3));
    return number(found.h, found.l, found.r + 0x1p-120);
}
