"""An attack on the reader of NumPy code: random functions, run by NumPy, against what the reader says that they mean.

`python -m tests.attack.numpy_code 5000 [seed]` prints a tally; a disagreement is printed with its source.
"""

from __future__ import annotations

import importlib.util
import random
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import sympy

from derive.code.trace import Traced, run
from derive.errors import DeriveError

from .code_values import differs

# Scalars s, vectors v along K and u along M, matrices m (M rows of K); masks and integers beside them.
SIZES: Final = {"K": 4, "M": 3}
POINTS: Final = [
    {"x": 0.3712345, "y": -1.2837465},
    {"x": -2.1718281, "y": 0.7182818},
    {"x": 3.0, "y": 2.0},
]
V = np.array([0.8253917, -1.6180339, 2.2360679, -0.5772156])
W = np.array([1.4142135, 0.2718281, -0.3141592, 2.5066282])
U = np.array([-0.6931471, 1.0986122, 0.4342944])
M = np.array([[0.51, -1.25, 2.13, 0.37], [1.71, 0.91, -0.43, -2.31], [-0.87, 1.33, 0.29, 0.67]])

HEADER: Final = """import math
import numpy as np

STATE = []
TWO = 2
COUNT = 0


def helper(a, b=2):
    return a * b + np.where(a > 0, a, 0)


def counting(a):
    global COUNT
    COUNT += 1
    return a * COUNT


def branching(a):
    if a > 1:
        return a
    return a / 2


"""


# What code may say, by the shape of its value. In a template, <v> is an expression of the shape v and <v0> a name,
# <=> one of the shape at hand, <a> one of any array's, <?v> a condition, and <n> a number.
OPERATIONS: Final = "+ - * /".split()
NUMBERS: Final = "2 0.5 3 -1 1.5 TWO np.pi math.pi np.sqrt(2) 1 0 0.25".split()
UNARY: Final = """
(<=>) // <n> | (<=>) % <n> | <n> // (<=0>) | (<=>) % <s0> | <n> % <=0>
np.exp(<=>) | np.tanh(<=>) | np.abs(<=>) | np.sign(<=>) | np.floor(<=>) | np.sin(<=>) | np.square(<=>)
np.cbrt(<=>) | np.ceil(<=>) | np.trunc(<=>) | np.rint(<=>) | np.fix(<=>) | np.round(<=>) | abs(<=>) | -(<=>)
np.negative(<=>) | np.asarray(<=>) | np.array(<=>) | np.copy(<=>) | helper(<=>) | np.positive(<=>)
np.nan_to_num(<=>) | np.real(<=>) | np.exp2(<=>) | np.sinc(<=>) | np.isnan(<=>) | np.reciprocal(<=>)
np.arctan(<=>) | np.atleast_1d(<=>) | np.logical_not(<=>) | np.around(<=>) | np.invert(<=>) | (<=>)**2 | (<=>)**3
(<=>)**0.5 | (<=>)**-1 | (<=>).copy() | (<=>).astype(float) | (<=>).astype(int) | (<=>).clip(-1, 1)
(<=>).astype(np.float64) | (<=>).astype(bool) | (<=>).clip(0.5) | (<=>).astype(np.int8) | np.exp(<=>, dtype=float)
np.floor(<=>, where=True) | np.sin(<=>, out=None) | np.float64(<=>) | np.abs(<=>, dtype=int) | np.log(<=>)
np.log1p(np.abs(<=>)) | np.sqrt(np.abs(<=>)) | np.expm1(<=>)
"""
CHOICES: Final = """
np.where(<?=>, <=>, <=>) | np.where(<?=>, <=>, <n>) | np.where(<?=>, <=>, <=>) | (<?=>) * <=> | np.maximum(<=>, <=>)
np.minimum(<=>, <n>) | np.clip(<=>, -1, <n>) | np.select([<?=>, <?=>], [<=>, <=>], <n>) | np.heaviside(<=>, 0.5)
np.piecewise(<=0>, [<?=>], [lambda t: t * 2, <n>]) | np.piecewise(<=0>, [<?=>, <?=>], [np.sin, lambda t: t / 2])
np.copysign(<=>, x) | np.fmod(<=>, <=0>) | np.remainder(<=>, <=0>) | np.where(<=>, <=>, <=>) | np.hypot(<=>, <=>)
np.power(<=>, 2) | np.arctan2(<=>, <=>) | (<?=>) + <=> | (<?=>).astype(float) - <=> | np.full_like(<=>, <n>)
np.zeros_like(<?=>) | np.ones_like(<=>, dtype=int) | np.full_like(<?=>, <n>, dtype=float) | np.logaddexp(<=>, <=>)
np.float_power(np.abs(<=>), <=>) | np.add(<=>, <=>) | np.logical_and(<=>, <?=>) | (<?=>).astype(int) / 2
np.full_like(<=>, <n>, dtype=int) | np.full_like((<?=>).astype(int), <n>) | np.add(<=>, <=>, dtype=int)
~(<?=>) * 1.0
"""
CONDITIONS: Final = """
<=> < <=> | <=> > <=> | <=> <= <n> | <=> >= <n> | <=> != <=0> | <=0> > 0 | <=0> > <s0> | <=> < <n>
(<=0> > <n>) & (<=> < <=>) | (<=0> > <n>) <or> (<=0> < <n>) | ~(<=0> > <n>) | (<=0> > <n>) * (<=0> < <=0>)
(<=0> > <n>) + (<=0> < <=0>) | np.logical_or(<=0> > <n>, <=0> < <n>) | (<=0> > <n>) ^ (<=0> < <n>)
(<=0> > <n>) - (<=0> < <n>) | (<=0> > <n>) == (<=0> < <n>) | np.maximum(<=0> > <n>, <=0> < <n>)
np.logical_and(<=0> > <n>, <=0>) | np.isfinite(<=>)
"""
SHAPED: Final = {
    "s": """
np.sum(<a>) | (<a>).sum() | np.mean(<a>) | np.max(<a>) | np.min(<a>) | np.prod(<a>) | np.var(<a>)
(<a>).std(ddof=1) | (<a>).sum(axis=None) | (<a>).sum(initial=1.0) | (<a>).sum(dtype=float) | (<a>).sum(dtype=int)
(<a>).mean(dtype=int) | np.linalg.norm(<a>) | np.sum(<a> * <a>) | np.average(<a>, None, <a>)
np.average(<a>, weights=<a>) | np.sum(<?a>) | np.mean(<?a>) | v[0] | v[-1] | v[1] | v[-2] | np.dot(v, <v>)
(<v>) @ w | np.inner(v, w) | np.vdot(v, w) | m[0, -1] | np.inner(m, m)[0, 0] | v.shape[0] | v.size | len(v)
np.size(m) | np.sum(<a>, where=<?a>) | np.sum(v[<?v>]) | m[1][2] | v[<?v>].sum() | np.max(v, initial=0.0)
np.std(<a>, None, None, None, 1) | np.var(<a>, ddof=1) | np.mean(<a>, None, float) | math.exp(<s0>)
math.floor(<s>) | math.remainder(<s0>, y) | math.fmod(<s0>, <s0>) | max(<s>, <n>) | branching(<s>)
(<s0> if <?s> else <s>) | (x and <s0>) | (0 < <s0> < 2) * 1.0 | sum(<a>) | round(<s0>) | int(<s0>)
np.linalg.norm(<a>, 1) | np.linalg.norm(v, ord=np.inf) | np.sum(<a>, initial=<n>) | np.trace(m)
math.copysign(<s0>, y) | np.add.reduce(<v>) | np.cumsum(<a>)[-1] | np.polyval([1, <n>, 3], <s0>) | min(<s0>, <s0>)
(<s0> or 1.0) | np.any(<?s>) | float(<s0>) | isinstance(<s0>, float) | np.count_nonzero(<?v>) | divmod(<s0>, 2)[0]
pow(<s0>, 2) | np.sum(<?v>) ** 2 | np.dot(x, y) | math.floor(<s>) // 2 | np.sum(m[<?m>]) | m[<?m>].sum(axis=0)
m[<?u>].sum() | v[<?v>].mean() | np.dot(v[<?v>], w[<?v>]) | np.sum(np.arange(v.shape[0])) / 2
np.polynomial.polynomial.polyval(<s0>, [1, 2, 3]) | np.emath.sqrt(<s0>) | math.trunc(<s>) | math.hypot(<s0>, <s0>)
math.pow(<s0>, 2) | math.log(<s0>, 2) | np.prod(np.arange(1, v.shape[0])) | np.sum(v[1:] - v[:-1])
(<s0> > 1) + (<s0> < 2) | type(<s0>) is float | (lambda t=2: t * x)() | sum([<s0>, <s0>])
np.linalg.norm(m, axis=(0, 1))
""",
    "v": """
np.sum(<m>, axis=0) | np.sum(<m>, 0) | m.mean(axis=0) | np.max(<m>, axis=0) | m[0] | (<v>)[::-1]
np.zeros_like(<v>) | np.full(v.shape, <n>) | np.ones(v.shape[0]) | np.arange(v.shape[0])
np.arange(1, v.shape[0] + 1) | m[-1, :] | m.T @ u | np.arange(v.shape[0], dtype=float) | np.arange(0, v.shape[0], 1)
u @ m | (<v>)[:] | (<v>)[...] | np.ravel(<v>) | (<v>).flatten() | np.sum(m, axis=0, where=m > <n>)
np.squeeze((<v>)[None, :], axis=0) | np.squeeze(<v>, axis=0) | np.zeros(v.shape)
<v> / np.arange(1, v.shape[0] + 1) | np.eye(v.shape[0]) @ v | np.eye(v.shape[0], k=1) @ v | np.sort(<v>)
np.cumsum(<v>) | np.power(2, np.arange(v.shape[0])) | np.arange(v.shape[0]) ** 2
np.reciprocal(np.arange(1, v.shape[0] + 1)) | np.diag(v) @ w | np.diag(v, 0)[0] | np.outer(v, w)[0]
np.roll(<v>, 1) | np.take(m, 0, axis=0) | (lambda t: t * 2)(<v>) | np.broadcast_to(<v>, v.shape)
np.prod(<m>, axis=0) | np.linalg.norm(m, axis=0) | np.average(m, 0) | np.average(m, axis=0)
np.var(m, axis=0, ddof=1) | m.sum(0) | np.mean(m, 0) | np.asarray(<v>, dtype=int) | np.array(<v>, copy=None)
(<v>).T | np.tile(1.0, v.shape[0]) | v @ np.outer(w, <v>) | np.dot(u, m) | np.sum(m, axis=1, keepdims=True)[0] + v
np.take(v, (0, 1)) | np.empty_like(v) * 0 + 1 | np.stack([v, w])[0] | v[np.argsort(v)] | np.expand_dims(v, 0)[0]
np.inner(v, np.eye(v.shape[0])) | np.full(v.shape[0], 2) / 4 | np.array([x, y, x, y])
np.where(np.arange(v.shape[0]) > 1, v, w) | m.min(axis=0) | v - v.mean() | np.exp(<v>) / np.sum(np.exp(<v>))
(<v>) * (v @ w) | np.ones_like(<v>) * <s> | np.vectorize(lambda t: t + 1)(<v>) | m[1] * 2
np.max(np.abs(m), axis=0) | (-1) ** np.arange(v.shape[0]) * v | np.linspace(0, 1, 4) | np.diff(v, append=0)
np.flip(<v>)
""",
    "u": """
np.sum(<m>, axis=1) | m @ v | m.mean(axis=-1) | m[:, 0] | m[:, -1] | np.dot(m, <v>) | (<u>)[::-1] | m.max(axis=1)
m.min(1) | np.linalg.norm(m, axis=1) | np.zeros_like(<u>) | m.T[0] | np.inner(m, v)
np.sum(m, axis=1, keepdims=True)[:, 0] | m.std(1) | np.sum(m, 1, None, None, False) | m.var(axis=1)
np.sum(m.T, axis=0) | np.swapaxes(m, 0, 1)[1] | np.average(m, 1) | np.average(m, 1, w) | np.matmul(m, v)
np.max(m, 1, None, False) | np.mean(m, 1, float, None, False) | np.sum(m * v, axis=1)
np.average(m, axis=1, weights=m) | np.var(m, 1, None, None, 1) | np.log(np.sum(np.exp(<m>), axis=1))
np.linalg.norm(m, 1, 1)
""",
    "m": """
m + <v> | m * (<u>)[:, None] | (<m>).T.T | np.outer(u, v) | m - m.mean(axis=1, keepdims=True)
m / np.sum(m, axis=0) | np.exp(m - np.max(m, axis=-1, keepdims=True)) | np.transpose(np.transpose(<m>)) | (<m>)[:]
np.expand_dims(u, 1) + <v> | u[:, None] @ v[None, :] | np.zeros_like(<m>) | np.ones(m.shape)
np.swapaxes(<m>, 0, 1).T | m[::-1] | m[:, ::-1] | m - u | np.transpose(<m>, (0, 1)) | np.dot(m, np.outer(v, w))
np.outer(v, w) @ np.eye(v.shape[0]) | np.full(m.shape, <n>) | m @ m.T | np.arange(v.shape[0]) * m
np.where(v > 0, m, 0.0) | m[:, None, :][:, 0] | m[..., 0][:, None] * v | np.diag(u) @ m
""",
}
CHANGES: Final = """
{} += <=> | {} *= <s> | {} -= <=> | {} /= <n> | {}[<?=>] = <n> | {}[<?=>] *= 2 | {}[...] = <=> | {}[:] = <=>
{} **= 2 | np.exp({}, out={}) | np.add({}, <=>, out={}) | np.multiply({}, 2, out={}, where=<?=>) | {}[0] = 1
{} //= 2 | {} %= 2 | np.clip({}, -1, 1, out={}) | {}[<?=>] += <n> | {}.fill(0) | np.copyto({}, <=>) | {}.sort()
{}[<?=>] = <=> | {} = {} | {} = {} + <=> | {} = np.where(<?=>, {}, <=>) | {} += <n> | {} *= <n>
np.negative({}, out={}) | {}[{} < 0] = 0 | {} @= {} | np.maximum({}, <n>, out={}) | {}[{} > 1] = {}[{} > 1] * 2
{}[{} > 1] -= ({} * 3)[{} > 1] | np.sum({}[None], axis=0, out={})
"""
FRESH: Final = """
<=0> | <=0> | <=0>[:] | np.asarray(<=0>) | <=0>.T | <=0> * 1 | <=0>.copy() | np.zeros_like(<=0>) | np.array(<=0>)
np.ones_like(<=0>) | np.full_like(<=0>, 2) | np.empty_like(<=0>) | (<?=>).astype(int) | np.ravel(<=0>) | <=0>[...]
np.zeros_like(<?=>) | np.full_like((<?=>).astype(int), 1) | <=> | <=> | <=> | <=> | <=> | <=> | <=> | <=>
"""
BLOCKS: Final = (
    "for k in range(3):\n    {} = {} * k + <=>", "for k in range(1, 3):\n    {} = {} / k",
    "if <?s>:\n    {} = <=>\nelse:\n    {} = {} * 2", "if <?s>:\n    {} = <=>", "if x > 1 and not y > 2:\n    {} = <=>",
    "try:\n    {} = {} + 0 * np.convolve(v, w)[0]\nexcept Exception:\n    {} = <=0>",
    "try:\n    {} = {} + 1 / math.sqrt(x)\nexcept (ValueError, TypeError):\n    {} = <=0>",
    "try:\n    {} = {} + float(x)\nfinally:\n    pass", "with np.errstate(all='ignore'):\n    {} = <=>",
    "from math import erf, sqrt\n{} = {} * erf(x) + sqrt(2)", "import numpy\n{} = numpy.tanh({})",
    "def inner(t):\n    return t * x + 1\n{} = inner({})", "STATE.append(1)\n{} = {} * len(STATE)",
    "{} = counting({})", "{} = {} * np.random.rand()", "kept = {}\n{} += 1\n{} = {} * kept",
    "seen = {}.T\nseen *= 2", "def change(t):\n    t *= 2\n    return t\nkept = change({}) + {}\n{} = kept",
)  # fmt: skip


@dataclass
class Variable:
    name: str
    shape: str  # s, v, u or m
    changes: bool = True  # whether the function may change it in place


@dataclass
class Generator:
    seed: int
    variables: list[Variable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def function(self, name: str) -> str:
        self.variables = [Variable(*pair, False) for pair in zip("xyvwum", "ssvvum", strict=True)]
        lines = [line for _ in range(self.random.randint(0, 4)) for line in self.statement()]
        lines.append(f"return {self.of(self.random.choice('ssvvvum'), 3)}")
        more = self.random.choice(("", "", ", scale=2", ", *, n=3"))
        return f"def {name}(x, y, v, w, u, m{more}):\n" + "".join(f"    {line}\n" for line in lines) + "\n\n"

    def one(self, table: str) -> str:
        choices = [part.strip() for line in table.strip().split("\n") for part in line.split(" | ")]
        return self.random.choice(choices).replace("<or>", "|")

    def named(self, shape: str) -> str:
        return self.random.choice([it.name for it in self.variables if it.shape == shape])

    def of(self, shape: str, depth: int) -> str:
        kind = self.random.random()
        if depth <= 0 or kind < 0.1:
            return self.named(shape)
        if kind < 0.45:
            other = self.random.choice((f"<{shape}>", "<s>", "<n>"))
            pair = [f"<{shape}>", other]
            self.random.shuffle(pair)
            return self.filled(f"({pair[0]} {self.random.choice(OPERATIONS)} {pair[1]})", shape, depth - 1)
        table = UNARY if kind < 0.6 else CHOICES if kind < 0.72 else SHAPED[shape]
        return self.filled(self.one(table), shape, depth - 1)

    def filled(self, template: str, shape: str, depth: int) -> str:
        any_array = self.random.choice("vvum")

        def part(found: re.Match[str]) -> str:
            if found[0] == "<n>":
                return self.random.choice(NUMBERS)
            wanted = {"=": shape, "a": any_array}.get(found[2], found[2])
            if found[1]:
                return self.filled(self.one(CONDITIONS), wanted, min(depth, 1) - 1)
            return self.of(wanted, 0 if found[3] else depth)

        return re.sub(r"<(\??)([svuma=])(0?)>|<n>", part, template)

    def statement(self) -> list[str]:
        shape = self.random.choice("vvvssum")
        own = [it.name for it in self.variables if it.shape == shape and it.changes]
        kind = self.random.random()
        if kind < 0.4 or not own:
            name = f"{'abcdefghij'[len(self.variables) % 10]}{len(self.variables)}"
            text = self.filled(self.one(FRESH), shape, 2)
            self.variables.append(Variable(name, shape))
            return [f"{name} = {text}"]
        template = self.one(CHANGES) if kind < 0.8 else self.random.choice(BLOCKS)
        return self.filled(template, shape, 1).replace("{}", self.random.choice(own)).split("\n")


# Running


def loaded(sources: list[str]) -> ModuleType:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "attacked.py"
        path.write_text(HEADER + "".join(sources), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("attacked", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spec.loader.exec_module(module)
    return module


def declared() -> dict[str, Any]:
    k, m = (sympy.Symbol(name, integer=True, positive=True) for name in "KM")
    shapes = {"v": (k,), "w": (k,), "u": (m,), "m": (m, k)}
    return {name: sympy.IndexedBase(name, shape=shape, real=True) for name, shape in shapes.items()}


def read(function: Callable[..., Any], shapes: Mapping[str, Any]) -> Traced | str:
    try:
        with np.errstate(all="ignore"):
            return run(function, shapes)
    except DeriveError as problem:
        return str(problem)


def results(function: Callable[..., Any], source: str, point: Mapping[str, float]) -> list[Any]:
    """What NumPy gives, where scalars are floats, and where they are arrays without axes; no errors."""
    found = []
    # `~` is read as NumPy's: of Python's own booleans it is deprecated, and gives -1 and -2.
    for made in (np.float64, np.array) if "~" in source else (float, np.float64, np.array):
        given = {name: made(number) for name, number in point.items()}
        arrays = {"v": V.copy(), "w": W.copy(), "u": U.copy(), "m": M.copy()}
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(np.asarray(function(**given, **arrays), dtype=float))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            continue
    return found


def disagreement(function: Callable[..., Any], source: str, traced: Traced) -> str:
    for point in POINTS:
        wanted = results(function, source, point)
        whole = point | {"v": V.tolist(), "w": W.tolist(), "u": U.tolist(), "m": M.tolist()} | SIZES
        for result in wanted:
            if result.size == 1 and not traced.indices:
                result = result.reshape(())  # np.atleast_1d of a scalar is read as the scalar
            if result.ndim != len(traced.indices):
                return f"has {result.ndim} axes, read {len(traced.indices)}"
            for place in np.ndindex(result.shape):
                here = whole | dict(zip(traced.indices, place, strict=True))
                found = differs(traced.formula, here, float(result[place]))
                if found is not None:
                    return f"at {point} {place}: NumPy {result[place]}, read {found}\n  {traced.formula}"
    return ""


@dataclass
class Tally:
    read: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def attack(count: int, seed: int = 1) -> Tally:
    """Random functions, traced and run."""
    generator = Generator(seed)
    sources = [generator.function(f"f{number}") for number in range(count)]
    module = loaded(sources)
    shapes = declared()
    tally = Tally()
    for number, source in enumerate(sources):
        function = getattr(module, f"f{number}")
        found = read(function, shapes)
        if isinstance(found, str):
            tally.refused += 1
            tally.reasons[re.sub(r"^[^ ]*: .*: (?=[^:]*$)|[\d.]+", "", found)[-70:]] += 1
            continue
        tally.read += 1
        problem = disagreement(function, source, found)
        if problem:
            tally.wrong.append(f"{source.rstrip()}\n{problem}")
    return tally


def main() -> int:
    count, seed = (int(text) for text in (sys.argv[1:] + ["1000", "1"][len(sys.argv) - 1 :])[:2])
    tally = attack(count, seed)
    for text in tally.wrong:
        print(text, "\n")
    print(f"read {tally.read}, refused {tally.refused}, wrong {len(tally.wrong)}")
    for reason, times in tally.reasons.most_common(25):
        print(f"  {times:5d}  {reason}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
