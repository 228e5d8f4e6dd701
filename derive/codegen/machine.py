"""What helpers of elementary functions need to know of a number format: splits of log(2), shifts that round, masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from derive.codegen.literals import signed
from derive.values.formats import Format

# Source: https://oeis.org/A002162
LOG_2: Final = Fraction("0.69314718055994530941723212145817656807550013436025525412068000949339362196969")
RAISED: Final = 64  # exponents are by so much too large while results may be subnormal
EXPM1_LOW: Final = 50  # from there down, exp(x) - 1 is -1 by rounding


@dataclass(frozen=True)
class Words:
    """How a target writes numbers of one format, and whole numbers as wide as these.

    wide: whether results are rounded to a narrower format, so that none is subnormal.
    """

    format: Format
    number: Callable[[Fraction], str]
    whole: Callable[[int], str]
    wide: bool = False

    def constants(self) -> dict[str, str]:
        """By the names that helpers' templates use."""
        digits, bias = self.format.precision - 1, self.format.overflow - 1
        shift, counter = 3 * 2 ** (digits - 1), 2**digits  # adding the first rounds to a whole number
        high = _leading(LOG_2, digits + 1 - (bias.bit_length() + 1))  # times an exponent it is exact
        root_half, one = self.bits(0.5**0.5), self.bits(1.0)
        floats = {
            "half": Fraction(1, 2),
            "fall": (self.format.lowest - 1) * LOG_2 - 1,
            "shift": shift,
            "biased_shift": shift + bias,
            "lowering": Fraction(1, 2**RAISED),
            "log2_e": 1 / LOG_2,
            "log_2_high": high,
            "log_2_low": LOG_2 - high,
            "exp_low": -bias * LOG_2 - Fraction(1, 8) if self.wide else (self.format.lowest - 1) * LOG_2 - 1,
            "exp_high": (bias + 1) * LOG_2 + Fraction(1, 8),
            "expm1_low": -EXPM1_LOW,
            "biased_counter": counter + bias,
            "least_normal": Fraction(2) ** (1 - bias),
            "normalising": counter,
            "half_range": Fraction(2) ** ((bias + 1) // 2),
            "quarter_range": Fraction(2) ** ((bias + 1) // 2 - 1),
            "least_ratio": Fraction(1, 2 ** (bias + 1 - 24)),
            "smallest": Fraction(2) ** self.format.lowest,
            "least_pair": Fraction(2) ** (1 - bias + digits + 1),
        }
        wholes = {
            "above_root_half": one - root_half,
            "root_half_bits": root_half,
            "fraction_mask": counter - 1,
            "counter_bits": self.bits(float(counter)),
        }
        return {
            "digits": str(digits),
            "raised": str(RAISED),
            "bias": str(bias),
            "wide": "wide" if self.wide else "",
            **{name: signed(self.number, Fraction(value)) for name, value in floats.items()},
            **{name: self.whole(value) for name, value in wholes.items()},
        }

    def bits(self, value: float) -> int:
        return int(self.format.ordinals(np.array([value], self.format.dtype))[0])


def _leading(value: Fraction, bits: int) -> Fraction:
    """A number in [1/2, 1) cut off after so many bits."""
    return Fraction(int(value * 2**bits), 2**bits)
