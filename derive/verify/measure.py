"""What came out against what should have: errors in ulp, and counts of what is plainly wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.values.formats import Floats, Format
from derive.verify.answers import Expected


@dataclass(frozen=True)
class Faults:
    """Answers that are wrong in kind.

    nan: NaN for a number; number: a number for NaN; inf: infinite by overflow; zero: 0 for a number
    that is not; sign: the wrong sign. An answer that lies within rounding (an ulp, or the contract where
    terms cancel) is none of them.
    """

    nan: int = 0
    number: int = 0
    inf: int = 0
    zero: int = 0
    sign: int = 0

    def __add__(self, other: Faults) -> Faults:
        return Faults(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    @property
    def total(self) -> int:
        return sum(asdict(self).values())


@dataclass(frozen=True)
class StratumErrors:
    """One kind of samples: how many, how many of them no oracle could judge, and the errors in ulp.

    where: the arguments at the worst error or, before that, at a fault; each as decimal and bit pattern.
    """

    name: str
    points: int
    unchecked: int
    worst: float
    total: float = field(repr=False)
    where: Mapping[str, str]
    faults: Faults

    @property
    def mean(self) -> float:
        judged = self.points - self.unchecked
        return self.total / judged if judged else 0.0

    def joined(self, other: StratumErrors) -> StratumErrors:
        """Both together, with the place of the worse."""
        worse = max((self, other), key=lambda one: (one.faults.total > 0, one.worst))
        return StratumErrors(
            self.name, self.points + other.points, self.unchecked + other.unchecked, max(self.worst, other.worst),
            self.total + other.total, worse.where, self.faults + other.faults,
        )  # fmt: skip


def measure(
    name: str, got: Floats, truth: Expected, arguments: Mapping[str, Floats], format_: Format, contract: float
) -> StratumErrors:
    """The stratum `name` for one call, whose arguments are `arguments`. `contract`: in ulp."""
    errors = errors_in_ulp(got, truth, format_)
    kinds = _faults(got, truth, errors, contract)
    faulty = np.logical_or.reduce(list(kinds.values()))
    judged = np.where(truth.known & ~np.isnan(truth.nearest), errors, 0.0)
    blame = np.where(faulty, np.inf, judged)
    at = np.unravel_index(int(np.argmax(blame)), judged.shape) if judged.size else ()
    return StratumErrors(
        name, got.size, int(np.sum(~truth.known)), float(judged.max(initial=0.0)),
        float(judged[np.isfinite(judged)].sum()),
        describe(arguments, at, format_) if blame.any() else {},
        Faults(**{kind: int(found.sum()) for kind, found in kinds.items()}),
    )  # fmt: skip


def errors_in_ulp(got: Floats, truth: Expected, format_: Format) -> NDArray[np.float64]:
    """|got - exact| in ulp of the answer, or of the largest term; an infinity counts as the next power of two.

    Where either is NaN: 0 if both are, else infinite.
    """
    # Large numbers are halved, since float64 cannot hold the power of two beyond its own end.
    right = truth.nearest.astype(np.float64)
    half = np.where(np.abs(right) > 1, 0.5, 1.0)
    end = np.where(np.abs(right) > 1, 2.0 ** (format_.overflow - 1), format_.largest)
    answer, exact = (np.clip(half * side, -end, end) for side in (got.astype(np.float64), right))
    unit = format_.ulp(truth.nearest)
    coarse = format_.ulp(np.maximum(np.abs(right), truth.scale))
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs((answer - exact) / (coarse * half) - truth.excess * (unit / coarse))
    both, either = np.isnan(got) & np.isnan(truth.nearest), np.isnan(got) | np.isnan(truth.nearest)
    return np.where(both, 0.0, np.where(either, np.inf, errors))


def _faults(got: Floats, truth: Expected, errors: NDArray[np.float64], contract: float) -> dict[str, NDArray[np.bool_]]:
    right = truth.nearest
    wrong = truth.known & (errors > np.where(truth.scale > np.abs(right), contract, 1.0))
    return {
        "nan": wrong & np.isnan(got) & ~np.isnan(right),
        "number": wrong & ~np.isnan(got) & np.isnan(right),
        "inf": wrong & np.isinf(got) & np.isfinite(right),
        "zero": wrong & (got == 0) & (right != 0) & ~np.isnan(right),
        "sign": wrong & (np.sign(got) * np.sign(right) < 0),
    }


def describe(arguments: Mapping[str, Any], at: tuple[Any, ...], format_: Format) -> dict[str, str]:
    """The arguments at one place, as `-0.5 (0xbf000000)`; of a row, the component and where it stands."""
    found = {}
    for name, values in arguments.items():
        if values.ndim <= 1:
            found[name] = _number(values[at[0]], format_)
        elif len(at) > 1:
            found[f"{name}[{at[1]}] of {values.shape[1]}"] = _number(values[at], format_)
        else:
            found[f"{name}[0] of {values.shape[1]}"] = _number(values[at[0], 0], format_)
    return found


def _number(value: Any, format_: Format) -> str:
    return f"{value!s} ({format_.hex(value)})"
