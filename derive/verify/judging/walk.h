/* The walk: a kernel's results for consecutive bit patterns of float, against the truth that `exactly` encloses. */

struct tally {
    uint64_t misrounded, nan, number, inf, zero, sign;
    uint64_t open; /* inputs that the radius leaves to a better judge */
    double worst;  /* error in ulp, at least the true one */
    uint32_t where;
};

#define BLOCK 1024

static float of_bits(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint32_t bits_of(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* The float nearest to the truth, where all numbers within the radius round to it, else NaN; and how far `got` lies from
 * the truth, in ulp of that float. The slack of 2^-51 is for h standing in for h + l, and for the sums' own rounding. */
static void judge_block(const float *x, const float *got, float *right, double *error)
{
    for (size_t i = 0; i < BLOCK; i++) {
        const value truth_ = exactly(number((double)x[i], 0.0, 0.0));
        const double slack = truth_.r * WIDER + fabs(truth_.h) * 0x1p-51;
        const float low = (float)(truth_.h - slack), high = (float)(truth_.h + slack);
        /* Beside 0 the truth lies strictly between a line, which is exact, and what is 2^-51 further: no tie does. */
        const double line = SLOPE * (double)x[i], side = x[i] < 0.0f ? BEFORE : AFTER;
        const float beside = (float)(line + side * fabs(line) * 0x1p-51);
        const float apart = low == high ? low : NAN;
        const float told = fabs((double)x[i]) <= NEAR ? beside : apart;
        const float nearest = truth_.r < UNKNOWN ? told : NAN;
        uint32_t bits;
        memcpy(&bits, &nearest, sizeof bits);
        bits &= UINT32_C(0x7f800000);
        bits = bits < UINT32_C(0x00800000) ? UINT32_C(0x00800000) : bits;
        float power; /* the power of 2 at or below the nearest float: 2^23 ulp */
        memcpy(&power, &bits, sizeof power);
        right[i] = nearest;
        error[i] = (fabs(((double)got[i] - truth_.h) - truth_.l) + truth_.r) / ((double)power * 0x1p-23) * WIDER;
    }
}

/* One input whose result is wrong. */
static void blame(struct tally *t, uint32_t input, float got, float right, double error, uint32_t *wrong)
{
    wrong[2 * t->misrounded] = input;
    wrong[2 * t->misrounded + 1] = fabsf(right) > fabsf(got);
    t->misrounded++;
    if (isnan(got)) {
        t->nan++;
    } else if (isinf(got)) {
        t->inf++;
    } else if (error > 1.0) {
        t->zero += got == 0.0f;
        t->sign += got * right < 0.0f || (got != 0.0f && right != 0.0f && (got < 0.0f) != (right < 0.0f));
    }
}

/* Whether all results are the nearest ones, and none is further off than what is known already. */
static int is_plain(const float *x, const float *got, const float *right, const double *error, double worst)
{
    int odd = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        odd |= !(got[i] == right[i]) | !(fabsf(x[i]) < INFINITY);
    }
    double most = 0.0;
    for (size_t i = 0; i < BLOCK; i++) {
        most = error[i] > most ? error[i] : most;
    }
    return !odd && (most <= worst || worst >= 0.5);
}

/* n inputs and a kernel's results. `wrong`: room for n pairs of an input and whether the right result is further from 0.
 * `open`: room for n inputs. */
void walk(size_t n, const float *inputs, const float *got, struct tally *t, uint32_t *wrong, uint32_t *open)
{
    float x[BLOCK] = {0}, answers[BLOCK] = {0}, right[BLOCK];
    double error[BLOCK];
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t size = n - start < BLOCK ? n - start : BLOCK;
        memcpy(x, inputs + start, size * sizeof *x);
        memcpy(answers, got + start, size * sizeof *answers);
        judge_block(x, answers, right, error);
        if (is_plain(x, answers, right, error, t->worst)) {
            continue;
        }
        for (size_t i = 0; i < size; i++) {
            const uint32_t input = bits_of(x[i]);
            const float answer = answers[i];
            if (isfinite(right[i]) && isfinite(x[i])) {
                /* What is nearest is not further than half an ulp, whatever the radius adds. */
                const double off = answer == right[i] && error[i] > 0.5 ? 0.5 : error[i];
                if (off > t->worst && off < UNKNOWN) {
                    t->worst = off;
                    t->where = input;
                }
                if (answer != right[i]) {
                    blame(t, input, answer, right[i], error[i], wrong);
                }
            } else if (isnan(x[i])) {
                if (!isnan(answer)) {
                    blame(t, input, answer, of_bits(UINT32_C(0x7fc00000)), 0.0, wrong);
                    t->number++;
                }
            } else if (isinf(x[i]) || !(isinf(right[i]) && answer == right[i])) {
                open[t->open++] = input;
            }
        }
    }
}
