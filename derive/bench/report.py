"""`BenchReport`: nanoseconds and ulp beside each other, and ratios of what matters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import exp, log
from pathlib import Path
from statistics import median
from typing import Any, Final

from derive.errors import DeriveError
from derive.verify.report import aligned, ulp_text

COLUMNS: Final = ("function", "task", "who", "ns", "of memory", "worst ulp", "faults")


@dataclass(frozen=True)
class Timing:
    """One candidate's nanoseconds a value, the memory's own, and what it was judged to do."""

    function: str
    task: str
    who: str
    ns: float
    memory_ns: float
    worst_ulp: float
    faults: int

    def cells(self) -> tuple[str, ...]:
        share = f"{self.ns / self.memory_ns:.1f}" if self.memory_ns else ""
        return (self.function, self.task, self.who, f"{self.ns:.2f}", share, ulp_text(self.worst_ulp), str(self.faults))


@dataclass(frozen=True)
class BenchReport:
    """Timings in the order in which they were taken. `str` is a table, and ratios to peers below it."""

    dtype: str
    count: int
    timings: tuple[Timing, ...]

    def __str__(self) -> str:
        return "\n".join([*aligned([COLUMNS, *(timing.cells() for timing in self.timings)]), "", *self.ratios()])

    def ratios(self) -> list[str]:
        """How many times as fast as each peer, a line for each pair."""
        lines = []
        whos = list(dict.fromkeys(timing.who for timing in self.timings))
        for mine in (who for who in whos if who.startswith("derive")):
            for peer in (who for who in whos if not who.startswith("derive")):
                found = self.against(mine, peer)
                if found:
                    mean = exp(sum(map(log, found)) / len(found))
                    lines.append(
                        f"{mine} is {mean:.2f} times as fast as {peer} (geometric mean of {len(found)}; "
                        f"median {median(found):.2f}, least {min(found):.2f})"
                    )
        return lines

    def against(self, mine: str, peer: str) -> list[float]:
        """The peer's time over mine, for each task that both do."""
        times = {(t.function, t.task, t.who): t.ns for t in self.timings}
        pairs = dict.fromkeys((t.function, t.task) for t in self.timings)
        both = ((times.get((*pair, mine)), times.get((*pair, peer))) for pair in pairs)
        return [theirs / ours for ours, theirs in both if ours and theirs]

    def to_json(self) -> str:
        found: dict[str, Any] = {"dtype": self.dtype, "count": self.count}
        return json.dumps(found | {"timings": [asdict(timing) for timing in self.timings]}, indent=1)

    def plot(self, path: Path) -> None:
        """A chart of speed against error, a point a candidate and task. Raises DeriveError without matplotlib."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise DeriveError("a chart needs matplotlib: pip install 'derive[plot]'") from None
        figure = Figure(figsize=(8, 5))
        axes = figure.subplots()
        for who in dict.fromkeys(timing.who for timing in self.timings):
            mine = [timing for timing in self.timings if timing.who == who]
            axes.scatter([t.ns for t in mine], [max(t.worst_ulp, 0.4) for t in mine], label=who, s=18)
        axes.set(xscale="log", yscale="log", xlabel="ns a value", ylabel="worst error in ulp")
        axes.legend()
        figure.savefig(path)
