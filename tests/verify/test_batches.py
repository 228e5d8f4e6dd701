"""What kernels are tested on: every stratum, every edge, always the same."""

import numpy as np
import pytest

from derive import Spec, catalogue, positive, size, vector
from derive.spec.statement import Function, name_function
from derive.values.formats import FLOAT32
from derive.values.rows import EVERYDAY, FAR, SPECIAL
from derive.verify.batches import LENGTHS, PATTERNS, UPSTREAM, Batch, batches
from derive.verify.subject import Subject
from tests.forms import FORMS

CATALOGUE = {function.name: function for function in catalogue()}


def all_batches(function: Function, order: str = "forward", points: int = 256) -> list[Batch]:
    subject = Subject(function, "vjp", function.wrt[0]) if order == "vjp" else Subject(function, "forward", "")
    return list(batches(subject, FLOAT32, points))


@pytest.mark.parametrize("function", CATALOGUE.values(), ids=CATALOGUE)
def test_arguments_have_one_length_and_the_format_of_the_kernel(function: Function) -> None:
    for batch in all_batches(function, "vjp"):
        assert set(batch.values) == {*function.inputs, "g"}
        assert len({len(values) for values in batch.values.values()}) == 1
        assert {values.dtype for values in batch.values.values()} == {np.dtype(np.float32)}


def test_points_come_in_every_stratum() -> None:
    found = all_batches(CATALOGUE["sigmoid"], "vjp", points=4096)
    assert [batch.stratum for batch in found] == [PATTERNS, UPSTREAM, EVERYDAY, UPSTREAM, SPECIAL]
    assert len(found[0].values["x"]) == 4096
    assert all((batch.values["g"] == 1).all() for batch in found if batch.stratum != UPSTREAM)
    upstream = found[1].values["g"]
    assert np.isnan(upstream).any()
    assert (upstream == 0).any()


def test_a_kink_is_sampled_with_both_neighbours() -> None:
    (special,) = (b.values["x"] for b in all_batches(FORMS["rectifier"].function) if b.stratum == SPECIAL)
    assert {0.0, FLOAT32.smallest, -FLOAT32.smallest} <= set(special.tolist())


def test_several_inputs_meet_at_every_edge_and_close_to_each_other() -> None:
    found = {batch.stratum: batch.values for batch in all_batches(FORMS["squared"].function)}
    pairs = list(zip(found[SPECIAL]["y"].tolist(), found[SPECIAL]["y_hat"].tolist(), strict=True))
    assert (np.inf, -np.inf) in pairs
    distances = np.abs(FLOAT32.ordinals(found[EVERYDAY]["y"]) - FLOAT32.ordinals(found[EVERYDAY]["y_hat"]))
    assert (distances <= 8).sum() >= len(distances) // 2


def test_a_parameter_has_one_value_in_a_call() -> None:
    values = {tuple(np.unique(batch.values["alpha"])) for batch in all_batches(FORMS["scaled"].function)}
    assert len(values) > 1
    assert all(len(setting) == 1 for setting in values)


@pytest.mark.parametrize("name", ["softmax", "cross_entropy"])
def test_rows_come_in_every_length_and_kind(name: str) -> None:
    function = CATALOGUE[name]
    found = all_batches(function)
    assert {batch.values[function.inputs[0]].shape[1] for batch in found} == set(LENGTHS)
    strata = {batch.stratum for batch in found}
    assert strata == ({EVERYDAY, FAR, SPECIAL} if name == "softmax" else {EVERYDAY, SPECIAL})


def test_a_vjp_of_rows_is_tested_on_the_jacobian_and_on_mixtures() -> None:
    upstreams = [batch.values["g"] for batch in all_batches(CATALOGUE["softmax"], "vjp")]
    assert any(np.array_equal(np.sort(g[0])[-2:], [0, 1]) for g in upstreams if g.shape[1] > 1)
    assert any((g < 0).any() for g in upstreams)


def test_a_parameter_of_rows_is_one_number_in_each_call() -> None:
    x, t = vector("x", size("K")), positive("t")
    spec = Spec("exp(x[i]/t)/Sum(exp(x[k]/t), (k, 1, K))", inputs=(x,), params=(t,), wrt=(x,))
    found = [batch.values["t"] for batch in all_batches(name_function(spec, "tempered", "test_batches.py:1"))]
    assert all(len(set(values.tolist())) == 1 for values in found)
    assert len({float(values[0]) for values in found}) > 1


def test_calls_are_the_same_each_time() -> None:
    for first, second in zip(*(all_batches(CATALOGUE["softmax"], "vjp") for _ in range(2)), strict=True):
        assert all(np.array_equal(first.values[name], second.values[name], equal_nan=True) for name in first.values)
