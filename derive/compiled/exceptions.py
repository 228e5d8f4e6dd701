"""The floating-point exceptions that compiled code raises."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from typing import Final

from derive.errors import DeriveError

# <fenv.h>: the value of each exception, by the processor's name.
_X86: Final = {"invalid value": 0x01, "divide by zero": 0x04, "overflow": 0x08}
_ARM: Final = {"invalid value": 0x01, "divide by zero": 0x02, "overflow": 0x04}
EXCEPTIONS: Final = {"x86_64": _X86, "amd64": _X86, "i686": _X86, "aarch64": _ARM, "arm64": _ARM}


def raised_flags(call: Callable[[], object]) -> frozenset[str]:
    """The flags that a call of compiled code leaves behind in this process."""
    exceptions = EXCEPTIONS.get(platform.machine().lower())
    if exceptions is None:
        raise DeriveError(f"the floating-point flags of {platform.machine()} are not known here")
    process = ctypes.CDLL(None)
    every = sum(exceptions.values())
    process.feclearexcept(every)
    call()
    raised = process.fetestexcept(every)
    return frozenset(name for name, bit in exceptions.items() if raised & bit)
