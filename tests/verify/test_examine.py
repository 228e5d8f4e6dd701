"""Hand-written kernels under examination: the sound one passes, and every way of going wrong is seen."""

from pathlib import Path

import pytest

from derive.targets.numpy import TARGET as NUMPY
from derive.verify.examine import Examination
from derive.verify.report import VerificationReport, Verified
from derive.verify.subject import Subject
from tests.forms import FORMS

FORM = FORMS["logistic"]
POINTS = 4096
MODULE = """
import numpy as np


def logistic(x, *, out=None):
    x = np.asarray(x)
    {value}
    return _result(value, x, out)


def logistic_vjp(x, g, *, out=None):
    x, g = np.broadcast_arrays(np.asarray(x), np.asarray(g))
    {gradient}
    return _result(value, x, out)


def _result(value, x, out):
    if out is None:
        return np.asarray(value, x.dtype)
    np.copyto(out, value)
    return out
"""
VALUE = "z = np.exp(-np.abs(x)); value = np.where(x < 0, z, 1) / (1 + z)"
HALF_AT_0 = "value = g * np.heaviside(x, 0.5)"
GRADIENT = "z = np.exp(-np.abs(x)); value = g * (z / (1 + z) ** 2)"


def examined(folder: Path, order: str, value: str = VALUE, gradient: str = GRADIENT) -> Verified:
    (folder / "numpy").mkdir()
    (folder / "numpy" / "logistic.py").write_text(MODULE.format(value=value, gradient=gradient))
    wrt = "x" if order == "vjp" else ""
    kernel = next(kernel for kernel in FORM.kernels if kernel.order == order)
    subject = Subject(FORM.function, kernel.order, wrt)
    (found,) = Examination(folder, subject, kernel, "float32", [NUMPY]).verdicts(POINTS)
    return found


@pytest.mark.parametrize("order", ["forward", "vjp"])
def test_a_sound_kernel_holds_its_contract(tmp_path: Path, order: str) -> None:
    found = examined(tmp_path, order)
    assert found.held, found.problems()
    assert 0.5 < found.worst.worst < 6
    assert found.points > POINTS
    assert found.unchecked == 0


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("value = 1 / (1 + np.exp(-x))", "raises overflow"),
        ("value = np.exp(x) / (1 + np.exp(x))", "wrong nan"),
        (VALUE + "; value = np.where(x < -60, 0, value)", "wrong zero"),
        (VALUE + "; value = np.nan_to_num(value)", "wrong number"),
        (VALUE + "; value = np.where(np.abs(x - 3) < 0.01, value * 1.000001, value)", "ulp among"),
        (VALUE + "; value = value * (1 - 2 * (x == -np.inf)) - (x == -np.inf)", "ulp among"),
        (VALUE + "; value = np.where(x < -87.4, np.float32(0), value)", "wrong zero"),
    ],
)
def test_a_fault_of_the_value_is_seen(tmp_path: Path, value: str, fault: str) -> None:
    found = examined(tmp_path, "forward", value=value)
    assert not found.held
    assert any(fault in problem for problem in found.problems()), found.problems()


@pytest.mark.parametrize(
    ("gradient", "fault"),
    [
        ("s = 1 / (1 + np.exp(-np.abs(x))); value = g * s * (1 - s)", "wrong zero"),
        ("z = np.exp(-np.abs(x)); value = z / (1 + z) ** 2", "among random upstream"),
        ("z = np.exp(-np.abs(x)); value = g * (z / (1 + z) ** 2) * np.sign(x + 30)", "wrong sign"),
        ("z = np.exp(-np.abs(x)); value = np.where(g == g, g, 0) * (z / (1 + z) ** 2)", "wrong number"),
        (GRADIENT + "; value = np.asarray(value * 1.0000006, x.dtype)", "ulp among"),
    ],
)
def test_a_fault_of_the_gradient_is_seen(tmp_path: Path, gradient: str, fault: str) -> None:
    found = examined(tmp_path, "vjp", gradient=gradient)
    assert not found.held
    assert any(fault in problem for problem in found.problems()), found.problems()


def test_the_gradient_at_a_kink_is_the_stated_one(tmp_path: Path) -> None:
    form = FORMS["rectifier"]
    (tmp_path / "numpy").mkdir()
    text = MODULE.replace("logistic", form.name).format(value="value = np.where(x <= 0, 0 * x, x)", gradient=HALF_AT_0)
    (tmp_path / "numpy" / f"{form.name}.py").write_text(text)
    subject, kernel = Subject(form.function, "vjp", "x"), form.kernels[1]
    (found,) = Examination(tmp_path, subject, kernel, "float32", [NUMPY]).verdicts(POINTS)
    assert {problem.split(" at ")[-1] for problem in found.problems()} & {
        "x = 0.0 (0x00000000), g = 1.0 (0x3f800000)",
        "x = -0.0 (0x80000000), g = 1.0 (0x3f800000)",
    }


def test_a_report_says_what_broke_and_where(tmp_path: Path) -> None:
    found = examined(tmp_path, "forward", value=VALUE + "; value = np.where(x < -60, 0, value)")
    report = VerificationReport((found,))
    assert not report.held
    assert "BROKEN" in str(report)
    assert "logistic (numpy, float32)" in str(report).splitlines()[-1]
    assert '"held": false' in report.to_json()
    assert report.rows[0][:3] == ("logistic", "numpy", "float32")


FAR_WRONG = "z = np.exp(-np.abs(x)); value = np.where(np.abs(x) > 1e6, 0.5, np.where(x < 0, z, 1) / (1 + z))"
NEAR_WRONG = "z = np.exp(-np.abs(x)); value = np.where(np.abs(x) < 2, 0.5, np.where(x < 0, z, 1) / (1 + z))"
FAR_FLAG = "z = np.exp(-np.abs(x)); (x * x) * (x * x); value = np.where(x < 0, z, 1) / (1 + z)"


def test_what_is_wrong_far_off_alone_is_usable_and_does_not_hold(tmp_path: Path) -> None:
    found = examined(tmp_path, "forward", FAR_WRONG)
    assert found.usable
    assert not found.held
    assert found.standing == "everyday"
    assert found.near.held
    assert found.problems()


def test_what_is_wrong_for_everyday_values_is_not_usable(tmp_path: Path) -> None:
    found = examined(tmp_path, "forward", NEAR_WRONG)
    assert not found.usable
    assert found.standing == "BROKEN"


def test_a_flag_that_is_raised_far_off_alone_is_told_with_its_stratum(tmp_path: Path) -> None:
    found = examined(tmp_path, "forward", FAR_FLAG)
    assert {flag.name for flag in found.flags} == {"overflow"}
    assert "everyday" not in {flag.stratum for flag in found.flags}
    assert found.usable
    assert sum("raises overflow" in line for line in found.problems()) == 1


def test_what_holds_is_usable(tmp_path: Path) -> None:
    found = examined(tmp_path, "forward")
    assert found.held
    assert found.usable
