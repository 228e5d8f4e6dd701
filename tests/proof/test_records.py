"""Claims as JSON records."""

import json
from fractions import Fraction

import pytest

from derive.errors import DeriveError
from derive.notation.text import read_text
from derive.proof.records import parse_record, read_claim, write_error, write_proof
from derive.proof.verdict import Proof, Verdict, Witness
from derive.spec.domain import Interval

CLAIM = {"id": "a", "function": "x**2", "wrt": "x", "claimed_gradient": "2*x"}


def test_hypotheses_become_the_domain():
    args = [
        {"name": "x", "assume": "real", "domain": "0 < x < 1", "sample": [5, 6]},
        {"name": "n", "assume": "real", "domain": "nonnegative integer", "values": [0, 1]},
        {"name": "s", "values": [-1, 0.5]},
    ]
    domain = read_claim({**CLAIM, "args": args, "constraints": ["Ne(x, n)"]}).domain
    assert domain.range("x") == Interval(Fraction(0), Fraction(1))
    assert domain.integers == {"n"}
    assert domain.values == {"s": (Fraction(-1), Fraction(1, 2))}
    assert domain.relations == (read_text("x != n"),)


def test_vectors_get_axes_from_zero_and_their_properties():
    record = {
        **CLAIM,
        "function": "Sum(A[p,k]*y[k], (k,0,K-1))",
        "wrt": "A",
        "wrt_index": {"i": "M", "j": "K"},
        "args": [{"name": "A", "shape": ["M", "K"]}, {"name": "y", "shape": ["K"], "simplex": True, "onehot": False}],
        "sizes": {"K": 4},
    }
    claim = read_claim(record)
    assert claim.variable is read_text("A[i, j]")
    assert claim.domain.axes["A"] == ((read_text("0"), read_text("M - 1")), (read_text("0"), read_text("K - 1")))
    assert claim.domain.properties == {("y", "simplex")}


def test_a_declared_name_is_a_variable_even_where_it_is_a_constant():
    claim = read_claim({**CLAIM, "function": "E*x", "claimed_gradient": "E", "args": [{"name": "E"}, {"name": "x"}]})
    assert claim.claim.head == "sym"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"function": None}, "function must be a str"),
        ({"function": "x^2"}, "function: .*a power is written"),
        ({"claimed_gradient": "x" + "+x" * 500_000}, "claimed_gradient: the formula has 1,000,001 characters"),
        ({"wrt": "x + 1"}, "wrt: x . 1 is not a variable"),
        ({"args": {}}, "args must be a list"),
        ({"args": ["x"]}, "each of args is an object with a name"),
        ({"args": [{"name": "x y"}]}, "each of args is an object with a name"),
        ({"args": [{"name": "x", "domain": "x is nice"}]}, "args, x: "),
        ({"args": [{"name": "x", "assume": 3}]}, "args, x: a hypothesis is a sentence"),
        ({"args": [{"name": "x", "values": [True]}]}, "args, x: values is a list of numbers"),
        ({"args": [{"name": "x", "shape": "K"}]}, "args, x: a shape is a list"),
        ({"args": [{"name": "x", "shape": [1.5]}]}, "args, x: a size is a name or a whole number"),
        ({"constraints": [1]}, "constraints: a hypothesis is a sentence"),
    ],
)
def test_a_fault_is_told_with_its_field(change, message):
    with pytest.raises(DeriveError, match=message):
        read_claim(CLAIM | change)


def test_missing_fields_are_named():
    with pytest.raises(DeriveError, match="the claim has no wrt and no claim"):
        read_claim({"id": 1, "function": "x"})


@pytest.mark.parametrize("line", ["{", "[1]", "3", '"x"', "", "[" * 100_000, "null"])
def test_only_a_json_object_is_a_record(line):
    with pytest.raises(DeriveError):
        parse_record(line)


def test_a_proof_is_written_with_exact_rationals_and_as_plain_json():
    witness = Witness({"x": Fraction(1, 2)}, "2/3", "2")
    written = write_proof(Proof(Verdict.REFUTED, witness=witness, gap=float("inf")))
    assert written["witness"] == {"x": "1/2"}
    assert (written["derivative"], written["claim"], written["gap"]) == ("2/3", "2", None)
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_exceptions_and_errors_are_told():
    written = write_proof(Proof(Verdict.PROVED, exceptions=("x = 0, where it has a kink",), evidence="both are 1"))
    assert written["almost_everywhere"]
    assert written["message"] == "x = 0, where it has a kink"
    assert write_error("line 3: not JSON", 0.0)["verdict"] == "ERROR"


def test_fields_have_the_names_of_the_command_s_options() -> None:
    plain = read_claim({"function": "x*s", "wrt": "x", "claim": "s", "let": "s = 2*a", "assume": "a > 0", "fuel": 7})
    older = read_claim({"function": "x*2*a", "wrt": "x", "claimed_gradient": "2*a", "constraints": ["a > 0"]})
    assert (plain.claim, plain.domain, plain.fuel) == (older.claim, older.domain, 7)
    with pytest.raises(DeriveError, match="constraints and assume are one field: write assume"):
        read_claim({"function": "x", "wrt": "x", "claim": "1", "assume": "x > 0", "constraints": ["x > 0"]})
    with pytest.raises(DeriveError, match="let holds sentences"):
        read_claim({"function": "x", "wrt": "x", "claim": "1", "let": [1]})
