"""`derive.*`: the public names are what they say, whatever else is imported, and explain themselves."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

import derive
from derive.cli import app
from derive.errors import DeriveError
from derive.present.document import show_text

PACKAGE = Path(derive.__file__).parent
ROOMS = {
    path.stem
    for path in PACKAGE.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
}
OWN = sorted(name for name, home in derive._HOMES.items() if home != "sympy")
FUNCTIONS = [name for name in OWN if name[0].islower()]
# The options that a caller in Python writes too, by the function that has them; the others are about printing.
SHARED = {
    "prove": ("prove", ("function", "wrt", "claim", "assume", "let", "fuel")),
    "stabilise": ("stabilise", ("formula", "dtype", "everyday", "assume")),
    "show": ("differentiate", ("detail",)),
    "verify": ("load", ("spec",)),
}


def test_no_room_has_the_name_of_something_public() -> None:
    # Importing such a room would put the module in the place of what the name means.
    assert not ROOMS & set(derive._HOMES)


def test_a_public_name_is_no_module_and_no_module_is_callable() -> None:
    for room in sorted(ROOMS):
        importlib.import_module(f"derive.{room}")
    assert [name for name in derive._HOMES if isinstance(getattr(derive, name), ModuleType)] == []
    assert [name for name, module in sys.modules.items() if name.startswith("derive.") and callable(module)] == []


def test_all_is_the_public_api() -> None:
    assert sorted(derive.__all__) == sorted([*derive._HOMES, "__version__"])
    assert set(derive.__all__) <= set(dir(derive))
    with pytest.raises(AttributeError, match="derive has no 'nonsense'"):
        derive.nonsense  # noqa: B018


def test_a_star_imports_what_is_public() -> None:
    code = "from derive import *; print(prove('x', 'x', '1').verdict)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "PROVED\n"


@pytest.mark.parametrize("name", ["", *OWN])
def test_the_examples_of_the_documentation(name: str) -> None:
    text = (getattr(derive, name) if name else derive).__doc__
    assert text, f"{name} is not explained"
    parsed = doctest.DocTestParser().get_doctest(text, {"derive": derive}, name, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert not said, "".join(said)
    assert parsed.examples or name not in FUNCTIONS, f"{name} has no example"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_shows_and_explains_the_parameters(name: str) -> None:
    function: Any = getattr(derive, name)
    shown = pydoc.plain(pydoc.render_doc(function))
    assert re.search(rf"^{name}\(", shown, re.MULTILINE)
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"\b{parameter}\b", function.__doc__ or ""), f"{parameter} is not explained"


def test_a_stranger_finds_out_how_to_prove_under_a_hypothesis() -> None:
    shown = pydoc.plain(pydoc.render_doc(derive.prove))
    assert 'assume="0 < p < 1"' in shown
    assert "Raises FormulaError" in shown
    assert "Returns a Proof" in shown


@pytest.mark.parametrize("command", SHARED)
def test_an_option_has_one_name_in_the_command_and_in_python(command: str) -> None:
    function, shared = SHARED[command]
    callback: Any = next(it.callback for it in app.registered_commands if it.callback.__name__ == command)  # type: ignore[union-attr]
    assert set(shared) <= set(inspect.signature(callback).parameters)
    assert set(shared) <= set(inspect.signature(getattr(derive, function)).parameters)


def printed(*words: str) -> str:
    return CliRunner().invoke(app, list(words)).stdout


def steady(text: str) -> str:
    return re.sub(r" *\b[\d.]+ s$", "", text.rstrip(), flags=re.MULTILINE)


@pytest.mark.parametrize("claim", ["2*x", "x", "x**2/x*2"])
def test_a_proof_prints_as_the_command_prints_it(claim: str) -> None:
    proof = derive.prove("x**2", "x", claim)
    assert steady(str(proof)) == steady(printed("prove", "x**2", "--wrt", "x", "--claim", claim))
    assert repr(proof) == f"<Proof {proof.title}: d/dx x**2  =  {claim}>"
    assert proof._repr_markdown_() == f"```text\n{proof}\n```"


def test_a_proof_holds_strictly_where_it_has_no_holes() -> None:
    proof = derive.prove("x**2", "x", "x**2/x*2")
    assert (proof.holds(), proof.holds(strict=True)) == (True, False)


def test_a_derivation_prints_as_the_command_prints_it() -> None:
    function = next(it for it in derive.catalogue() if it.documented)
    found = derive.differentiate(function)
    lines = [
        line.partition("    documented")[0].rstrip() for line in printed("show", function.name, "--steps").splitlines()
    ]
    assert lines[: len(str(found).splitlines())] == str(found).splitlines()
    assert show_text({"x": found}).startswith(str(found))
    assert repr(found).startswith(f"<Derivation of {function.name}: derivative in ")
    assert found._repr_latex_().startswith("$")
    assert "found, PROVED" in str(derive.differentiate("x/(1 + exp(-x))"))


def test_a_search_prints_as_the_command_prints_it() -> None:
    found = derive.stabilise("sqrt(x + 1) - sqrt(x)", assume="x > 0")
    shown = printed("stabilise", "sqrt(x + 1) - sqrt(x)", "--assume", "x > 0")
    assert shown.startswith(f"{found}\n\ndef f(x, ")
    assert found._repr_markdown_() == f"```text\n{found}\n```"


def test_kernels_print_what_they_are() -> None:
    loaded = derive.load("sigmoid")
    assert str(loaded).splitlines()[:2] == ["sigmoid(x) = 1/(1 + exp(-x))", "  derive_sigmoid_f64"]
    assert repr(loaded) == "<Loaded sigmoid: forward, vjp, d2, with_derivative>"
    assert loaded._repr_markdown_() == f"```text\n{loaded}\n```"


def test_a_misspelt_function_is_suggested() -> None:
    with pytest.raises(DeriveError, match=r"no function 'sigmod' \(did you mean sigmoid\?\); there are"):
        derive.load("sigmod")
    ended = CliRunner().invoke(app, ["show", "sigmod"])
    assert "sigmod is not among the functions (did you mean sigmoid?): " in str(ended.exception)
    with pytest.raises(DeriveError, match=r"unknown function Exp; did you mean exp\?"):
        derive.prove("Exp(x)", "x", "1")


def test_a_function_of_the_catalogue_in_a_formula_is_written_out() -> None:
    command = [sys.executable, "-m", "derive", "prove", "sigmid(x)", "--wrt", "x", "--claim", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "unknown function sigmid" in done.stderr
    assert "sigmoid, a function of the catalogue, is written out in a formula:  1/(1 + exp(-x))" in done.stderr
