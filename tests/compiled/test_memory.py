"""What kernels of both targets read and write: never where they may not, and never what they cannot compute with."""

from __future__ import annotations

import datetime
import mmap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import module
from forms import FORMS
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.codegen.kernel import Kernel
from derive.compiled.memory import in_order
from derive.runtime import Loaded, load_kernels

Call = Callable[..., Any]
SHAPE = (3, 4)


def read_only() -> Any:
    return np.frombuffer(bytes(96)).reshape(SHAPE)


def closed() -> Any:
    out = np.empty(SHAPE)
    out.flags.writeable = False
    return out


def read_only_map() -> Any:
    room = mmap.mmap(-1, 96, access=mmap.ACCESS_READ)
    return np.frombuffer(room).reshape(SHAPE)


def windows() -> Any:
    return np.lib.stride_tricks.as_strided(np.zeros(6), SHAPE, (8, 8))


# What is given as `out` where the result is float64 of SHAPE, and the part of the error that says what is wrong.
UNWRITABLE: dict[str, tuple[Callable[[], Any], str]] = {
    "bytes": (read_only, "read-only"),
    "closed": (closed, "read-only"),
    "a map": (read_only_map, "read-only"),
    "float32": (lambda: np.empty(SHAPE, np.float32), "dtype float32"),
    "longdouble": (lambda: np.empty(SHAPE, np.longdouble), "dtype"),
    "integers": (lambda: np.empty(SHAPE, int), "dtype int64"),
    "complex": (lambda: np.empty(SHAPE, complex), "dtype complex128"),
    "objects": (lambda: np.empty(SHAPE, object), "dtype object"),
    "other bytes first": (lambda: np.empty(SHAPE, ">f8"), "dtype >f8"),
    "records": (lambda: np.empty(SHAPE, [("a", float)]), "dtype"),
    "another shape": (lambda: np.empty((4, 3)), r"shape \(4, 3\)"),
    "one more axis": (lambda: np.empty((1, *SHAPE)), r"shape \(1, 3, 4\)"),
    "a list": (lambda: [[0.0] * 4] * 3, "of type list"),
    "a number": (lambda: 0.0, "of type float"),
    "masked": (lambda: np.ma.empty(SHAPE), "of type MaskedArray"),
    "one number spread": (lambda: np.lib.stride_tricks.as_strided(np.zeros(1), SHAPE, (0, 0)), "out"),
    "a row spread": (lambda: np.lib.stride_tricks.as_strided(np.zeros(4), SHAPE, (0, 8)), "out"),
    "windows": (windows, "out"),
}

# What is given as an input, and what the error says.
UNREADABLE: dict[str, tuple[Callable[[], Any], str]] = {
    "complex": (lambda: np.ones(SHAPE, complex), "complex128"),
    "one complex number": (lambda: 1j, "complex128"),
    "objects": (lambda: np.full(SHAPE, Fraction(1, 2)), "object"),
    "None": (lambda: None, "object"),
    "text": (lambda: np.full(SHAPE, "0.5"), "<U3"),
    "one text": (lambda: "0.5", "<U3"),
    "bytes": (lambda: np.full(SHAPE, b"0.5"), "S3"),
    "times": (lambda: np.full(SHAPE, datetime.datetime(2020, 1, 1), "M8[s]"), "datetime64"),
    "spans": (lambda: np.ones(SHAPE, "m8[s]"), "timedelta64"),
    "records": (lambda: np.ones(SHAPE, [("a", float)]), "a"),
    "longdouble": (lambda: np.ones(SHAPE, np.longdouble), "longdouble|float128"),
    "masked": (lambda: np.ma.masked_less(np.ones(SHAPE), 2), "mask"),
    "masked, but nowhere": (lambda: np.ma.array(np.ones(SHAPE)), "mask"),
    "the masked value": (lambda: np.ma.masked, "mask"),
}


def overlapping(dtype: Any = float) -> dict[str, tuple[Any, Any]]:
    """Inputs and outputs of SHAPE that share a part of their memory, or all of it in another order."""
    room = np.linspace(0.1, 0.9, 40).astype(dtype)
    square = np.linspace(0.1, 0.9, 9).astype(dtype).reshape(3, 3)
    whole = room[:12].reshape(SHAPE)
    return {
        "one further": (whole, room[1:13].reshape(SHAPE)),
        "a row further": (room[4:16].reshape(SHAPE), whole),
        "the last element": (whole, room[11:23].reshape(SHAPE)),
        "turned": (square, square.T),
        "backwards": (whole[::-1], whole),
        "a row for all": (whole[:1], whole),
        "an element for all": (whole[:1, :1], whole),
        "as integers": (whole.view(f"i{whole.itemsize}"), whole),
        "from a buffer": (memoryview(room[1:13]).cast("B").cast("d", SHAPE) if dtype is float else whole[::-1], whole),
    }


@cache
def loaded(name: str) -> Loaded:
    return load_kernels(FORMS[name].function, FORMS[name].kernels)


@cache
def emitted(name: str) -> Any:
    return module(FORMS[name].function, FORMS[name].kernels)


def in_c(name: str, kernel: Kernel) -> Call:
    calls = {"forward": loaded(name).forward, "vjp": loaded(name).vjp}
    wrt = {"wrt": kernel.wrt} if kernel.wrt else {}
    return lambda *values, out=None: calls[kernel.order](*values, out=out, **wrt)


def in_numpy(name: str, kernel: Kernel) -> Call:
    found: Call = getattr(emitted(name), kernel.stem)
    return found


TARGETS = {"numpy": in_numpy, "c": in_c}
KERNELS = [(name, kernel) for name in ("squared", "scaled", "gibbs", "surprise", "centred")
           for kernel in FORMS[name].kernels]  # fmt: skip
both = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
every_kernel = pytest.mark.parametrize(("name", "kernel"), KERNELS, ids=[k.stem for _, k in KERNELS])


def inputs(kernel: Kernel, dtype: Any = float) -> list[Any]:
    random = np.random.default_rng(3)
    shapes = {"element": SHAPE, "vector": SHAPE, "row": SHAPE[:1], "scalar": ()}
    values = [random.uniform(0.1, 0.9, shapes[a.shape]).astype(dtype) for a in kernel.inputs]
    return [value if value.ndim else float(value) for value in values]


@both
@every_kernel
@pytest.mark.parametrize("case", UNWRITABLE)
def test_what_may_not_be_written_to_is_refused(
    target: Callable[..., Call], name: str, kernel: Kernel, case: str
) -> None:
    if kernel.output.shape not in ("element", "vector"):
        pytest.skip("a result of another shape")
    make, says = UNWRITABLE[case]
    out = make()
    before = np.array(out, copy=True)
    with pytest.raises((TypeError, ValueError), match=rf"out .*{says}|{says}.*: give"):
        target(name, kernel)(*inputs(kernel), out=out)
    assert np.array(out).tobytes() == before.tobytes()


@both
def test_a_file_that_is_open_for_reading_is_not_written_to(target: Callable[..., Call], tmp_path: Path) -> None:
    path = tmp_path / "values"
    path.write_bytes(bytes(96))
    out = np.memmap(path, mode="r", shape=SHAPE, dtype=float)
    with pytest.raises(ValueError, match="out is read-only: give"):
        target("squared", FORMS["squared"].kernels[0])(1.0, np.zeros(SHAPE), out=out)
    assert path.read_bytes() == bytes(96)


@both
def test_a_file_that_is_open_for_writing_is_written_to(target: Callable[..., Call], tmp_path: Path) -> None:
    out = np.memmap(tmp_path / "values", mode="w+", shape=SHAPE, dtype=float)
    assert target("squared", FORMS["squared"].kernels[0])(2.0, np.zeros(SHAPE), out=out) is out
    assert (out == 4).all()


@both
@pytest.mark.parametrize("case", overlapping())
@pytest.mark.parametrize("position", [0, 1])
def test_an_output_that_lies_over_a_part_of_an_input_is_refused(
    target: Callable[..., Call], case: str, position: int
) -> None:
    value, out = overlapping()[case]
    before = out.tobytes()
    values = [np.float64(0.5)] * 2
    values[position] = value
    with pytest.raises(ValueError, match=r"out overlaps an input in part: give|out has shape|strides"):
        target("squared", FORMS["squared"].kernels[0])(*values, out=out)
    assert out.tobytes() == before


@both
def test_a_gradient_per_row_that_the_output_lies_over_is_refused(target: Callable[..., Call]) -> None:
    out = np.full(SHAPE, 0.5)
    with pytest.raises(ValueError, match="out overlaps an input in part"):
        target("surprise", FORMS["surprise"].kernels[1])(np.ones(SHAPE), np.ones(SHAPE), out[:, 0], out=out)
    assert (out == 0.5).all()


@both
@every_kernel
@pytest.mark.parametrize("case", UNREADABLE)
def test_what_no_kernel_computes_with_is_refused(
    target: Callable[..., Call], name: str, kernel: Kernel, case: str
) -> None:
    make, says = UNREADABLE[case]
    for position in range(len(kernel.inputs)):
        values = inputs(kernel)
        values[position] = make()
        with pytest.raises(TypeError, match=rf"({says}).*(give|convert with astype)"):
            target(name, kernel)(*values)


@both
def test_integers_of_any_size_are_numbers(target: Callable[..., Call]) -> None:
    squared = target("squared", FORMS["squared"].kernels[0])
    assert squared(np.float64(0), 10**30) == 1e30**2
    with pytest.raises(OverflowError, match="int too large"):
        squared(np.float64(0), 10**400)


@both
def test_half_precision_is_taken_only_beside_a_wider_one(target: Callable[..., Call]) -> None:
    squared = target("squared", FORMS["squared"].kernels[0])
    half = np.array([0.5, 3.0], np.float16)
    if target is in_c:
        assert (squared(half, 1.0).dtype, squared(half, 1.0).tolist()) == (np.float16, [0.25, 4.0])
    else:
        with pytest.raises(TypeError, match="float32 or float64 is computed, not float16; convert with astype"):
            squared(half, 1.0)
    for dtype in (np.float32, np.float64):
        found = squared(half, np.ones(2, dtype))
        assert (found.dtype, found.tolist()) == (dtype, [0.25, 4.0])


@both
@every_kernel
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_order_of_bytes_changes_nothing(target: Callable[..., Call], name: str, kernel: Kernel, dtype: str) -> None:
    call, values = target(name, kernel), inputs(kernel, dtype)
    expected = call(*values)
    swapped = [v.astype(v.dtype.newbyteorder("S")) if isinstance(v, np.ndarray) else v for v in values]
    found = call(*swapped)
    assert found.dtype == expected.dtype == dtype
    assert found.dtype.isnative
    assert found.tobytes() == expected.tobytes()


def askew(value: Any) -> Any:
    """`value` in memory at an odd address."""
    room = np.zeros(np.size(value) * 8 + 1, np.uint8)[1:].view(float).reshape(np.shape(value))
    room[...] = value
    return room


@both
@every_kernel
def test_arrays_that_lie_askew_in_memory_are_read(target: Callable[..., Call], name: str, kernel: Kernel) -> None:
    call, values = target(name, kernel), inputs(kernel)
    assert call(*map(askew, values)).tobytes() == call(*values).tobytes()


def test_c_is_never_given_an_odd_address() -> None:
    values = askew(np.ones(SHAPE))
    assert in_order(values, SHAPE, "float64").flags.aligned
    with pytest.raises(ValueError, match=r"out has shape .*: give a contiguous float64 array"):
        loaded("squared").forward(1.0, np.ones(SHAPE), out=values)


@both
@every_kernel
def test_many_threads_call_at_once(target: Callable[..., Call], name: str, kernel: Kernel) -> None:
    call = target(name, kernel)
    cases = [inputs(kernel, dtype) for dtype in (np.float32, float)]
    expected = [call(*values).tobytes() for values in cases]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda turn: call(*cases[turn % 2]).tobytes(), range(400)))
    assert found == expected * 200


def test_a_call_leaves_the_library_as_it_is() -> None:
    # What all threads share has no argument types that one call could set while another reads them.
    compiled = loaded("squared").kernel("forward")
    compiled([1.0], [2.0])
    assert compiled.library.derive_squared_f64.argtypes is None


@both
@pytest.mark.filterwarnings("ignore:invalid value")  # a mean of nothing is 0/0
@pytest.mark.parametrize("name", ["gibbs", "surprise", "centred"])
def test_rows_of_no_length_and_no_rows_have_a_result_of_the_right_shape(target: Callable[..., Call], name: str) -> None:
    kernel = FORMS[name].kernels[0]
    for empty in ((0, 4), (3, 0), (0, 0), (2, 0, 3), (0,)):
        values = [{"vector": np.ones(empty), "row": np.ones(empty[:-1]), "scalar": 1.0}[a.shape] for a in kernel.inputs]
        found = target(name, kernel)(*values)
        assert np.shape(found) == (empty if kernel.output.shape == "vector" else empty[:-1])
        assert not np.asarray(found).any()  # a sum over nothing is 0


@both
def test_an_output_without_axes_is_given_back(target: Callable[..., Call]) -> None:
    out = np.empty(())
    assert target("squared", FORMS["squared"].kernels[0])(3.0, 1.0, out=out) is out
    assert out == 4.0


@st.composite
def views(draw: Any, room: np.ndarray) -> np.ndarray:
    """A matrix somewhere within `room`: strided, reversed, transposed or spread."""
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    row, column = draw(st.sampled_from([-8, -3, 0, 3, 4, 8])), draw(st.sampled_from([-1, 0, 1, 2]))
    low = min(0, row * (rows - 1)) + min(0, column * (columns - 1))
    high = max(0, row * (rows - 1)) + max(0, column * (columns - 1))
    first = draw(st.integers(-low, len(room) - 1 - high))
    found = np.lib.stride_tricks.as_strided(room[first:], (rows, columns), (8 * row, 8 * column))
    return found.T if draw(st.booleans()) else found


@both
@settings(derandomize=True, deadline=None, max_examples=300)
@given(data=st.data())
def test_a_call_is_right_or_refused_and_writes_to_its_output_alone(target: Callable[..., Call], data: Any) -> None:
    room = np.linspace(0.1, 0.9, 48)
    x, y, out = (data.draw(views(room)) for _ in range(3))
    call = target("squared", FORMS["squared"].kernels[0])
    try:
        shape = np.broadcast_shapes(x.shape, y.shape)
        expected = (x - y) ** 2
    except ValueError:
        shape, expected = (), None
    before = room.copy()
    wanted = before.copy()
    try:
        found = call(x, y, out=out)
    except ValueError:
        assert room.tobytes() == before.tobytes()
        return
    assert found is out
    assert out.shape == shape
    np.testing.assert_array_equal(out, expected)
    offset = (out.__array_interface__["data"][0] - room.__array_interface__["data"][0]) // 8
    np.lib.stride_tricks.as_strided(wanted[offset:], out.shape, out.strides)[...] = expected
    assert room.tobytes() == wanted.tobytes()
