"""`Elementary`: what is known of one function, in every room that asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from derive.errors import UnsupportedError

# A number of Arb's, or a series; flint has no types, and is loaded when the first ball is computed.
Ball = Any
Written = tuple[str, ...]  # a pattern, how strongly it binds, and how strongly each argument must: words of a writer
End = tuple[str, str]  # an end of the interval on which a function is real, and its limit there
EVERYWHERE: Final = "True"


@dataclass(frozen=True, kw_only=True)
class Elementary:
    """One function of real numbers.

    Formulas are text in `u`, the first argument, and `v`, the second. An empty field says that there is no such
    fact, or that none is known.
    """

    name: str
    arity: int = 1

    # Analysis. Source: https://dlmf.nist.gov
    derivative: str = ""  # off kinks and jumps; by the first argument, where there are two
    derivative_v: str = ""  # by the second
    ball: Callable[..., Ball] | None = None  # the value, on balls of Arb's
    real: str = ""  # where there is a real value: no wider and no narrower
    ends: tuple[End, End] | None = None  # of the one interval on which it is real
    monotone: Literal[-1, 0, 1] = 0  # there: decreasing, neither, increasing
    range: str = ""  # where its values lie, if that is not between the limits at its ends
    reflection: str = ""  # f(-u), by w = f(u): "-w" of an odd function
    positive: str = ""  # the condition under which it is positive
    sign_of_argument: bool = False  # it is positive, 0 or negative where its argument is
    at_zero: str = ""  # its value at 0, where neither its form nor its reflection gives it
    slope_at_zero: str = ""  # its derivative at 0, where its value is 0 there
    implied: tuple[str, ...] = ()  # what is positive wherever it is real, ends apart
    kink: Literal["", "kink", "jump", "steps"] = ""  # a kink or jump where u, or u - v, is 0; steps at whole numbers
    pieces: tuple[str, str, str] | None = None  # what it is where that is negative, 0, positive; "" for no value
    cut: tuple[str, str] | None = None  # a jump inside where it is real: what is 0 there, and what is not positive

    # What it is by other functions
    equals: str = ""  # the same wherever it is real
    near_end: str = ""  # the same near the upper of its ends, by what is small or large there; erfcx is known to it
    undoes: str = ""  # the function whose inverse it is, on one interval of several, or without a form by exp and log
    reciprocal: str = ""  # the function of which it is 1 over
    series: Callable[[Ball], Ball] | None = None  # its Taylor series, on series of Arb's
    analytic: Literal["", "everywhere", "finite"] = ""  # about every number; where it is finite
    transcendental: bool = False  # no polynomial in it and its argument vanishes on an interval
    never_constant: bool = False  # on no interval, in its last argument

    # Notation
    spellings: tuple[str, ...] = ()  # other names that people and SymPy write
    commands: tuple[str, ...] = ()  # of LaTeX that are read as it, without their backslash
    latex: str = ""  # the command that it is written by; \operatorname of its name without one
    latex_form: Written = ()  # where it is not written as a call
    pretty: str = ""  # its name in a terminal
    pretty_form: Written = ()
    sympy: str | None = None  # SymPy's class, where that is not its name; "" for none: it goes there by what it equals
    sympy_form: str = ""  # what it goes to SymPy by, where that is neither

    # Machines
    libm: str = ""  # in C's <math.h>
    numpy: str = ""  # in NumPy
    scipy: tuple[str, ...] = ()  # in scipy.special
    exact_in_ieee: bool = False  # an operation that IEEE arithmetic rounds correctly
    error_of: str = ""  # the operation of which it is what rounding drops; of a number, as float64
    holds: str = ""  # the operation with its other argument that would overflow, where it is not its first
    helper: str = ""  # the template that defines it for a target whose library lacks it
    written_out: str = ""  # the template that computes it without a library
    shorter: tuple[str, str, str] | None = None  # two ends of its argument, u or u - v, and the template for it there
    kernel_form: str = ""  # what a kernel evaluates for it, where no library has it
    temporary: str = ""  # what a kernel calls its value
    power_of_e: bool = False  # e to its argument, or to the difference of two, or that less 1
    grows: bool = False  # like an exponential: balls of it are unwieldy for arguments far out
    slow: bool = False  # to enclose, more so as the precision grows

    page: str = ""  # the file that has it; the table fills it in

    def need(self, field: str) -> Any:
        """What a field says. Raises UnsupportedError where it says nothing."""
        found = getattr(self, field)
        if not found:
            raise UnsupportedError(f"{self.name}: its record ({self.page}) has no {field}")
        return found

    @property
    def definition(self) -> str:
        """What it is by functions that kernels call; empty where they call it."""
        return f"1/{self.reciprocal}(u)" if self.reciprocal else self.kernel_form

    @property
    def odd(self) -> bool:
        return self.reflection == "-w"

    @property
    def derivatives(self) -> tuple[str, ...]:
        return (self.derivative, self.derivative_v)[: self.arity]
