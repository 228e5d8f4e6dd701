"""What a target says of itself: what its kernels are called, what they are held to, what cannot be known of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from forms import FORMS

from derive.codegen.kernel import Variant
from derive.codegen.target import existing
from derive.errors import NotBuiltError
from derive.targets.c import TARGET as C
from derive.targets.cpp import TARGET as CPP
from derive.targets.numpy import TARGET as NUMPY

PLAIN: Variant = "float32"
FAST: Variant = "fast float32"
FORWARD, VJP, OTHER = FORMS["squared"].kernels


def test_a_kernel_is_called_as_its_number_format_says() -> None:
    assert [C.symbol(VJP, dtype) for dtype in C.variants] == [
        "derive_squared_vjp_f32", "derive_squared_vjp_fast_f32", "derive_squared_vjp_f64",
    ]  # fmt: skip
    assert NUMPY.symbol(OTHER, "float32") == NUMPY.symbol(OTHER, "float64") == "squared_vjp_y_hat"


def test_the_contract_is_what_a_spec_states_or_the_target_s_own() -> None:
    assert (C.contract({}, FAST), NUMPY.contract({}, PLAIN), NUMPY.contract({"numpy": 2.0}, PLAIN)) == (5.0, 8.0, 2.0)
    assert NUMPY.contract({"c": 2.0}, PLAIN) == 8.0
    # C++ calls C's library: what is stated for C holds for it, unless something else is.
    assert (CPP.contract({}, PLAIN), CPP.contract({"c": 6.0}, PLAIN), CPP.contract({"c": 6.0, "cpp": 3.0}, PLAIN)) == (
        5.0,
        6.0,
        3.0,
    )


def test_what_cannot_be_known_is_said() -> None:
    assert C.gaps == ()
    assert replace(C, runner=None).gaps == ("not measured: derive cannot run it",)
    assert replace(C, reader=None).gaps == ("not read back: derive cannot read it",)


def test_a_file_that_was_not_built_is_named(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c/squared.h").write_text("header")
    assert [file.text for file in existing(tmp_path, "c", FORWARD, ".h")] == ["header"]
    with pytest.raises(NotBuiltError, match=r"c/squared\.c: there is no such file"):
        existing(tmp_path, "c", FORWARD, ".h", ".c")
