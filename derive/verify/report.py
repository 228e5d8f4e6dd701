"""`VerificationReport`: for each kernel, its errors in ulp, its faults, and whether its contract holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from derive.codegen.kernel import Variant
from derive.proof.verdict import Verdict
from derive.spec.function import Order
from derive.values.rows import EVERYDAY, FAR, SPECIAL
from derive.verify.batches import PATTERNS
from derive.verify.measure import Faults, StratumErrors

COLUMNS: Final = (
    "kernel", "target", "dtype", "points", "worst ulp", "at", "mean", "everyday", "NaN", "inf", "zero", "sign",
    "flags", "unchecked", "read back", "contract", "",
)  # fmt: skip

FAR_OFF: Final = (PATTERNS, FAR, SPECIAL)  # the strata of numbers that few users have
UNREAD: Final = "unread"  # of a text that is not of the form that kernels have, such as a house style may give it
UNREADABLE: Final = "not read back"  # of a target that has no reader
NOTHING: Final = StratumErrors("", 0, 0, 0.0, 0.0, {}, Faults())


@dataclass(frozen=True)
class ReadingReport:
    """What came of reading a kernel's text back: whether it is its evaluation form, or why nobody knows."""

    verdict: str = UNREAD
    note: str = ""


@dataclass(frozen=True)
class Flag:
    """A floating-point exception that finite inputs inside the domain raised: in which stratum, and where first."""

    name: str
    stratum: str
    where: str

    def __str__(self) -> str:
        return f"{self.name} at {self.where}"


@dataclass(frozen=True)
class Verified:
    """One kernel's figures.

    contracted: the strata to which the contract applies; faults count in all. calls: ways of calling that went wrong.
    gaps: what no kernel of the target can be, such as measured; there are no strata then.
    """

    function: str
    order: Order
    wrt: str
    target: str
    dtype: Variant
    strata: tuple[StratumErrors, ...]
    flags: tuple[Flag, ...]
    calls: tuple[str, ...]
    contract: float
    contracted: tuple[str, ...]
    reading: ReadingReport = ReadingReport()
    gaps: tuple[str, ...] = ()

    @property
    def measured(self) -> bool:
        return bool(self.strata)

    @property
    def points(self) -> int:
        return sum(stratum.points for stratum in self.strata)

    @property
    def unchecked(self) -> int:
        """Points at which no oracle could tell what is right."""
        return sum(stratum.unchecked for stratum in self.strata)

    @property
    def faults(self) -> Faults:
        return sum((stratum.faults for stratum in self.strata), Faults())

    @property
    def worst(self) -> StratumErrors:
        """The stratum with a fault or, failing that, with the largest error under contract."""
        bound = [stratum for stratum in self.strata if stratum.name in self.contracted]
        return max(bound or self.strata, key=lambda stratum: stratum.worst, default=NOTHING)

    @property
    def mean(self) -> float:
        judged = self.points - self.unchecked
        return sum(stratum.total for stratum in self.strata) / judged if judged else 0.0

    @property
    def held(self) -> bool:
        clean = not self.faults.total and not self.flags and not self.calls
        clean = clean and self.reading.verdict in (Verdict.PROVED, UNREAD, UNREADABLE)
        return clean and self.worst.worst <= self.contract

    @property
    def usable(self) -> bool:
        """Whether all is right but far from where users live: at numbers of any size, and at the ends of the format."""
        return self.held or (self.near.measured and self.near.held)

    @property
    def near(self) -> Verified:
        """What was found where users live."""
        strata = tuple(stratum for stratum in self.strata if stratum.name not in FAR_OFF)
        return replace(self, strata=strata, flags=tuple(flag for flag in self.flags if flag.stratum not in FAR_OFF))

    @property
    def standing(self) -> str:
        if self.held:
            return "held" if self.measured else "not measured"
        return "everyday" if self.usable else "BROKEN"

    @property
    def kernel(self) -> str:
        return self.function if self.order == "forward" else f"{self.function} {self.order} {self.wrt}"

    def cells(self) -> tuple[str, ...]:
        """The row of the table, a text for each of COLUMNS."""
        everyday = next((ulp_text(stratum.worst) for stratum in self.strata if stratum.name == EVERYDAY), "")
        flags = {flag.name for flag in self.flags}
        faults, worst = self.faults, self.worst
        at = ", ".join(f"{name}={value.split()[0]}" for name, value in worst.where.items())
        return (
            self.kernel, self.target, self.dtype, f"{self.points:,}", ulp_text(worst.worst), at, ulp_text(self.mean),
            everyday, str(faults.nan + faults.number), str(faults.inf), str(faults.zero), str(faults.sign),
            str(len(flags)), str(self.unchecked), self.reading.verdict, f"{self.contract:g}",
            self.standing,
        )  # fmt: skip

    def problems(self) -> list[str]:
        """What broke the contract, and what could not be read back, a line each."""
        name = f"{self.kernel} ({self.target}, {self.dtype})"
        flags = {flag.name: flag for flag in reversed(self.flags)}.values()  # each once
        lines = [f"{name}: raises {flag}" for flag in flags] + [f"{name}: fails {call}" for call in self.calls]
        if self.reading.note or self.reading.verdict not in (Verdict.PROVED, UNREAD, UNREADABLE):
            lines.append(f"{name}: its text, read back: {self.reading.verdict}: {self.reading.note}")
        for stratum in self.strata:
            where = ", ".join(f"{name} = {value}" for name, value in stratum.where.items())
            counts = ", ".join(f"{count} wrong {kind}" for kind, count in asdict(stratum.faults).items() if count)
            if counts:
                lines.append(f"{name}: {counts} among {stratum.name}, such as at {where}")
            elif stratum.name in self.contracted and stratum.worst > self.contract:
                lines.append(f"{name}: {ulp_text(stratum.worst)} ulp among {stratum.name}, at {where}")
        return lines

    def to_json(self) -> dict[str, Any]:
        found = asdict(self)
        found["strata"] = [asdict(stratum) | {"mean": stratum.mean} for stratum in self.strata]
        figures: dict[str, Any] = {
            "points": self.points,
            "unchecked": self.unchecked,
            "worst": self.worst.worst,
            "mean": self.mean,
        }
        figures |= {"measured": self.measured}
        figures |= {"faults": asdict(self.faults), "held": self.held, "usable": self.usable}
        return found | figures | {"where": dict(self.worst.where)}


@dataclass(frozen=True)
class VerificationReport:
    """The figures of every kernel. `str` is a plain table; `rows` are its cells."""

    kernels: tuple[Verified, ...]

    @property
    def held(self) -> bool:
        return all(kernel.held for kernel in self.kernels)

    @property
    def usable(self) -> bool:
        return all(kernel.usable for kernel in self.kernels)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [kernel.cells() for kernel in self.kernels]

    @property
    def gaps(self) -> list[str]:
        """What is not known of whole targets, a line each."""
        return list(dict.fromkeys(f"{kernel.target}: {gap}" for kernel in self.kernels for gap in kernel.gaps))

    def problems(self) -> list[str]:
        """What is wrong or unknown, a line each."""
        return [*self.gaps, *(line for kernel in self.kernels for line in kernel.problems())]

    def to_json(self) -> str:
        return json.dumps(
            {"held": self.held, "usable": self.usable, "kernels": [kernel.to_json() for kernel in self.kernels]},
            indent=1,
        )

    def __str__(self) -> str:
        return "\n".join([*aligned([COLUMNS, *self.rows]), *self.problems()])


def ulp_text(error: float) -> str:
    """An error in ulp, for a table."""
    return f"{error:.2f}" if error < 1e4 else f"{error:.1e}"


def aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table's lines, its columns as wide as their cells."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
