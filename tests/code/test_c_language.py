"""C that is easily taken for mathematics, kind by kind: read as the language has it, or refused with a reason."""

import pytest
from attack.code_values import value

from derive import trace_c
from derive.code.c_reader import run_c
from derive.errors import DeriveError, UnsupportedError
from derive.testing import assert_gradient

# A function of x, and what C has it return at x = 3.25.
MEANT = {
    # macros are text
    "#define HALF 1/2\ndouble f(double x) { return x * HALF; }": 1.625,
    "#define HALF (1/2)\ndouble f(double x) { return x * HALF; }": 0,
    "#define SUM 1 + 1\ndouble f(double x) { return x * SUM; }": 4.25,
    "#define NEG -1\ndouble f(double x) { return x -NEG; }": 4.25,
    "#define A B\n#define B 2\ndouble f(double x) { return x * A; }": 6.5,
    "#define A 2\n#undef A\n#define A 3\ndouble f(double x) { return x * A; }": 9.75,
    "#define SQ(a) a*a\ndouble f(double x) { return SQ(x + 1); }": 3.25 + 3.25 + 1,
    "#define MAX(a, b) ((a) > (b) ? (a) : (b))\ndouble f(double x) { return MAX(x, MAX(1, 5)); }": 5,
    "#define exp(a) (2 * (a))\ndouble f(double x) { return exp(x); }": 6.5,
    "#define x2 (x * x2)\ndouble f(double x) { double x2 = x * 2; return x2; }": None,
    "#define LONG 1 + \\\n 1\ndouble f(double x) { return x * LONG; }": 4.25,
    "#define ONE 1 /* not\n 2 */ + 1\ndouble f(double x) { return x * ONE; }": 4.25,
    # conditional groups
    "double f(double x) {\n#if 0\n return 7;\n#endif\n return x; }": 3.25,
    "#ifndef F\n#define F 2\n#else\n#define F 3\n#endif\ndouble f(double x) { return F * x; }": 6.5,
    "#define F\n#ifndef F\n#define G 2\n#else\n#define G 3\n#endif\ndouble f(double x) { return G * x; }": 9.75,
    "#ifdef USE_FLOAT\ntypedef float real;\n#else\ntypedef double real;\n#endif\nreal f(real x) { return x; }": 3.25,
    "#if defined(A) || !defined(B) && 1\n#define C 2\n#elif 1\n#define C 3\n#endif\ndouble f() { return C; }": 2,
    "#ifndef M_PI\n#define M_PI 3.14159265358979323846\n#endif\ndouble f(double x) { return M_PI; }": 3.141592653589793,
    "#ifdef __cplusplus\nextern \"C\" {\n#endif\ndouble f(double x) { return x; }": 3.25,
    # types have names
    "typedef int idx;\ndouble f(double x) { idx k = x; return k; }": 3,
    "typedef unsigned int uint;\ntypedef uint count;\ndouble f(double x) { return (count)x / 2; }": 1,
    "typedef double real;\nreal f(real x) { return x / 2; }": 1.625,
    "typedef const double *vec;\ndouble at(vec a) { return a[0]; }\ndouble f(double x) { return at(&x); }": None,
    # integers
    "double f(double x) { return x * (1/2); }": 0,
    "double f(double x) { int a = 7, b = 2; return a / b * x; }": 9.75,
    "double f(double x) { return (int)x / 2; }": 1,
    "double f(double x) { return (int)-x / 2 * 1.0 + -7 % 3; }": -2,
    "double f(double x) { return (x > 0 ? 7 : 2) / 2; }": 3,
    "double f(double x) { return (x > 0 ? 7 : 2.0) / 2; }": 3.5,
    "double f(double x) { return (1 ? 7 : 2.0) / 2; }": 3.5,
    "double f(double x) { return 010 * x; }": 26,
    "double f(double x) { return (x > 1) / 2; }": 0,
    "double f(double x) { int k = 3; k *= 0.5; return k; }": 1,
    "double f(double x) { int k; k = x = 2.75; return k + x; }": 4.75,
    "int f(double x) { return x * 2; }": 6,
    "int f(double x) { if (x > 1) return x / 2; return 7; }": 1,
    "double half(int k) { return k * 0.5; }\ndouble f(double x) { return half(x); }": 1.5,
    "double f(double x) { return abs(x) + abs(-x); }": 6,
    "double f(double x) { return fabs(x) + fabsf(-x); }": 6.5,
    "double f(double x) { _Bool b = x; return b; }": 1,
    "#include <stdbool.h>\ndouble f(double x) { bool b = x * 0.1; b += 1; return b; }": 1,
    "double f(double x) { return (_Bool)0.5 + (int)0.5; }": 1,
    "double f(double x) { return round(-2.5) + round(x) + trunc(-x) + fmod(-7, 3) + fdim(x, 1); }": -1.75,
    # scopes
    "double f(double x) { double y = 1; if (x > 0) { double y = x; if (y > 7) return y; } return y; }": 1,
    "double f(double x) { double y = 1; { double y = 2; y += x; } return y; }": 1,
    "double f(double x) { for (int x = 0; x < 2; x++) ; return x; }": 3.25,
    "static const double A = 7 / 2;\ndouble f(double x) { return A * x; }": 9.75,
    "const int A = 2.9;\ndouble f(double x) { return A / 4 * x; }": 0,
    # loops
    "double f(double x) { int i; for (i = 0; i < 3; i++) x += 1; return x + i; }": 9.25,
    "double f(double x) { for (int i = 0; i < 4; i++) { x += 1; i++; } return x; }": 5.25,
    "double f(double x) { for (int i = 6; i > 0; i -= 2) x += i; return x; }": 15.25,
    "double f(double x) { for (unsigned i = 0; i < 3; i++) x += 1.0 / (i + 1); return x; }": 3.25 + 11 / 6,
    "double f(double x) { double t; for (int i = 0; i < 200; i++) { t = i * 0.5; x += t; } return x; }": 9953.25,
    "double f(double x) { double t = 9; for (int i = 0; i < 200; i++) { t = i * 0.5; x += t; } return x; }": 9953.25,
    "double f(double x) { double s = 0; for (int i = 0; i < 70; i++) for (int j = 0; j < 80; j++) s += x; return s; }":
        18200,
    # branches
    "double f(double x) { return (x > 1) & (x < 2) | (x > 3); }": 1,
    "double f(double x) { double y; if (x > 0) y = 1; else y = 2; return y; }": 1,
}  # fmt: skip


@pytest.mark.parametrize("source", MEANT)
def test_it_is_read_as_the_language_has_it(source):
    if MEANT[source] is None:
        with pytest.raises(UnsupportedError):
            trace_c(source)
    else:
        assert value(trace_c(source, "f"), {"x": 3.25}) == pytest.approx(MEANT[source], rel=1e-14)


REFUSED = {
    # what wraps around, or differs between compilers
    "double f(double x) { unsigned char c = 300;\n return c; }": "line 1: 300 .* may not fit into unsigned char",
    "double f(double x) {\n unsigned k = 0;\n return (k - 1) * x; }": "line 3: .*wrap around",
    "double f(double x, unsigned n) {\n return (n - 1) * x; }": "line 2: .*wrap around",
    "double f(double x, unsigned n, int m) { return x * (n > -1) + m; }": "wrap around",
    "double f(double x, unsigned n) { return x * (n + 1); }": "wrap around",
    "double f(double x, int n) { unsigned char c = n; return c * x; }": "may not fit into unsigned char",
    "double f(double x, int n) { return (short)n * x; }": "may not fit into short",
    "double f(double x) { char c = 3; return c * x; }": "the type char is not read",
    "double f(double x) { return 2147483647 + 1; }": "overflows int",
    "double f(double x) { return x * (1 / 0); }": "divided by the integer 0",
    # state, and what was never set
    "double f(double x) {\n static double y = 0;\n y += x; return y; }": "line 2: y is static",
    "double A = 2;\ndouble f(double x) { return A * x; }": "A is not known here",
    "double f(double x) { double y;\n if (x > 0) y = 1;\n return y; }": "line 3: y is read, but has a value under a",
    "double f(double x) { double y = y + 1; return y; }": "y is read before it has a value",
    # loops
    "double f(double x, int n) { int i;\n for (i = 0; i < n; i++) x += 1;\n return i; }": "line 3: i is read after",
    "double f(double x) {\n for (double t = 0; t < 2.5; t++) x += 1;\n return x; }": "line 2: .*rounding",
    "double f(double x) { for (int i = 0; i < 2.5; i++) x += 1; return x; }": "rounding",
    "double f(double x, int n) { for (unsigned char i = 0; i < n; i++) x += 1; return x; }": "may wrap around before",
    "double f(int n, double *a) { for (int i = 0; i < n; i++) if (a[i] > 1) return i; return n; }": "within a loop",
    "double f(int n, double *a) { double t = 0; for (int i = 0; i < n; i++) t = a[i]; return t; }": "after the loop",
    "double f(int n, double *a) { double s = 0, t = 0; for (int i = 0; i < n; i++) { s += t; t = a[i]; } return s; }":
        "depend on each other's course",
    "double f(double x) { do x += 1; while (x < 3); return x; }": "DoWhile is not read",
    "double f(double x) { switch (3) { case 3: return x; } return 1; }": "Switch is not read",
    "double f(double x) { goto end; end: return x; }": "Goto is not read",
    # effects within expressions
    "double f(double x) { int k = 1; return k++ * x; }": r"the operator \+\+ is not read within",
    "double f(double x) { return (x += 1, x); }": "is not read",
    "double f(double x) { if ((x = 2) > 1) return x; return 1; }": "Assignment is not read",
    "double up(double *p) { *p += 1; return *p; }\ndouble f(double x) { return up(&x) + x; }": "in the midst",
    "double up(double *p) { *p += 1; return *p; }\ndouble f(double x) { return x > 0 ? up(&x) : 1; }": "in the midst",
    # pointers and arrays
    "void f(int n, const double *x, int *y) { for (int i = 0; i < n; i++) y[i] = x[i]; }": None,
    "double f(double *x) { float *p = (float *)x; return p[0]; }": "a pointer to one type where another",
    "double f(double **x) { return x[0][0]; }": "a pointer to pointers",
    "void f(int n, const double *x, double *y) { for (int i = 0; i < n; i++) y[n - 1 - i] = x[i]; }": "not in the",
    "void f(int n, const double *x, double *y) { for (int i = 0; i < n; i++) y[i / 2] = x[i]; }": "at the same place",
    "void f(int n, int m, const double *x, double *y) { for (int i = 0; i < n; i++) for (int j = 0; j < m; j++)"
    " y[i + j] = x[j]; }": "at the same place",
    "void f(int n, const double *x, double *y) { for (int i = 0; i < n; i++) y[i + 1] = x[i]; }": "not in the order",
    "void f(double x, double *y) { y[3] = x; }": "not in the order",
    # what is not the language's own, or not exact
    "double f(double x) { return remainder(x, 2); }": "unknown function remainder",
    "double f(double x) { return gamma(x); }": "unknown function gamma",
    "double f(double x) { return max(x, 2); }": "unknown function max",
    "double f(double x) { return expit(x); }": "unknown function expit",
    "double f(double x) { return sign(x); }": "unknown function sign",
    "double f(double x) { return rint(x); }": "unknown function rint",
    "double f(double x) { return fmax(x); }": "fmax takes 2 arguments",
    "double f(double x, double (*exp)(double)) { return exp(x); }": "is not read",
    "double f(double exp) { return exp(exp); }": "through a pointer",
    "struct s { double a; };\ndouble f(struct s x) { return x.a; }": "is not read",
    # the preprocessor
    "#ifdef __GNUC__\n#define A 1\n#else\n#define A 2\n#endif\ndouble f(double x) { return A * x; }":
        "line 2: .*__GNUC__, which the compiler defines",
    "double f(double x) {\n#if __STDC_VERSION__ >= 201112L\n return x;\n#else\n return 2;\n#endif\n}": "__STDC_VER",
    "#ifndef M_PI\n#define M_PI 3.14\n#endif\ndouble f(double x) { return M_PI; }": "another number than the header's",
    "#if A(1)\n#endif\ndouble f(double x) { return x; }": "the condition .* is not read",
    "#define J(a, b) a##b\ndouble f(double x1) { return J(x, 1); }": "joins tokens",
    "#define A(x) B(x) B(x)\n#define B(x) C(x) C(x)\n#define C(x) A1(x)\n#if 1\ndouble f(double x) { return A(x); }":
        "#if without #endif",
    "double f(double device) { return - __attribute__((vector_size(8))) device; }": "the attribute vector_size",
    # far from C
    "double f{ return 1; }": "has no list of parameters",
    "double f(doublex) { return 1; }": "has no type or no name",
    "double f(x) double x; { return x; }": "has no type or no name",
    "double f(double) { return 1; }": "has no type or no name",
    "double f(double x, ...) { return x; }": "has no type or no name",
    "double f(double x) { return f(x) + 1; }": "f calls itself",
    "double f(double x) { return 1 / * x; }": "cannot be read from",
    "double f(double x) { x; return; }": "is not read|does not fit",
    "double f(double x) { if (x > 0) return 1; }": "the other does not",
    "double f(double x) { x = 1; }": "ends without returning a value",
    "double f(double x) { return " + "(" * 3000 + "x" + ")" * 3000 + "; }": "nested too deeply|not C",
    "double f(double x) { return x; /* ": "never closed",
}  # fmt: skip


@pytest.mark.parametrize("source", REFUSED, ids=range(len(REFUSED)))
def test_what_is_not_modelled_is_refused_with_line_and_reason(source):
    if REFUSED[source] is None:
        assert "floor" in str(trace_c(source))
    else:
        with pytest.raises(UnsupportedError, match=REFUSED[source]):
            trace_c(source, "f")


def test_names_that_some_compilers_decorate_with_are_names():
    assert str(trace_c("double f(double x, double device) { return -device - x; }")) == "-device - x"


def test_integers_are_assumed_to_be_integers():
    assert run_c("double f(double x, int n, unsigned m, _Bool b) { return x; }").facts == (
        "n integer", "m integer", "m >= 0", "b integer", "b >= 0", "b <= 1",
    )  # fmt: skip
    # sin(pi*n) is 0 for every integer, and for no other number.
    proof = assert_gradient(
        "double f(double x, int n) { return x * x; }", "double df(double x, int n) { return 2 * x * (n - n + 1); }"
    )
    assert "integer n" in proof.hypotheses


def test_an_array_s_gradient_in_c_is_proved():
    rows = "for (int i = 0; i < n; i++)"
    assert_gradient(
        f"void f(int n, const double *x, double *y) {{ {rows} y[i] = x[i] * x[i]; }}",
        f"void df(int n, const double *x, double *y) {{ {rows} y[i] = 2 * x[i]; }}",
    )
    assert_gradient(
        f"double f(int n, const double *x) {{ double s = 0; {rows} s += x[i] * x[i]; return s; }}",
        f"void df(int n, const double *x, double *y) {{ {rows} y[i] = 2 * x[i]; }}",
    )
    assert_gradient(
        f"void f(int n, const double *x, double *y) {{ {rows} y[i] = x[i] * x[i]; }}",
        f"void df(int n, const double *x, const double *g, double *y) {{ {rows} y[i] = 2 * g[i] * x[i]; }}",
        upstream="g",
    )


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_text_that_is_cut_off_ends_in_no_error_of_the_reader(cut):
    source = (
        "#define H(a) ((a) * 0.5)\nstatic double g(double t) { return H(t); }\n"
        "double f(double x, int n, const double *a) { double s = 0; for (int i = 0; i < n; i++) { s += a[i] * g(x); }"
        " if (x > 1) { return s; } return s > 2 ? 1 : -s; }"
    )
    for text in (source[:cut], source[cut:], source[:cut] + source[cut + 3 :]):
        try:
            trace_c(text)
        except DeriveError:
            continue
