"""Specs: what a user states, checked; faults are told with file, line and name."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from stepping import stated

import derive
from derive import Max, Spec, exp, index, positive, real, size, vector
from derive.domain import POSITIVE
from derive.errors import DeriveError, SpecError
from derive.notation.text import read_text
from derive.spec import catalogue_pages, name_function, read_specs
from derive.term import symbol, term

x, y = real("x y")
K = size("K")
i, j, k = index("i j k")


def test_the_catalogue_states_its_functions_in_order() -> None:
    names = [function.name for function in derive.catalogue()]
    assert names[:2] == ["sigmoid", "tanh"]
    assert len(set(names)) == len(names)
    assert all(page.stem in ("activations", "losses") for page in catalogue_pages())


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_each_entry_names_its_source_its_latex_and_its_line(function: derive.spec.Function) -> None:
    assert function.source
    assert function.latex
    page, line, name = function.where.split(":")
    text = (Path(derive.__file__).parent / page).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert text.startswith(f"{name.strip()} = Spec(")


def test_one_variable_needs_no_list_of_inputs() -> None:
    function = stated("f", Spec(x * exp(x)))
    assert (function.inputs, function.params, function.wrt) == (("x",), (), ("x",))
    assert function.elementwise


def test_several_variables_need_their_order() -> None:
    with pytest.raises(SpecError, match=r"inputs=\(x, y\)"):
        stated("f", Spec(x * y))


def test_assumptions_of_symbols_become_hypotheses() -> None:
    function = stated("f", Spec(1 / positive("x")))
    assert function.domain.range("x") == POSITIVE


def test_vectors_carry_their_axis() -> None:
    v = vector("v", K)
    function = stated("f", Spec(exp(v[i]) / derive.Sum(exp(v[k]), (k, 1, K)), documented={v[j]: "f[i]*f[j]"}))
    assert function.output == ("i",)
    assert function.sizes == ("K",)
    assert function.domain.axes == {"v": ((term(1), symbol("K")),)}
    assert function.documented["v"].variable is read_text("v[j]")
    assert not function.elementwise


def test_a_function_s_own_name_stands_for_its_value() -> None:
    v = vector("v", K)
    scalar = stated("f", Spec(exp(x)))
    row = stated("f", Spec(exp(v[i]) / derive.Sum(exp(v[k]), (k, 1, K))))
    assert scalar.expand(read_text("1 - f**2")) is read_text("1 - exp(x)**2")
    assert row.expand(read_text("f[j]")) is read_text("exp(v[j])/Sum(exp(v[k]), (k, 1, K))")
    assert row.expand(read_text("f[k]")) is read_text("exp(v[k])/Sum(exp(v[k_1]), (k_1, 1, K))")


def test_the_value_of_a_function_is_written_with_its_arguments() -> None:
    function = stated("f", Spec("x*a", inputs=("x",), params=("a",)))
    assert (function.value.head, function.value.name, function.value.args) == ("apply", "f", (symbol("x"), symbol("a")))
    assert function.spelled(symbol("f") + 1) is symbol("f") + 1
    alone = stated("f", Spec(exp(x)))
    assert alone.spelled(symbol("f") + 1) is alone.value + 1


def test_kinks_and_samples_are_read() -> None:
    function = stated("f", Spec(Max(x, 0), kinks={x: {0: 0}}, samples={x: (-3, 3)}))
    assert function.kinks == {"x": {Fraction(0): term(0)}}
    assert function.samples == {"x": (-3.0, 3.0)}


@pytest.mark.parametrize("name", ["Phish", "2f", "f-g", "../f", "for", "double", "f" * 65, "", "f.c", "é"])
def test_names_that_are_no_file_or_identifier_are_refused(name: str) -> None:
    with pytest.raises(SpecError):
        stated(name, Spec(exp(x)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"definition": "exq(x)"}, "did you mean exp"),
        ({"definition": "1"}, "no variable"),
        ({"definition": "x*y", "inputs": ("x",)}, "y is neither an input nor a parameter"),
        ({"definition": "x", "wrt": ("z",)}, "z is not among the inputs"),
        ({"definition": "x", "documented": {"z": "1"}}, "z is not among the inputs"),
        ({"definition": "x*y", "inputs": ("x", "y"), "wrt": ("x",), "documented": {"y": "x"}}, "not in wrt"),
        ({"definition": "x", "documented": {"x + 1": "1"}}, "is not a variable"),
        ({"definition": "x", "kinks": {"x": {"sqrt(2)": 0}}}, "rational"),
        ({"definition": "x", "assume": "x is purple"}, "purple"),
        ({"definition": "exp(x)", "documented": {"x": "g"}}, "unknown name g"),
        ({"definition": "exp(x_1)", "documented": {"x_1": "x_2"}}, "did you mean x_1"),
        ({"definition": "float", "inputs": ("float",)}, "cannot be an argument"),
        ({"definition": "f*x", "inputs": ("f", "x")}, "the function's own name"),
    ],
)
def test_faults_name_the_spec_and_say_what_to_write(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        name_function(Spec(**fields), "f", "mine.py:3: f")
    assert str(caught.value).startswith("mine.py:3: f: ")


def specs_file(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_specs_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = specs_file(
        tmp_path, "from derive import Spec, exp, real\nx = real('x')\nlast = Spec(exp(x))\nfirst = Spec(x)\n"
    )
    found = read_specs(path)
    assert [(function.name, function.where) for function in found] == [
        ("last", "mine.py:3: last"),
        ("first", "mine.py:4: first"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "mine.py: states no function"),
        ("y = 1\n1/0\n", r"mine\.py:2: ZeroDivisionError"),
        ("def (:\n", r"mine\.py:1: SyntaxError"),
        ("import no_such_module\n", "ModuleNotFoundError"),
        ("from derive import Spec\nf = Spec('exq(x)')\n", r"mine\.py:2: f: .*did you mean exp"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        read_specs(specs_file(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file"):
        read_specs(tmp_path / "gone.py")


def test_a_specs_file_may_import_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "shared_symbols.py").write_text("from derive import real\nx = real('x')\n", encoding="utf-8")
    path = specs_file(tmp_path, "from derive import Spec\nfrom shared_symbols import x\nf = Spec(x**2)\n")
    assert read_specs(path)[0].body is read_text("x**2")
