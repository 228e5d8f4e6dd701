"""Elementary functions that C has of its own: their errors over the whole format, and what they are at its ends."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from derive import Spec
from derive.codegen.emit import emit
from derive.codegen.kernel import VARIANTS, Variant
from derive.codegen.lower import lower
from derive.elementary.table import TABLE, column
from derive.runtime import Loaded, load_kernels
from derive.spec.statement import name_function
from derive.targets.table import LOADED
from derive.term import call, symbol
from derive.values.formats import FORMATS
from derive.values.rounded import rounded_call

ONE: Final = [head for head in column("written_out") if TABLE[head].arity == 1]
# In ulp. A float that is computed in double is the nearest, but for doubles halfway between two.
BOUNDS: Final[dict[Variant, float]] = {"float32": 0.5000001, "fast float32": 2.5, "float64": 2.5}


# Those that take more operations than one polynomial and an exponential.
LONGER: Final[dict[tuple[str, Variant], float]] = {("erfc", "fast float32"): 4.0}


@cache
def loaded(head: str) -> Loaded:
    body = call(head, symbol("x"))
    function = name_function(Spec(str(body), assume=("x > 0",) if head == "log" else ()), f"own_{head}", "test")
    return load_kernels(function, lower(function, {("forward", ""): body}))


def run(head: str, variant: Variant, values: np.ndarray) -> np.ndarray:
    found = loaded(head)
    kernel = found.kernels[0]
    from derive.compiled.library import Compiled

    return Compiled(kernel, VARIANTS[variant], found.library, LOADED.symbol(kernel, variant))(values)


@pytest.mark.parametrize("variant", BOUNDS)
@pytest.mark.parametrize("head", ONE)
def test_errors_are_small_over_the_whole_format(head: str, variant: Variant) -> None:
    format_ = FORMATS[VARIANTS[variant]]
    random = np.random.default_rng(3)
    end = int(format_.ordinals(np.array([np.inf], format_.dtype))[0])
    everywhere = format_.from_ordinals(random.integers(-end + 1, end, 3000))
    common = random.uniform(-30, 30, 3000).astype(format_.dtype)
    near = (random.uniform(-1, 1, 3000) ** 7).astype(format_.dtype)
    values = np.concatenate([everywhere, common, near])
    with np.errstate(all="ignore"):
        got = run(head, variant, values).astype(np.float64)
        truth = rounded_call(head, (values.astype(np.float64),))
        known = np.isfinite(truth) & np.isfinite(truth.astype(format_.dtype))
        unit = format_.ulp(truth[known].astype(format_.dtype))
    assert np.array_equal(np.isnan(got), np.isnan(truth))
    # `rounded_call` is the double next to the truth: half an ulp of double more.
    assert np.max(np.abs(got[known] - truth[known]) / unit) <= LONGER.get((head, variant), BOUNDS[variant]) + 0.5 * (
        variant == "float64"
    )


@pytest.mark.parametrize("variant", BOUNDS)
@pytest.mark.parametrize("head", ONE)
def test_ends_are_limits_and_nan_stays(head: str, variant: Variant) -> None:
    record = TABLE[head]
    low, high, nothing = run(head, variant, np.array([-np.inf, np.inf, np.nan], VARIANTS[variant]))
    assert math.isnan(nothing)
    assert record.ends is not None
    for end, found in zip(record.ends, (low, high), strict=True):
        wanted = {"oo": np.inf, "-oo": -np.inf}.get(end[1]) if end[1] in ("oo", "-oo") else float(end[1])
        assert found == wanted or end[0] not in ("oo", "-oo")


def test_a_file_names_the_bound_of_its_polynomial(tmp_path: Path) -> None:
    function = loaded("exp").function
    text = next(file.text for file in emit(function, loaded("exp").kernels, LOADED) if file.path.endswith(".c"))
    assert "proved by Arb" in text
    assert "expf(" not in text
