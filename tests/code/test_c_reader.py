"""C functions, read as formulas."""

import pytest

from derive import trace_c
from derive.errors import UnsupportedError

FORMULAS = {
    "float f(float x) { return 1.0f / (1.0f + expf(-x)); }": "1/(1 + exp(-x))",
    "double f(double x, double a) { if (x > 0) return x; else { return a * expm1(x); } }":
        "Piecewise((x, x > 0), (a*expm1(x), True))",
    # constants, macros, comments, helpers
    "#include <math.h>\n#define HALF 0.5f /* one half */\n#define RATE (2 * HALF)\n// a note\n"
    "double f(double x) { return RATE * x + M_PI; }": "2*0.5*x + pi",
    "static inline float cube(float x) { return x * x * x; }\nfloat f(float x) { return cube(x + 1); }":
        "(x + 1)*(x + 1)*(x + 1)",
    "float f(float x) { return x * 0.70710677f + x * 0x1.8p1f + 0.3f; }": "x*(1/2*sqrt(2)) + x*3 + 0.3",
    # variables change
    "float f(float x) { float y = x; y *= 2; y += 1; if (x < 0) y = -y; return y; }":
        "Piecewise((-(x*2 + 1), x < 0), (x*2 + 1, True))",
    "float f(float x) { x = x < 0 ? 0 : x > 6 ? 6 : x; return x; }":
        "Piecewise((0, x < 0), (Piecewise((6, x > 6), (x, True)), True))",
    "void twice(float *p) { *p += *p; }\nfloat f(float x) { twice(&x); return x; }": "x + x",
    "float f(float x) { float y = 1; { float y = x; y += 1; } return x + y; }": "x + 1",
    # C's integers
    "float f(float x) { return 7 / 2 * x + 7 / 2.0 + -7 / 2; }": "3*x + 7/2 + -3",
    "float f(float x) { int k = 2.9; return k * x; }": "2*x",
    "float f(float x) { return x * (3 > 2) + (x > 0); }": "x*Piecewise((1, 3 > 2), (0, True)) + "
        "Piecewise((1, x > 0), (0, True))",
    # libm
    "float f(float x) { return fmaf(x, x, fmaxf(fabsf(x), 1)) + powf(x, 3) + isnan(x); }":
        "x*x + max(abs(x), 1) + x**3 + Piecewise((1, False), (0, True))",
    # loops
    "float f(float x) { float s = 0; for (int i = 1; i <= 2; ++i) { s += x / i; } return s; }": "0 + x/1 + x/2",
    "void f(size_t n, const float *x, float *y) { for (size_t i = 0; i < n; i++) { const float z = expf(-x[i]);"
    " y[i] = z / (1 + z); } }": "exp(-x[i])/(1 + exp(-x[i]))",
    "float f(int n, const float *x) { float s = 0; for (int i = 0; i < n; ++i) if (x[i] > 0) s += x[i]; return s; }":
        "Sum(Piecewise((x[i], x[i] > 0), (0, True)), (i, 0, n - 1))",
    "float f(int n, const float *x) { float s = 1; for (int i = 0; i < n; ++i) s = x[i] * s; return s; }":
        "Product(x[i], (i, 0, n - 1))",
    "float f(int n, const float *x) { float m = x[0]; for (int i = 1; i < n; ++i) m = x[i] < m ? x[i] : m; return m; }":
        "-Maximum(-x[i], (i, 0, n - 1))",
    "float f(int n, const float *x) { float s = 2; for (int i = 0; i < n; ++i) s -= x[i]; return s; }":
        "2 + Sum(-x[i], (i, 0, n - 1))",
    # rows, and an array that is written, read and written again
    "void f(size_t rows, size_t k, const float *x, float *y) { for (size_t r = 0; r < rows; r++) {"
    " const float *row = x + r * k; float m = row[0], s = 0; for (size_t j = 1; j < k; j++) if (row[j] > m) m = row[j];"
    " for (size_t j = 0; j < k; j++) { y[r * k + j] = expf(row[j] - m); s += y[r * k + j]; }"
    " for (size_t i = 0; i < k; i++) y[r * k + i] /= s; } }":
        "exp(x[r*k + i] - Maximum(x[r*k + j], (j, 0, k - 1)))/"
        "Sum(exp(x[r*k + j] - Maximum(x[r*k + j], (j, 0, k - 1))), (j, 0, k - 1))",
}  # fmt: skip


@pytest.mark.parametrize(("source", "formula"), FORMULAS.items(), ids=range(len(FORMULAS)))
def test_a_function_is_read_as_its_formula(source, formula):
    assert str(trace_c(source)) == formula


def test_the_function_is_chosen_by_name():
    source = "float f(float x) { return x; } float g(float x) { return f(x) + 1; }"
    assert str(trace_c(source, "f")) == "x"
    assert str(trace_c(source)) == "x + 1"


def test_inexact_constants_are_read_as_written():
    assert str(trace_c("double f(double x) { return x * 0.3333333333333333; }", exact=False)) == "x*0.3333333333333333"


PROBLEMS = {
    "float f(float x) {\n  while (x > 1) x /= 2;\n  return x; }": "line 2: While is not read",
    "float f(float x) { return g(x); }": "unknown function g",
    "float f(float x) { return x }": "not C that can be read",
    "int x;": "defines no function",
    "float f(float x) { float y; return x + y; }": "y is read before it has a value",
    "float f(float x) { return z; }": "z is not known here",
    "float f(int n, float *x) { float s = 0; for (int i = 0; i < n; i++) s = s * s + x[i]; return s; }":
        "the loop changes s in another way",
    "float f(int n, float *x) { float s = 0, t = 0; for (int i = 0; i < n; i++) { s += x[i]; t += s; } return t; }":
        "depend on each other's course",
    "void f(int n, float *x, float *y) { for (int i = 0; i < n; i++) { y[i] = x[i]; y[i + 1] = x[i]; } }":
        "does not fill one array once",
    "void f(int n, float *y) { for (int i = 1; i < n; i++) { y[i] = 1; y[i] = y[i - 1]; } }": "not surely written",
    "void f(int n, float *y) { for (int i = 1; i < n; i++) y[i] = y[i - 1] + 1; }":
        "where another step of the loop writes",
    "void f(int n, float *x, float *y) { for (int i = 0; i < n; i++) y[0] = y[0] + x[i]; }":
        "written at the same place in every step",
    "void f(int n, float *x, float *y) { for (int i = 1; i < n; i++) y[i] = x[i];"
    " for (int i = 0; i < n; i++) y[i] = y[i] / 2; }": "not surely written",
    "void f(int n, float *y) { for (int i = 0; i < n; i++) { y[i] = 1; i++; } }": "changes its own counter",
    "void f(int n, float *y) { for (int i = 0; i < n; i++) { y[i] = 1; n = n - 1; } }":
        "changes its own counter or end",
    "float f(int n, float *x) { float s = 0; for (int i = 0; i < n; i++) { if (x[i] > 1) break; s += 1; } return s; }":
        "Break is not read",
    "float f(float x, int n) { for (int i = n; i > 0; i--) x += 1; return x; }": "only loops of the form",
    "float f(float x) { float a[3]; return x; }": "an array of the function's own",
}  # fmt: skip


@pytest.mark.parametrize(("source", "message"), PROBLEMS.items(), ids=range(len(PROBLEMS)))
def test_what_has_no_formula_is_told(source, message):
    with pytest.raises(UnsupportedError, match=message):
        trace_c(source)
