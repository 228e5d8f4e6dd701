"""Loops over blocks read as loops along a row; what only looks like one is left as it is."""

from __future__ import annotations

import pytest

from derive.code.c_reader import trace_c
from derive.errors import UnsupportedError

SOURCE = """
#include <stddef.h>
#include <math.h>
static void add(double *total, double term) { *total += term; }
double f(size_t k, const double *x)
{
    double total = 0;
    for (size_t first = 0; first < k; first += 128) {
        const size_t length = k - first < 128 ? k - first : 128;
        double values[128];
        for (size_t j = first; j < first + length; j++) {
            const double z = exp(x[j]);
            values[j - first] = z;
        }
        add_each(&total, length, values);
    }
    return total;
}
"""


def test_a_sum_in_blocks_is_a_sum() -> None:
    assert str(trace_c(SOURCE, "f")) == "Sum(exp(x[j]), (j, 0, k - 1))"


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("first += 128", "first += 127"),
        ("size_t first = 0", "size_t first = 1"),
        ("k - first : 128", "k - first : 64"),
        ("values[j - first]", "values[j - first + 1]"),
        ("j < first + length", "j < length"),
        ("add_each(&total, length, values)", "add_each(&total, k, values)"),
    ],
)
def test_what_is_no_such_loop_is_not_read_as_one(text: str, slip: str) -> None:
    assert text in SOURCE
    with pytest.raises(UnsupportedError):
        trace_c(SOURCE.replace(text, slip), "f")
