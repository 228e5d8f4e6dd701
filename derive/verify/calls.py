"""However a kernel is called, it answers: in place, on nothing, on any shape and strides, into `out`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from derive.codegen.kernel import Argument, Kernel
from derive.codegen.target import Call
from derive.values.formats import Floats

GUARD: Final = 8  # elements on either side of an output, which must stay as they are
CallJudge = Callable[[Floats], bool]
Check = Iterator[tuple[str, bool]]


def broken_calls(kernel: Kernel, run: Call, values: Sequence[Any], holds: CallJudge, arrays: bool) -> tuple[str, ...]:
    """The ways of calling that go wrong, a phrase each.

    values: the kernel's inputs in order, an even number of points, or of rows. holds: whether an
    output for these inputs is within the contract. arrays: whether any shape and strides may be passed.
    """
    checks = [_in_place(kernel, run, values, holds), _bounds(run, values, holds), _nothing(kernel, run, values)]
    if arrays:
        checks += [_strides(kernel, run, values, holds), _shapes(kernel, run, values, holds)]
    with np.errstate(all="ignore"):
        return tuple(phrase for check in checks for phrase, held in _answered(check) if not held)


def _answered(check: Check) -> Check:
    """The answers of `check`; an error that a call raises is one more, and the last."""
    try:
        yield from check
    except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
        yield f"{type(problem).__name__}: {problem}", False


def _in_place(kernel: Kernel, run: Call, values: Sequence[Any], holds: CallJudge) -> Check:
    for position, argument in enumerate(kernel.inputs):
        if argument.shape == kernel.output.shape and argument.shape != "scalar":
            copies = [np.copy(value) if np.ndim(value) else value for value in values]
            out = copies[position]
            yield f"in place of {argument.name}", run(*copies, out=out) is out and holds(out)


def _bounds(run: Call, values: Sequence[Any], holds: CallJudge) -> Check:
    """The output is written from its first element to its last, and nothing beside it."""
    plain = np.asarray(run(*values))
    room = np.full(plain.size + 2 * GUARD, 1234.5, plain.dtype)
    out = room[GUARD : GUARD + plain.size].reshape(plain.shape)
    run(*values, out=out)
    yield "into out", holds(out)
    yield "only within out", bool((room[:GUARD] == 1234.5).all() and (room[len(room) - GUARD :] == 1234.5).all())


def _nothing(kernel: Kernel, run: Call, values: Sequence[Any]) -> Check:
    empty = [value[:0] if np.ndim(value) else value for value in values]
    if kernel.output.shape == "scalar":
        yield "n = 0", float(run(*empty)) == 0.0
        return
    yield "n = 0", len(run(*empty)) == 0


def _strides(kernel: Kernel, run: Call, values: Sequence[Any], holds: CallJudge) -> Check:
    def spaced(value: Floats) -> Floats:
        room = np.full((*value.shape[:-1], 2 * value.shape[-1]), np.nan, value.dtype)
        room[..., ::2] = value
        return room[..., ::2]

    def backwards(value: Floats) -> Floats:
        return value[::-1].copy()[::-1]

    for phrase, restride in (
        ("every second element", spaced),
        ("reversed", backwards),
        ("by column", np.asfortranarray),
    ):
        yield phrase, holds(np.asarray(run(*(restride(value) if np.ndim(value) else value for value in values))))
    plain = np.asarray(run(*values))
    if plain.ndim:
        out = spaced(plain)
        yield "into every second element", run(*values, out=out) is out and holds(out)


def _shapes(kernel: Kernel, run: Call, values: Sequence[Any], holds: CallJudge) -> Check:
    plain = np.asarray(run(*values))
    yield "dtype", plain.dtype == next(value.dtype for value in values if np.ndim(value))
    if kernel.output.shape == "scalar":
        return
    folded = run(*(_reshaped(value, argument) for value, argument in zip(values, kernel.inputs, strict=True)))
    right_shape = folded.shape == (2, len(plain) // 2, *plain.shape[1:])
    yield "more dimensions", right_shape and folded.dtype == plain.dtype and holds(folded.reshape(plain.shape))
    one = np.asarray(run(*(value[0] if np.ndim(value) else value for value in values)))
    yield "one alone", one.shape == plain.shape[1:] and one.dtype == plain.dtype and _same(one, plain[0])
    yield "broadcast", _broadcast(kernel, run, values)


def _reshaped(value: Any, argument: Argument) -> Any:
    return value.reshape(2, len(value) // 2, *value.shape[1:]) if argument.shape != "scalar" else value


def _broadcast(kernel: Kernel, run: Call, values: Sequence[Any]) -> bool:
    """Every input but the last is given once for all points or rows."""
    whole = [position for position, argument in enumerate(kernel.inputs) if argument.shape != "scalar"]
    held = [value[:1] if position in whole[:-1] else value for position, value in enumerate(values)]
    spread = [np.repeat(v, len(values[whole[-1]]), axis=0) if at in whole[:-1] else v for at, v in enumerate(held)]
    return _same(np.asarray(run(*held)), np.asarray(run(*spread)))


def _same(a: Floats, b: Floats) -> bool:
    """Equal but for the few ulp by which a library's loops for different strides may differ."""
    with np.errstate(all="ignore"):
        near = np.abs(a - b) <= 8 * np.spacing(np.maximum(np.abs(a), np.abs(b)))
    return a.shape == b.shape and bool((near | (a == b) | (np.isnan(a) & np.isnan(b))).all())
