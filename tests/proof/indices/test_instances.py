"""Claims written out at small sizes: components, hypotheses about them, and those that are numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from derive.notation.text import read_text
from derive.proof.indices.instances import TRIALS, Instance, instances
from derive.spec.domain import Domain, Interval, read_domain
from derive.term import symbol, term
from derive.values.balls import exact

ROW = (term(1), symbol("K"))


def written(body: str, variable: str, domain: Domain, **indices: tuple[str, str]) -> list[Instance]:
    claim = (read_text(body), read_text(variable), read_text("0"))
    ranges = {name: (read_text(first), read_text(last)) for name, (first, last) in indices.items()}
    return list(instances(claim, domain, ranges, ["K"]))


def test_sums_are_written_out_in_components_at_every_place_and_size() -> None:
    found = written("Sum(x[k]**2, (k, 1, K))*a", "x[j]", Domain().with_axes("x", ROW), j=("1", "K"))
    assert {(one.place["K"], one.place["j"]) for one in found} == {(n, j) for n in range(1, 5) for j in range(1, n + 1)}
    for one in found:
        at = {f"x[{n}]": Fraction(n, 2) for n in range(1, 5)} | {"a": Fraction(3)}
        assert exact(one.body, at) == 3 * sum(Fraction(n, 2) ** 2 for n in range(1, one.place["K"] + 1))
        assert one.variable is symbol(f"x[{one.place['j']}]")
        assert exact(one.derivative, at) == 3 * one.place["j"]


def test_a_size_that_a_domain_does_not_admit_is_not_tried() -> None:
    domain = Domain({"K": Interval(Fraction(2), None)}).with_axes("x", ROW)
    sizes = {one.place["K"] for one in written("x[1]", "x[1]", domain)}
    assert sizes
    assert min(sizes) == 3


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("det(A)", -2),
        ("Sum(A[k, k], (k, 1, K))", 5),
        ("Product(A[1, k], (k, 1, K))", 2),
        ("Maximum(A[2, k], (k, 1, K))", 4),
        ("A[K, 1]*KroneckerDelta(K, 2) + KroneckerDelta(K, 3)", 3),
        ("Piecewise((A[1, 1], K < 2), (A[1, 2], K == 2), (7, True))", 2),
    ],
)
def test_every_kind_of_term_is_written_out(body: str, value: int) -> None:
    found = [one for one in written(body, "A[1, 1]", Domain().with_axes("A", ROW, ROW)) if one.place["K"] == 2]
    at = {f"A[{i}, {j}]": Fraction(2 * (i - 1) + j) for i, j in product((1, 2), repeat=2)}
    assert {exact(one.body, at) for one in found} == {value}


def matrices(word: str) -> list[list[list[Fraction]]]:
    domain = Domain(properties=frozenset({("A", word)})).with_axes("A", ROW, ROW)
    found = []
    for one in written("det(A)", "A[1, 1]", domain):
        span = range(1, one.place["K"] + 1)
        known = {part: exact(value, {}) for part, value in one.given.items()}
        found.append([[known[symbol(f"A[{i}, {j}]")] for j in span] for i in span])
    return found


def minor(matrix: list[list[Fraction]], size: int) -> Fraction:
    if size == 0:
        return Fraction(1)
    rows, total = matrix[:size], Fraction(0)
    for at, entry in enumerate(rows[0]):
        if at < size:
            rest = [[x for n, x in enumerate(line[:size]) if n != at] for line in rows[1:]]
            total += (-1) ** at * entry * minor(rest, size - 1)
    return total


def test_a_positive_definite_matrix_is_symmetric_with_positive_minors() -> None:
    found = matrices("spd")
    assert len(found) >= 3 * TRIALS
    for matrix in found:
        assert matrix == [list(row) for row in zip(*matrix, strict=True)]
        assert all(minor(matrix, size) > 0 for size in range(1, len(matrix) + 1))
    assert any(matrix[0][1] for matrix in found if len(matrix) > 1)


def test_a_matrix_with_a_positive_determinant_has_one_and_is_not_symmetric() -> None:
    found = matrices("posdet")
    assert all(minor(matrix, len(matrix)) > 0 for matrix in found)
    assert all(matrix[0][1] != matrix[1][0] for matrix in found if len(matrix) > 1)


def test_a_one_hot_row_is_hot_in_one_place_and_in_another_next_time() -> None:
    domain = Domain(properties=frozenset({("y", "onehot")})).with_axes("y", ROW)
    found: dict[int, set[tuple[int, ...]]] = {}
    for one in written("y[1]*a", "a", domain):
        row = tuple(int(exact(one.given[symbol(f"y[{n}]")], {}) or 0) for n in range(1, one.place["K"] + 1))
        found.setdefault(len(row), set()).add(row)
    for size, rows in found.items():
        assert all(sorted(row) == [0] * (size - 1) + [1] for row in rows)
        assert len(rows) == min(size, TRIALS)


def test_hypotheses_are_written_at_every_place_at_which_they_have_a_meaning() -> None:
    domain = read_domain(["x[i] < x[i + 1]", "y > 0"], Domain().with_axes("x", ROW))
    for one in written("x[1]*y", "y", domain):
        facts = {str(fact) for fact in one.domain.relations}
        assert facts == {f"x[{n}] < x[{n + 1}]" for n in range(1, one.place["K"])}
        assert one.domain.range("y").low == 0


def test_a_simplex_and_a_symmetric_matrix_are_written_so() -> None:
    simplex = Domain(properties=frozenset({("y", "simplex")})).with_axes("y", ROW)
    for one in written("y[1]*a", "a", simplex):
        total = " + ".join(f"y[{n}]" for n in range(1, one.place["K"] + 1))
        assert [str(fact) for fact in one.domain.relations] == [f"{total} == 1"] or one.place["K"] == 1
        assert one.domain.range("y[1]") == Interval(Fraction(0), Fraction(1), False, False)
    symmetric = Domain(properties=frozenset({("A", "symmetric")})).with_axes("A", ROW, ROW)
    for one in written("A[1, 1]", "A[1, 1]", symmetric):
        size = one.place["K"]
        assert one.given == {
            symbol(f"A[{i}, {j}]"): symbol(f"A[{j}, {i}]") for i in range(1, size + 1) for j in range(1, i)
        }
