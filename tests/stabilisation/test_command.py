"""`derive stabilise`, as a person and as a machine asks."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from derive.cli import app


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["stabilise", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_form_the_bits_the_steps_and_the_code() -> None:
    said = run("-log(1 - p)", "--assume", "0 < p < 1", "--range", "0", "0.01")
    assert "-log1p(-p)" in said
    assert "PROVED    everywhere" in said
    assert "log near 1" in said
    assert "np.log1p(-p)" in said


def test_json_for_machines() -> None:
    answer = json.loads(run("exp(x) - 1", "--dtype", "float32", "--json"))
    assert answer["expression"] == "expm1(x)"
    assert answer["branches"] == 0
    assert [step["rule"] for step in answer["steps"]] == ["exponential near 1"]
    assert answer["bits_before"]["everyday"]["mean"] > 1 > answer["bits_after"]["everyday"]["max"]
    assert set(answer["bits_after"]) == {"all floats", "everyday"}
    assert "np.expm1" in answer["code"]


def test_what_numpy_lacks_is_said_where_the_code_would_stand() -> None:
    assert "numpy has no gamma" in json.loads(run("gamma(x)", "--json"))["code"]
    assert json.loads(run("f + 1", "--json"))["code"].count("def f_1(f") == 1
