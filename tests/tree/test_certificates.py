"""Certificates: written beside one another, left alone by a build, and told where a kernel is another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derive.codegen.lower import kernels_of
from derive.compiled.bodies import body_hash, kernel_symbols
from derive.errors import DeriveError
from derive.spec.pages import catalogue
from derive.spec.statement import Function
from derive.targets.table import LOADED
from derive.tree.build import build
from derive.tree.certificates import outdated, read_certificates, renewing, write_certificates
from derive.tree.manifest import read_manifest
from derive.tree.plan import Plan, default_out

SOURCE = """/* Why. */
static inline double twice(double a)
{
    return 2 * a;
}

static inline double unused(double a)
{
    return a;
}

void derive_doubled_f32(size_t n, const float *x, float *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] = (float)twice(x[i]);  /* in double */
    }
}
"""
KERNEL = "derive_doubled_f32"


def folder(tmp_path: Path, text: str = SOURCE) -> Path:
    (tmp_path / "c").mkdir(exist_ok=True)
    (tmp_path / "c" / "doubled.c").write_text(text, encoding="utf-8")
    return tmp_path


def certified(tmp_path: Path) -> Path:
    out = folder(tmp_path)
    write_certificates(out, "doubled", {KERNEL: {"body": body_hash(SOURCE, KERNEL), "misrounded": 3}})
    return out


def test_a_body_is_a_kernel_and_what_it_calls() -> None:
    assert kernel_symbols(SOURCE) == [KERNEL]
    same = body_hash(SOURCE, KERNEL)
    assert same is not None
    assert body_hash(SOURCE.replace("in double", "narrowed").replace("return a;", "return -a;"), KERNEL) == same
    assert body_hash(SOURCE.replace("    return 2", "\treturn  2"), KERNEL) == same
    assert body_hash(SOURCE.replace("2 * a", "a + a"), KERNEL) != same
    assert body_hash(SOURCE.replace("(float)twice", "(float)-twice"), KERNEL) != same
    assert body_hash(SOURCE, "derive_halved_f32") is None


def test_certificates_of_one_function_lie_beside_one_another(tmp_path: Path) -> None:
    certified(tmp_path)
    path = write_certificates(tmp_path, "doubled", {"derive_doubled_vjp_f32": {"body": "1"}})
    assert list(read_certificates(path)) == [KERNEL, "derive_doubled_vjp_f32"]
    assert read_certificates(path)[KERNEL]["misrounded"] == 3
    before = path.read_bytes()
    write_certificates(tmp_path, "doubled", {"derive_doubled_vjp_f32": {"body": "1"}})
    assert path.read_bytes() == before


def test_a_changed_kernel_makes_its_certificate_stale(tmp_path: Path) -> None:
    out = certified(tmp_path)
    assert list(outdated(out)) == []
    folder(tmp_path, SOURCE.replace("2 * a", "a + a"))
    (fault,) = outdated(out)
    assert (fault.kind, fault.path) == ("stale", "certificates/doubled.json")
    assert fault.reason == f"{KERNEL} has changed since all inputs were walked"
    (command,) = renewing(Plan(Path("out"), ()), [fault])
    assert command == "derive verify --exhaustive doubled --out out"


def test_a_certificate_of_what_is_gone_is_told(tmp_path: Path) -> None:
    out = certified(tmp_path)
    (out / "c" / "doubled.c").unlink()
    (fault,) = outdated(out)
    assert "delete it" in fault.reason
    assert list(renewing(Plan(out, ()), [fault])) == []


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    path = write_certificates(tmp_path, "doubled", {})
    path.write_text(json.dumps({"kernels": {KERNEL: {}}}), encoding="utf-8")
    with pytest.raises(DeriveError, match=r"doubled\.json"):
        list(outdated(tmp_path))


def test_a_build_leaves_certificates_alone(tmp_path: Path) -> None:
    specs = tmp_path / "mine.py"
    specs.write_text('from derive import Spec, real\nx = real("x")\ndoubled = Spec(x + x)\n', encoding="utf-8")
    out = tmp_path / "out"
    path = write_certificates(out, "doubled", {KERNEL: {"body": "1"}})
    before = path.read_bytes()
    changes = build(Plan(out, (specs,), targets=("c",))).apply()
    assert not [file for file in (*changes.write, *changes.remove, *changes.left) if "certificates" in file]
    recorded = read_manifest(out)
    assert recorded is not None
    assert not [file for file in recorded.outputs if "certificates" in file]
    assert path.read_bytes() == before
    assert [fault.path for fault in outdated(out)] == ["certificates/doubled.json"]


def test_a_body_has_the_tables_that_it_names() -> None:
    table = "static const struct hard_case doubled_hard_cases[] = {\n    {0x00000001, 0x00000001, 1},\n};\n\n"
    source = table + SOURCE.replace("(float)twice(x[i])", "(float)twice(x[i] + doubled_hard_cases[0].away)")
    assert body_hash(source, KERNEL) != body_hash(source.replace(", 1}", ", 0}"), KERNEL)
    assert body_hash(table + SOURCE, KERNEL) == body_hash(SOURCE, KERNEL)


UNARY = [function for function in catalogue() if function.elementwise and len(function.inputs) == 1]


@pytest.mark.parametrize("function", UNARY, ids=lambda it: it.name)
def test_every_kernel_of_one_number_is_certified(function: Function) -> None:
    kept = read_certificates(default_out() / "certificates" / f"{function.name}.json")
    for kernel in kernels_of(function):
        right, fast = (kept[LOADED.symbol(kernel, variant)] for variant in ("float32", "fast float32"))
        assert (right["inputs"], right["misrounded"], right["misrounded_inputs"]) == (2**32, 0, [])
        assert fast["inputs"] == 2**32
        assert fast["worst_ulp"] <= LOADED.contract(function.accuracy.bounds, "fast float32")
        assert all(not count for found in (right, fast) for count in found["faults"].values())
        assert right["unjudged"] == fast["unjudged"] == 0
