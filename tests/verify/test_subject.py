"""What kernels are held to: stated values at kinks, equal forms, the largest term."""

from fractions import Fraction

from derive import Spec, real
from derive.notation.text import read_text
from derive.spec.statement import name_function
from derive.verify.subject import Subject
from tests.forms import FORMS

y, p = real("y p")


def test_a_function_of_one_input_is_judged_in_ulp_of_its_value() -> None:
    assert Subject(FORMS["logistic"].function, "vjp", "x").scales == ()
    assert len(Subject(FORMS["squared"].function, "vjp", "y").scales) == 1


def test_a_kink_has_the_value_that_the_spec_states() -> None:
    rectifier = FORMS["rectifier"].function
    stated = str(Subject(rectifier, "vjp", "x").stated)
    assert stated.startswith("Piecewise((0, x == 0), (")
    assert Subject(rectifier, "forward", "").stated == rectifier.body
    assert Fraction(0) in Subject(rectifier, "vjp", "x").thresholds


def test_an_approximation_is_no_truth_and_yet_says_where_branches_meet() -> None:
    logistic = FORMS["logistic"].function
    series = read_text("Piecewise((1/2 + x/4, x < 1/8), (1/(1 + exp(-x)), True))")
    subject = Subject(logistic, "forward", "", None, series)
    assert subject.forms == (logistic.body,)
    assert Fraction(1, 8) in subject.thresholds


def test_forms_equal_under_a_hypothesis_alone_are_no_truth() -> None:
    form = read_text("y + p")
    free = name_function(Spec(y + p, inputs=(y, p)), "free", "here")
    assert Subject(free, "forward", "", form).forms == (free.body, form)
    bound = name_function(Spec(y + p, inputs=(y, p), assume="y one-hot"), "bound", "here")
    assert Subject(bound, "forward", "", form).forms == (bound.body,)
