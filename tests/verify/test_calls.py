"""Every way of calling a kernel is tried, and each way of getting it wrong is found."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.codegen.kernel import Kernel
from derive.values.formats import Floats
from derive.verify.calls import broken_calls
from tests.forms import FORMS

KERNEL = FORMS["squared"].kernels[0]
VALUES = [np.linspace(-2, 2, 12, dtype=np.float32), np.linspace(1, 3, 12, dtype=np.float32)]


def squared(y: Any, y_hat: Any, *, out: Floats | None = None) -> Any:
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    result = (y - y_hat) ** 2
    if out is None:
        return result
    np.copyto(out, result)
    return out


def holds(got: Floats) -> bool:
    return got.shape == (12,) and bool(np.allclose(got, (VALUES[0] - VALUES[1]) ** 2))


def broken(run: Callable[..., Any], kernel: Kernel = KERNEL, arrays: bool = True) -> set[str]:
    return set(broken_calls(kernel, run, VALUES, holds, arrays))


def test_a_sound_kernel_passes() -> None:
    assert broken(squared) == set()


def overwrites_its_input_too_early(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    out = np.empty(np.broadcast(y, y_hat).shape, np.asarray(y).dtype) if out is None else out
    out[...] = y
    out[...] = (out - y_hat) ** 2
    return out


def widens(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    return squared(np.asarray(y, np.float64), np.asarray(y_hat, np.float64), out=out)


def flattens(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    return squared(np.ravel(y), np.ravel(y_hat), out=None if out is None else out.reshape(-1))


def ignores_out(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    return squared(y, y_hat)


def refuses_nothing(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    if np.size(y) == 0:
        raise ValueError("empty")
    return squared(y, y_hat, out=out)


def assumes_strides(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    y = np.lib.stride_tricks.as_strided(y, np.shape(y), (4,) * np.ndim(y)) if np.ndim(y) == 1 and len(y) > 1 else y
    return squared(y, y_hat, out=out)


def writes_past_the_end(y: Any, y_hat: Any, *, out: Any = None) -> Any:
    if out is not None and out.base is not None and out.base.ndim == 1:
        out.base[-1] = 0
    return squared(y, y_hat, out=out)


@pytest.mark.parametrize(
    ("run", "found"),
    [
        (overwrites_its_input_too_early, {"in place of y_hat"}),
        (widens, {"dtype"}),
        (flattens, {"more dimensions", "one alone"}),
        (ignores_out, {"in place of y", "into out"}),
        (refuses_nothing, {"ValueError: empty"}),
        (assumes_strides, {"every second element"}),
        (writes_past_the_end, {"only within out"}),
    ],
)
def test_each_fault_is_found(run: Callable[..., Any], found: set[str]) -> None:
    phrases = broken(run)
    assert all(any(phrase.startswith(wanted) for phrase in phrases) for wanted in found), phrases


def test_contiguous_memory_is_all_that_some_targets_take() -> None:
    assert broken(assumes_strides, arrays=False) == set()
