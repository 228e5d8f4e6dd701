"""Emitted C++ headers: that they compile without a warning, compute what C's kernels do, and are read as they mean."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from forms import FORMS

import derive
from derive import Spec
from derive.codegen.emit import emit
from derive.codegen.kernel import Dtype, Kernel
from derive.codegen.lower import kernels_of, lower
from derive.codegen.names import refuse_names
from derive.codegen.target import Call, SourceFile, Target
from derive.compiled.compiler import find_compiler
from derive.errors import CompilerError, SpecError
from derive.spec.statement import Function, name_function
from derive.targets.c import TARGET as C
from derive.targets.cpp import HELPERS, STRICT, as_c
from derive.targets.cpp import TARGET as CPP
from derive.verify import verify

COMPILERS = {"g++": ["g++"], "clang": [sys.executable, "-m", "ziglang", "c++"]}
DTYPES: tuple[Dtype, ...] = ("float32", "float64")


def write(files: Sequence[SourceFile], folder: Path) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder


@cache
def everything() -> list[tuple[Function, Sequence[Kernel]]]:
    forms = [(form.function, form.kernels) for form in FORMS.values()]
    return [*forms, *((function, kernels_of(function)) for function in derive.catalogue())]


def instances(text: str) -> str:
    """Every template of a header, for both numbers."""
    found = re.findall(r"template <typename T>\n(void) (\w+)(\(.*\))\n", text)
    made = [f"template void derive::{name}<T>{declared};" for _, name, declared in found]
    return "".join(re.sub(r"\bT\b", number, line) + "\n" for line in made for number in ("float", "double"))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_headers_compile_together_and_twice_without_a_warning(compiler: str, tmp_path: Path) -> None:
    command = COMPILERS[compiler]
    if not shutil.which(command[0]):
        pytest.skip(f"{compiler} is not installed")
    files = [file for function, kernels in everything() for file in emit(function, kernels, CPP)]
    write(files, tmp_path)
    included = "".join(f'#include "{file.path}"\n' for file in files)
    unit = included * 2 + "".join(instances(file.text) for file in files)
    assert unit.count("template void") == 2 * sum(len(kernels) for _, kernels in everything())
    (tmp_path / "all.cpp").write_text(unit)
    done = subprocess.run([*command, *STRICT, "-c", "all.cpp"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("number", ["long double", "int"])
def test_other_numbers_are_refused(number: str, tmp_path: Path) -> None:
    if not shutil.which("g++"):
        pytest.skip("g++ is not installed")
    (file,) = emit(FORMS["logistic"].function, FORMS["logistic"].kernels, CPP)
    text = file.text + f"template void derive::logistic<{number}>(std::size_t, const {number} *, {number} *);\n"
    (tmp_path / "all.cpp").write_text(text)
    done = subprocess.run(["g++", "-fsyntax-only", "all.cpp"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert "for float and double" in done.stderr


def loaded(target: Target, function: Function, kernels: Sequence[Kernel], folder: Path) -> list[Call]:
    assert target.runner is not None
    write(emit(function, kernels, target), folder)
    return [target.runner.load(folder, kernel, dtype) for kernel in kernels for dtype in DTYPES]


@pytest.mark.parametrize("name", ["logistic", "every_operation", "gaussian_gate", "scaled", "gibbs", "centred"])
def test_it_computes_what_c_does(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    random = np.random.default_rng(5)
    shapes = {"element": (40,), "vector": (5, 40), "row": (5,), "scalar": ()}
    pairs = zip(
        loaded(C, form.function, form.kernels, tmp_path),
        loaded(CPP, form.function, form.kernels, tmp_path),
        strict=True,
    )
    for at, (wanted, found) in enumerate(pairs):
        kernel, dtype = form.kernels[at // 2], DTYPES[at % 2]
        values = [random.uniform(0.1, 3, shapes[it.shape]).astype(dtype) for it in kernel.inputs]
        right, got = wanted(*values), found(*values)
        reach = 4 * np.spacing(np.abs(right))  # C has elementary functions of its own
        assert np.all((np.abs(got - right) <= reach) | (np.isnan(got) & np.isnan(right)) | (got == right))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softmax"])
def test_its_kernels_hold_and_are_read_back_as_proved(name: str, tmp_path: Path) -> None:
    function = next(it for it in derive.catalogue() if it.name == name)
    report = verify([function], write(emit(function, kernels_of(function), CPP), tmp_path), 256, ["cpp"], processes=1)
    assert report.held, report.problems()
    assert {(kernel.target, kernel.reading.verdict) for kernel in report.kernels} == {("cpp", "PROVED")}


def function_of(name: str, argument: str = "x_in") -> Function:
    return name_function(Spec(f"max({argument}, exp({argument}))", inputs=argument), name, "test")


def refused(name: str, argument: str = "x_in") -> bool:
    try:
        refuse_names(function_of(name, argument), CPP)
    except SpecError:
        return True
    return False


WORDS = """T std detail derive exp maximum size_t double_t isfinite numeric_limits float_ value main new class
    template constexpr co_yield errno unix assert abs log math cmath limits cstddef tanh pow sign_of total""".split()


@pytest.mark.skipif(not shutil.which("g++"), reason="g++ is not installed")
def test_names_that_are_not_refused_compile(tmp_path: Path) -> None:
    pairs = [("probe", word) for word in WORDS]
    pairs += [(word, "x_in") for word in (*WORDS, *HELPERS) if word.islower()]
    good = [pair for pair in pairs if not refused(*pair)]
    assert {("probe", "exp"), ("probe", "std"), ("probe", "detail"), ("tanh", "x_in"), ("maximum", "x_in")} <= {*good}
    for at, pair in enumerate(good):
        function = function_of(*pair)
        (file,) = emit(function, lower(function, {("forward", ""): function.body}), CPP)
        (tmp_path / f"unit_{at}.cpp").write_text(file.text + instances(file.text))
    units = [f"unit_{at}.cpp" for at in range(len(good))]
    done = subprocess.run(["g++", *STRICT, "-fsyntax-only", *units], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.skipif(not shutil.which("g++"), reason="g++ is not installed")
@pytest.mark.parametrize(
    ("name", "argument"),
    [("probe", "T"), ("probe", "new"), ("probe", "unix"), ("new", "x_in"), ("detail", "x_in"), ("unix", "x_in")],
)
def test_what_is_refused_breaks(name: str, argument: str, tmp_path: Path) -> None:
    assert refused(name, argument)
    function = function_of("stand_in", "argument_in")
    (file,) = emit(function, lower(function, {("forward", ""): function.body}), CPP)
    text = re.sub(r"\bstand_in\b", name, file.text).replace("argument_in", argument)
    (tmp_path / "all.cpp").write_text("#include <cerrno>\n" + text + instances(text))
    done = subprocess.run(["g++", "-fsyntax-only", "all.cpp"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0


def test_a_template_is_read_as_the_c_of_one_number() -> None:
    (file,) = emit(FORMS["logistic"].function, FORMS["logistic"].kernels, CPP)
    text = as_c(file.text, "float")
    assert "void derive_logistic(size_t n, const float *x, float *y)" in text
    assert "const double z = exp(-fabs((double)(x[i])));" in text
    assert "(1.0 + z)" in text
    assert "T" not in re.findall(r"\w+", text)


def test_what_kernels_do_not_write_stays_unread() -> None:
    assert "std::abs(" in as_c("y[i] = std::abs(x[i]);", "float")  # C's is of integers
    assert "std::lerp(" in as_c("y[i] = std::lerp(x[i], T(1), T(2));", "float")


def test_without_a_compiler_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CPP.toolchain is not None
    find_compiler.cache_clear()
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    says = r"no C\+\+ compiler: install g\+\+ or clang\+\+, or `pip install ziglang`, or set CXX"
    with pytest.raises(CompilerError, match=says):
        find_compiler(CPP.toolchain)
    find_compiler.cache_clear()
