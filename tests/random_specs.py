"""Random specs through a build, without measuring: built, or refused in words; `python tests/random_specs.py 500`.

Small expressions over the functions that kernels have, with parameters, branches, several inputs, hypotheses, kinks and
rows. A build's searches take seconds each, so that the suite takes the forms that folding leads to; the command
searches with `--search`.
"""

from __future__ import annotations

import argparse
import random
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from unittest import mock

import sympy

from derive import Spec, real, size, vector
from derive.errors import DeriveError
from derive.notation.text import write_text
from derive.spec.statement import name_function
from derive.stabilisation.lock import Answer, Question
from derive.stabilisation.moves import Moves
from derive.term import Term
from derive.tree.build import make

X, Y, A, B = real("x y a b")
UNARY: tuple[Callable[[sympy.Expr], sympy.Expr], ...] = (
    sympy.exp, sympy.log, sympy.sqrt, sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh,
    sympy.acosh, sympy.atanh, sympy.atan, sympy.asin, sympy.acos, sympy.erf, sympy.erfc, sympy.Abs, sympy.sign,
    lambda u: 1 / (1 + sympy.exp(-u)), lambda u: sympy.log(1 + sympy.exp(u)), lambda u: 1 / u, lambda u: -u,
    lambda u: sympy.Max(u, 0), lambda u: sympy.Min(u, 1), sympy.cbrt, lambda u: u**2, lambda u: u**3,
    lambda u: sympy.Heaviside(u), sympy.floor,
)  # fmt: skip
NUMBERS = (1, 2, -3, sympy.Rational(3, 2), 1.5, 0.3989, -1.702, 1e-3, 6, sympy.pi, sympy.Rational(-1, 7), 10**20)


def expression(draw: random.Random, depth: int, leaves: list[sympy.Expr]) -> sympy.Expr:
    if depth == 0 or draw.random() < 0.15:
        return draw.choice([*leaves, *leaves, sympy.sympify(draw.choice(NUMBERS))])
    kind = draw.random()
    if kind < 0.45:
        return draw.choice(UNARY)(expression(draw, depth - 1, leaves))
    left, right = (expression(draw, depth - 1, leaves) for _ in range(2))
    if kind < 0.8:
        return draw.choice([left + right, left - right, left * right, left / right])
    if kind < 0.9:
        return draw.choice([sympy.Max(left, right), sympy.Min(left, right)])
    below = draw.choice([sympy.Lt, sympy.Le, sympy.Ne, sympy.Gt])(draw.choice(leaves), draw.choice([0, 1, right]))
    return sympy.Piecewise((left, below), (right, True))


def spec(draw: random.Random, deepest: int = 3) -> Spec:
    """One spec; of those in several names, some state too little or too much."""
    if draw.random() < 0.15:
        return row_spec(draw)
    inputs = (X, Y) if draw.random() < 0.3 else (X,)
    params = draw.choice([(), (), A, (A, B)])
    leaves = [*inputs, *(params if isinstance(params, tuple) else (params,))]
    body = expression(draw, draw.randint(1, deepest), leaves)
    stated: dict[str, object] = {"inputs": inputs, "params": params}
    if draw.random() < 0.3:
        stated["assume"] = draw.choice(["x > 0", "0 < x < 1", "x >= 0", "x in [-1, 1]", "a > 0", "0 < a < 1, x < y"])
    if draw.random() < 0.3:
        stated["kinks"] = {X: {draw.choice([0, 1, -1]): draw.choice([0, 1, sympy.Rational(1, 2)])}}
    if draw.random() < 0.1:
        stated["documented"] = {X: expression(draw, 2, leaves)}
    return Spec(body, **stated)  # type: ignore[arg-type]


def row_spec(draw: random.Random) -> Spec:
    length, i = size("K"), sympy.Symbol("i", integer=True)
    x, y = vector("x", length), vector("y", length)
    each = expression(draw, 2, [x[i], draw.choice([x[i], y[i], A])])
    total = sympy.Sum(each, (i, 1, length))
    body = draw.choice([total, total / length, sympy.log(total), x[i] / total, sympy.exp(x[i]) / total, x[i] * total])
    return Spec(body, inputs=draw.choice([(x,), (x, y)]), params=draw.choice([(), A]))


def folded(question: Question, accepts: Callable[[Term], bool], *_: object) -> Answer:
    """In place of a search: the form in which exponentials are folded."""
    form, steps = Moves(question.domain).folded(question.stated)
    accepts(form)
    kept = [[step.rule, write_text(step.after)] for step in steps]
    part = {"until": "", "within": "", "between": [], "steps": kept}
    return Answer(question, {"answers": question.hash, "parts": [part], "bits": {}})


def outcome(stated: Callable[[], Spec], search: bool = False) -> tuple[str, str]:
    """Built, stopped or refused, and what is said; anything else is raised."""
    with nullcontext() if search else mock.patch.object(Question, "searched", folded):
        try:
            made = make(name_function(stated(), "mine", "mine.py:1: mine"))
        except DeriveError as problem:
            return "refused", str(problem)
    return ("stopped" if made.stops else "built"), ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--search", action="store_true")
    chosen = parser.parse_args()
    told: Counter[str] = Counter()
    for number in range(chosen.seed, chosen.seed + chosen.count):
        draw = random.Random(number)
        stated = spec(draw)
        try:
            kind, said = outcome(lambda stated=stated: stated, chosen.search)
        except Exception as problem:  # noqa: BLE001 - what is looked for
            kind, said = "INTERNAL ERROR", f"{type(problem).__name__}: {problem}"
            traceback.print_exc(limit=-4)
        told[kind] += 1
        print(number, kind, stated.definition, said.partition("\n")[0][:200], flush=True)
    print(dict(told))
    return 1 if told["INTERNAL ERROR"] else 0


if __name__ == "__main__":
    sys.exit(main())
