"""C kernels compiled, cached and called: shapes, memory, and compilers that are missing or refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from forms import FORMS, Form

import derive
from derive import runtime
from derive.emit import SourceFile
from derive.errors import DeriveError
from derive.kernel import Dtype
from derive.runtime import CompilerError, Loaded, compile_library, find_compiler, load_kernels

DTYPES: tuple[Dtype, ...] = ("float32", "float64")
ADD = SourceFile("c/add.c", "double add(double a, double b)\n{\n    return a + b;\n}\n")


def loaded(name: str) -> Loaded:
    return load_kernels(FORMS[name].function, FORMS[name].kernels)


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "derive"


def test_a_library_is_compiled_once(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_library([ADD])
    assert len(list(fresh_cache.iterdir())) == 1
    monkeypatch.setattr(runtime, "_compile", lambda *_: pytest.fail("compiled again"))
    compile_library([ADD])


def test_other_sources_and_other_flags_are_other_libraries(fresh_cache: Path) -> None:
    compile_library([ADD])
    compile_library([ADD], flags=("-O1",))
    compile_library([SourceFile(ADD.path, ADD.text + "\n")])
    assert len(list(fresh_cache.iterdir())) == 3


@pytest.mark.usefixtures("fresh_cache")
def test_what_the_compiler_says_is_passed_on() -> None:
    with pytest.raises(CompilerError, match=r"(?s)refused c/bad\.c:.*error"):
        compile_library([SourceFile("c/bad.c", "int bad(void) { return nothing; }\n")])


@pytest.mark.usefixtures("fresh_cache")
def test_ziglang_will_do_as_a_compiler() -> None:
    pytest.importorskip("ziglang")
    library = compile_library([ADD], compiler=(sys.executable, "-m", "ziglang", "cc"))
    assert library.add


@pytest.fixture
def no_memory() -> None:
    find_compiler.cache_clear()


@pytest.mark.usefixtures("no_memory")
def test_cc_from_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "zig cc -target x86_64-linux")
    assert find_compiler() == ("zig", "cc", "-target", "x86_64-linux")
    find_compiler.cache_clear()


@pytest.mark.usefixtures("no_memory")
def test_without_a_compiler_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CompilerError, match="install gcc or clang, or `pip install ziglang`, or set CC"):
        find_compiler()


@pytest.mark.usefixtures("fresh_cache")
def test_a_compiler_that_is_not_there_is_named() -> None:
    with pytest.raises(CompilerError, match="cannot be run: no-such-compiler"):
        compile_library([ADD], compiler=("no-such-compiler",))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_no_elements_and_no_rows_are_fine(form: Form, dtype: Dtype) -> None:
    library = load_kernels(form.function, form.kernels)
    for kernel in form.kernels:
        for empty in ((0, 3), (3, 0)) if kernel.row else ((0,),):
            shapes = {"element": empty, "vector": empty, "row": empty[:-1], "scalar": ()}
            values = [np.ones(shapes[a.shape], dtype) for a in kernel.inputs]
            found = library.kernel(kernel.order, kernel.wrt, dtype)(*values)
            assert found.shape == shapes[kernel.output.shape]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_the_output_may_be_any_input_of_its_shape(form: Form, dtype: Dtype) -> None:
    library = load_kernels(form.function, form.kernels)
    random = np.random.default_rng(1)
    for kernel in form.kernels:
        shapes = {"element": (3, 7), "vector": (3, 7), "row": (3,), "scalar": ()}
        values = [random.uniform(0.1, 0.9, shapes[a.shape]).astype(dtype) for a in kernel.inputs]
        call = library.kernel(kernel.order, kernel.wrt, dtype)
        expected = call(*values)
        for position, argument in enumerate(kernel.inputs):
            if argument.shape == kernel.output.shape != "scalar":
                given = [value.copy() for value in values]
                assert call(*given, out=given[position]).tobytes() == expected.tobytes()


def test_float32_stays_and_all_else_is_float64() -> None:
    forward = loaded("logistic").forward
    assert forward(np.ones(3, np.float32)).dtype == np.float32
    assert forward([1, 2, 3]).dtype == np.float64
    assert forward(np.ones((2, 3), np.int32)).dtype == np.float64


def test_inputs_are_broadcast_and_may_have_any_strides() -> None:
    squared = loaded("squared").forward
    grid = np.arange(24.0).reshape(4, 6)
    assert squared(grid[::2, ::-3], 1.0).tolist() == ((grid[::2, ::-3] - 1) ** 2).tolist()
    assert squared(np.array(3.0), np.array(1.0)) == 4.0


def test_a_vjp_is_chosen_by_what_it_differentiates() -> None:
    vjp = loaded("squared").vjp
    assert vjp(3.0, 1.0, 1.0) == vjp(3.0, 1.0, 1.0, wrt="y") == 4.0
    assert vjp(3.0, 1.0, 1.0, wrt="y_hat") == -4.0
    with pytest.raises(DeriveError, match="squared has no vjp kernel in z"):
        vjp(3.0, 1.0, 1.0, wrt="z")


def test_second_derivatives_are_called_as_the_function_is() -> None:
    x = np.array([-2.0, 0.0, 0.5])
    s = derive.load("sigmoid").forward(x)
    assert derive.load("sigmoid").d2(x) == pytest.approx(s * (1 - s) * (1 - 2 * s), rel=1e-13)
    bowl = derive.load("mean_squared_error")
    assert bowl.d2([3.0, np.nan], [1.0, 1.0], wrt="y_hat") == pytest.approx([2.0, np.nan], nan_ok=True)
    with pytest.raises(DeriveError, match="relu has no d2 kernel"):
        derive.load("relu").d2(x)


def test_a_parameters_gradient_is_summed() -> None:
    x, upstream = np.linspace(-2, 2, 9), np.linspace(0, 1, 9)
    found = loaded("scaled").vjp(x, 2.0, 4.0, upstream, wrt="alpha")
    assert found == pytest.approx(np.sum(upstream * np.sin(2 * x)), rel=1e-15)


@pytest.mark.parametrize(
    ("values", "says"),
    [((np.ones((2, 3)), np.ones((2, 1))), "same length"), ((np.float64(1), np.float64(1)), "last axis")],
)
def test_rows_of_different_lengths_are_refused(values: tuple[np.ndarray, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        loaded("surprise").forward(*values)


@pytest.mark.parametrize("out", [np.empty(2), np.empty(3, np.float32), np.empty(6)[::2]])
def test_an_output_that_does_not_fit_is_refused(out: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"contiguous float64 array of shape \(3,\)"):
        loaded("logistic").forward(np.ones(3), out=out)


def test_a_wrong_number_of_values_is_refused() -> None:
    with pytest.raises(TypeError, match=r"derive_squared_f64 takes y, y_hat: 2 values, not 1"):
        loaded("squared").forward(1.0)


def test_functions_of_the_catalogue_load_by_name() -> None:
    assert derive.load("sigmoid").forward([0.0]).tolist() == [0.5]
    with pytest.raises(
        DeriveError, match=r"no function 'sigmoidal' \(did you mean sigmoid\?\); there are sigmoid, tanh"
    ):
        derive.load("sigmoidal")
