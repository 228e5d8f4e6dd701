"""What kernels guard against, seen through where it is proved to make no difference, and only there."""

import pytest

from derive.code.guards import interior, without_edges, without_points
from derive.notation.text import read_text
from derive.spec.domain import read_domain

POINTS = {
    "Piecewise((0, x == 1), (y, True))*log(x)": "y*log(x)",
    "Sum(2 + Piecewise((0, x[k] == 1), (y[k], True))*log(x[k]), (k, 1, K))": "Sum(2 + y[k]*log(x[k]), (k, 1, K))",
    "Piecewise((0, x == 2), (y, True))*log(x)": None,
    "Piecewise((1, x == 1), (y, True)) + log(x)": None,
}


@pytest.mark.parametrize("formula", POINTS)
def test_values_at_points_that_are_there_anyway_are_dropped(formula):
    assert str(without_points(read_text(formula))) == (POINTS[formula] or formula)


def test_branches_outside_the_domain_are_dropped():
    domain = interior(read_domain(["0 <= y <= 1"]))
    guarded = read_text("Piecewise((nan, y < 0), (0, y == 0), (log(y), y <= 1), (nan, True))")
    assert str(without_edges(guarded, domain)) == "log(y)"
    kept = read_text("Piecewise((1, y > 1/2), (log(y), y <= 1), (nan, True))")
    assert str(without_edges(kept, domain)) == "Piecewise((1, y > 1/2), (log(y), True))"
