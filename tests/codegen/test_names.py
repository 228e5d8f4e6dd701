"""Names: those that break a target are refused with the line of the spec; all others compile, import and run."""

from __future__ import annotations

import builtins
import keyword
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from emitted import module
from forms import FORMS
from stepping import stated

from derive import Spec
from derive.codegen.emit import emit
from derive.codegen.kernel import Kernel
from derive.codegen.lower import lower
from derive.codegen.names import refuse_functions, refuse_names, refuse_repeated
from derive.codegen.target import Target
from derive.errors import SpecError, UnsupportedError
from derive.notation.text import read_text
from derive.spec.statement import Function, name_function
from derive.targets.c import CALLED, HEADERS, KEYWORDS, MACROS, STRICT
from derive.targets.c import TARGET as C
from derive.targets.numpy import TARGET as NUMPY
from derive.term import Term, call, symbol

# Beyond what is listed: what C, C++ and gcc know, names of this house, and temporaries of kernels.
OTHERS = """new delete class template typename this operator namespace friend virtual private public mutable explicit
    typeid decltype constexpr noexcept nullptr thread_local alignas static_assert wchar_t char8_t concept requires
    bitand bitor compl xor true false bool typeof restrict inline register signed unsigned union goto auto
    main I complex imaginary asm fortran near far min max std self cls input len range id type float_
    dtype shape out result np math numpy n i j k r rows c d p q s t v w z y gx gy size root total largest dot square ln
    total_high total_low dot_high high low derive_f_f32 derive_probe_f64 maximum sign_of exp_difference value values
    arrays per_row wanted axis keepdims initial float32 ndarray stride length reach""".split()


def function(name: str, inputs: Sequence[str], body: Term | None = None) -> Function:
    terms = list(map(symbol, inputs))
    return stated(name, Spec(body or total(terms), inputs=tuple(terms)))


def total(terms: Sequence[Term]) -> Term:
    """Something that calls functions and helpers, in every term."""
    found = call("max", call("exp", terms[0]), terms[-1])
    for part in terms:
        found = found + call("log1p", part * part)
    return found


def kernels(function_: Function) -> tuple[Kernel, ...]:
    return lower(function_, {("forward", ""): function_.body, ("vjp", function_.wrt[0]): read_text("g")})


def refused(name: str, target: Target) -> bool:
    """Whether `name` may not be an argument; the message says where, and what to write instead."""
    said = refusal(lambda: refuse_names(function("probe", [name, "other_argument"]), target))
    meaning = rf"test: probe: (the variable '{name}' cannot be an argument in Python|{name} has a meaning .* in \w+)"
    assert re.fullmatch(rf"|{meaning}; choose another name, such as {name}_1", said)
    return bool(said)


def refusal(check: Callable[[], object]) -> str:
    """What a SpecError says; empty where there is none."""
    try:
        check()
    except SpecError as problem:
        return str(problem)
    return ""


BATCH = 200  # arguments of one function


@cache
def words() -> tuple[str, ...]:
    """Every name that a header, a compiler or a language gives a meaning to, and that a spec could use."""
    found = {*KEYWORDS, *MACROS, *CALLED, *HEADERS, *OTHERS, *dir(builtins), *keyword.softkwlist, *dir(np)}
    for target in (NUMPY, C):
        for form in FORMS.values():
            for file in emit(form.function, form.kernels, target):
                found.update(re.findall(r"\b[A-Za-z]\w*\b", file.text))
    for command in (["gcc", "-std=gnu2x", "-D_GNU_SOURCE"], ["gcc", "-std=c99"], ["g++", "-x", "c++"]):
        if shutil.which(command[0]):
            for flag in ("-dM",) if "c++" in command else ("-dM", "-P"):
                text = "#include <math.h>\n#include <stddef.h>\n"
                done = subprocess.run([*command, "-E", flag, "-"], input=text, capture_output=True, text=True)
                found.update(re.findall(r"\b[A-Za-z]\w*\b", done.stdout))
    return tuple(sorted(name for name in found if name.isascii() and name[0].isalpha() and not keyword.iskeyword(name)))


def write(functions: Sequence[Function], target: Target, folder: Path) -> None:
    for each in functions:
        for file in emit(each, kernels(each), target):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")


def runs(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.skipif(not shutil.which("gcc") or not shutil.which("g++"), reason="gcc and g++ are not installed")
@pytest.mark.parametrize("language", ["c", "gnu", "c++"])
def test_every_argument_that_is_not_refused_compiles(language: str, tmp_path: Path) -> None:
    good = [name for name in words() if not refused(name, C)]
    assert len(good) > 500
    batches = [good[start : start + BATCH] for start in range(0, len(good), BATCH)]
    write([function(f"probe_{at}", names) for at, names in enumerate(batches)], C, tmp_path)
    headers = "".join(f'#include "c/probe_{at}.h"\n' for at in range(len(batches)))
    (tmp_path / "after.c").write_text(f"#include <math.h>\n#include <stddef.h>\n#include <errno.h>\n{headers}")
    units = [*(f"c/probe_{at}.c" for at in range(len(batches))), "after.c"]
    command = {
        "c": ["gcc", *STRICT],
        "gnu": ["gcc", "-std=gnu2x", "-D_GNU_SOURCE"],
        "c++": ["g++", "-x", "c++", "-Wall"],
    }[language]
    runs([*command, "-fsyntax-only", *units], tmp_path)


def test_every_argument_that_is_not_refused_runs_in_numpy() -> None:
    good = [name for name in words() if not refused(name, NUMPY)]
    assert len(good) > 800
    for start in range(0, len(good), BATCH):
        names = good[start : start + BATCH]
        probe = function("probe", names)
        found = module(probe, kernels(probe))
        assert found.probe(*np.ones(len(names))) == pytest.approx(np.e + len(names) * np.log(2))
        assert found.probe_vjp(*np.ones(len(names)), 3.0) == 3.0


def broken(name: str, language: str, folder: Path) -> bool:
    """Whether a header with this argument, after <math.h>, does not compile; or its source."""
    spelled = function("probe", ["stand_in", "other_argument"])
    for file in emit(spelled, kernels(spelled), C):
        (folder / Path(file.path).name).write_text(file.text.replace("stand_in", name))
    (folder / "after.c").write_text('#include <math.h>\n#include <errno.h>\n#include "probe.h"\n')
    done = subprocess.run(
        [*language.split(), "-fsyntax-only", "probe.c", "after.c"], cwd=folder, capture_output=True, text=True
    )
    return done.returncode != 0


@pytest.mark.skipif(not shutil.which("gcc") or not shutil.which("g++"), reason="gcc and g++ are not installed")
@pytest.mark.parametrize(
    "name", ["unix", "linux", "NULL", "NAN", "M_PI", "FP_NAN", "HUGE_VAL", "new", "class", "and", "size_t",
             "true", "thread_local", "exp_wide", "maximum_f32", "double", "RAND_MAX"]
)  # fmt: skip
def test_what_is_refused_breaks(name: str, tmp_path: Path) -> None:
    assert refused(name, C)
    assert any(broken(name, language, tmp_path) for language in ("gcc", "gcc -std=gnu2x", "g++ -x c++"))


@pytest.mark.parametrize("name", sorted(NUMPY.reserved))
def test_what_is_refused_breaks_in_numpy(name: str) -> None:
    spelled = function("probe", ["stand_in", "other_argument"])
    (file,) = emit(spelled, kernels(spelled), NUMPY)
    program = file.text.replace("stand_in", name) + "\n\nprobe(np.ones(3), np.ones(3))\n"
    with pytest.raises((SyntaxError, AttributeError, TypeError)):
        exec(program, {})  # noqa: S102


PLAIN = call("exp", symbol("x_in"))  # a body without helpers, of which every C file would have its own


def is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9_]*", name)) and not keyword.iskeyword(name)


def function_refused(name: str, target: Target) -> bool:
    said = refusal(lambda: refuse_names(function(name, ["x_in"]), target))
    meaning = f"test: {name}: {name} has a meaning of its own in {target.name}"
    assert said in ("", f"{meaning}; choose another name, such as {name}_1")
    return bool(said)


@pytest.mark.skipif(not shutil.which("gcc") or not shutil.which("g++"), reason="gcc and g++ are not installed")
def test_functions_that_are_not_refused_compile_where_their_headers_are_searched_first(tmp_path: Path) -> None:
    good = [name for name in sorted({*KEYWORDS, *OTHERS, *sys.stdlib_module_names})
            if is_name(name) and not function_refused(name, C)]  # fmt: skip
    write([function(name, ["x_in"], PLAIN) for name in good], C, tmp_path)
    headers = "".join(f'#include "{name}.h"\n' for name in good)
    sources = "".join(f'#include "{name}.c"\n' for name in good)  # one unit, which reads <math.h> once
    standard = "".join(f"#include <{name}.h>\n" for name in ("math", "stddef", "stdio", "stdlib", "string", "errno"))
    for ending in ("c", "cpp"):
        (tmp_path / f"all.{ending}").write_text(standard + headers)
    (tmp_path / "units.c").write_text(sources)
    runs(["gcc", *STRICT, "-Ic", "-fsyntax-only", "units.c", "all.c"], tmp_path)
    runs(["g++", "-Ic", "-fsyntax-only", "all.cpp"], tmp_path)
    assert {"double", "new", "main"} <= {*good}
    assert all(function_refused(name, C) for name in ("math", "stddef", "features", "complex"))


def test_functions_that_are_not_refused_import_where_their_folder_is_searched_first(tmp_path: Path) -> None:
    names = (*KEYWORDS, *OTHERS, *HEADERS, *dir(np), *dir(builtins), *sys.stdlib_module_names, "exp", "tanh", "gamma")
    good = [name for name in sorted({*names}) if is_name(name) and not function_refused(name, NUMPY)]
    write([function(name, ["x_in"], PLAIN) for name in good], NUMPY, tmp_path)
    program = f"import numpy, math\nfor name in {good!r}:\n    f = getattr(__import__(name), name)\n    f(0.5)\n"
    (tmp_path / "numpy" / "run_all_of_them.py").write_text(program)
    runs([sys.executable, str(tmp_path / "numpy" / "run_all_of_them.py")], tmp_path)
    assert {"double", "exp", "out", "shape"} <= {*good}
    assert all(function_refused(name, NUMPY) for name in ("np", "numpy", "math", "abs", "sorted", "float", "random"))


def test_a_gradient_whose_name_is_a_keyword_is_refused_by_the_name_of_its_variable() -> None:
    probe = function("probe", ["oto"])
    says = "goto has a meaning of its own in c; choose another name for oto, such as oto_1"
    with pytest.raises(SpecError, match=says):
        emit(probe, kernels(probe), C)


@pytest.mark.parametrize("name", ["total_low", "total_high"])
def test_the_parts_of_a_compensated_sum_are_no_arguments(name: str) -> None:
    probe = stated("probe", Spec(f"{name}*a", inputs=name, params="a", wrt="a"))
    lowered = lower(probe, {("vjp", "a"): read_text(f"g*{name}")})
    with pytest.raises(SpecError, match=f"{name} has a meaning of its own in c; choose another name, such as {name}_1"):
        emit(probe, lowered, C)
    emit(probe, lowered, NUMPY)


def test_a_function_is_not_called_as_another_s_derivative() -> None:
    gate, other = function("gate", ["a", "b"]), function("other", ["a"])
    refuse_repeated([gate, other])
    for name in ("gate_vjp", "gate_vjp_b", "gate_d2", "gate_d2_b"):
        with pytest.raises(SpecError, match=f"the name {name} of a kernel is taken by"):
            refuse_repeated([gate, function(name, ["a"])])
    with pytest.raises(SpecError, match="this name is taken by"):
        refuse_repeated([gate, function("gate", ["a"])])


def test_python_s_keywords_are_refused_in_specs() -> None:
    for name in keyword.kwlist:
        with pytest.raises(SpecError):
            function("probe", [name])


@pytest.mark.parametrize("text", ["besseli(0, x)", "x + digamma(x)"])
def test_a_function_that_a_target_lacks_is_refused_before_anything_is_searched(text: str) -> None:
    function = name_function(Spec(text, assume="x > 0"), "f", "specs.py:1: f")
    for target in (C, NUMPY):
        with pytest.raises(UnsupportedError, match=r"specs.py:1: f: the target \w+ has no \w+: .* --target"):
            refuse_functions(function, target, function.body)


def test_a_function_that_a_target_has_is_not_refused() -> None:
    function = name_function(Spec("erf(x) + loggamma(x)", assume="x > 0"), "f", "specs.py:1: f")
    for target in (C, NUMPY):
        refuse_functions(function, target, function.body)
