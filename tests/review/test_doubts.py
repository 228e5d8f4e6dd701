"""A guess never leads to a verdict: the report says which sentence of the document would settle it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derive.proof.verdict import Verdict
from derive.review.documents import parse_document
from derive.review.judge import Judgement, audit

DOCUMENTS = Path(__file__).parent / "documents"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED


def judged(*lines: str, text: str = "", header: str = "") -> tuple[Judgement, ...]:
    display = "\\begin{align}\n" + " \\\\\n".join(lines) + "\n\\end{align}\n"
    front = f"---\n{header}\n---\n" if header else ""
    return audit(parse_document(f"{front}{text}\n{display}", "page.md")).judgements


@pytest.mark.parametrize("name", ["ce_p.md", "log_loss_dot.md", "gelu.md"])
def test_a_name_that_only_the_lines_under_audit_explain_gives_no_value(name: str) -> None:
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    untold = "".join(f"{line}\n" for line in text.splitlines() if not line.startswith("definitions"))
    found = audit(parse_document(untold, name)).judgements
    rests = [each for each in found if "is not defined" in each.message]
    assert rests
    assert all(each.value is None for each in rests)
    assert any("in the front matter: definitions: " in each.message for each in rests)


@pytest.mark.parametrize(
    ("function", "variable", "line"),
    [
        ("a*x**2+b*x", "x", r"\frac{df}{dx} &= 2 a x + q"),
        ("a*exp(-b*x)", "x", r"\frac{df}{dx} &= -b g"),
        ("log(1+exp(x))", "x", r"\frac{df}{dx} &= s"),
        ("(tanh(w*x)-t)**2", "w", r"\frac{dE}{dw} &= 2 (o - t) (1 - o^2) x"),
        ("Sum(x[i]**2,(i,0,N-1))", "x[j]", r"\frac{\partial f}{\partial x_j} &= 2 u_j"),
        (
            "-Sum(y[i]*log(exp(z[i])/Sum(exp(z[k]),(k,0,K-1))),(i,0,K-1))",
            "z[j]",
            r"\frac{\partial L}{\partial z_j} &= a_j - y_j",
        ),
    ],
)
def test_what_would_be_right_under_a_guess_is_not_proved(function: str, variable: str, line: str) -> None:
    (found,) = judged(line, header=f'function: "{function}"\nwrt: "{variable}"')
    assert found.read
    assert found.verdict is None
    assert "is not defined" in found.message


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial p} &= -\frac{c}{p}",
        r"\frac{\partial L}{\partial p} &= q - y",
        r"\frac{\partial L}{\partial p} &= -\frac{y}{p} + \frac{1-y}{1-p} + \lambda w",
        r"\frac{\partial L}{\partial p} &= g(p)",
        r"\frac{\partial L}{\partial p} &= -y m^{-1} + (1 - y) (1 - m)^{-1}",
    ],
)
def test_a_name_that_a_line_brings_in_refutes_nothing(line: str) -> None:
    _, found = judged(r"L &= -y \log p - (1-y) \log(1-p)", line)
    assert found.verdict is None
    assert "is not defined: say what it is" in found.message


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (r"\sigma^2 &= v", r"\frac{\partial f}{\partial x} &= \frac{x}{v}"),
        (r"\log s &= r", r"\frac{\partial f}{\partial x} &= x e^{-2 r}"),
        (r"S^2 &= \frac{1}{n-1} \sum_{i=1}^{n} (x_i - m)^2", r"S^2 &= \frac{1}{n} \sum_{i=1}^{n} (x_i - m)^2"),
        (r"a + b &= 1", r"\frac{\partial f}{\partial x} &= 2 x (a + b)"),
        (r"W^T W &= I", r"W W^T &= I"),
        (r"x_0 &= 1", r"\theta_0 x_0 &= \theta_0"),
        (r"y (1 - y) &= 0", r"y^2 &= y"),
    ],
)
def test_an_equation_about_what_nothing_defines_is_no_claim(statement: str, line: str) -> None:
    found = judged(r"f &= x^2 + \sigma + s + a", statement, line)
    assert [each.verdict for each in found if each.verdict is REFUTED] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("When $y = 1$:", (r"L &= -y \log p - (1-y) \log(1-p)", r"\frac{\partial L}{\partial p} &= -\frac{1}{p}")),
        ("For $x > 0$,", (r"f(x) &= |x|^3", r"f'(x) &= 3 x^2")),
        ("With labels $y \\in \\{0, 1\\}$", (r"f(q) &= (y - y^2) q", r"f'(q) &= y^2 - y")),
        ("at $t = 0$", (r"f(x) &= \cos(t) x^2", r"f'(x) &= 2 x")),
        (
            "if $i = j$",
            (r"s_i &= \frac{e^{x_i}}{\sum_{k=1}^n e^{x_k}}", r"\frac{\partial s_i}{\partial x_j} &= s_i - s_i^2"),
        ),
    ],
)
def test_a_condition_of_the_text_refutes_nothing_that_holds_under_it(text: str, lines: tuple[str, str]) -> None:
    _, found = judged(*lines, text=text)
    assert found.verdict is None
    assert "the text says" in found.message
    assert judged(*lines)[1].verdict is REFUTED


@pytest.mark.parametrize("wrong", [r"\frac{1}{p}", r"-\frac{2}{p}", r"-\frac{1}{p^2}"])
def test_what_fails_under_the_condition_too_is_refuted(wrong: str) -> None:
    lines = r"L &= -y \log p - (1-y) \log(1-p)", rf"\frac{{\partial L}}{{\partial p}} &= {wrong}"
    assert judged(*lines, text="When $y = 1$:")[1].verdict is REFUTED


@pytest.mark.parametrize("line", [r"&= 2 \cdot (3 - 1)", r"&= 4", r"&= 0", r"&= 0.5"])
def test_a_worked_example_is_no_error(line: str) -> None:
    found = judged(r"L &= (w x - y)^2", r"\frac{\partial L}{\partial w} &= 2 x (w x - y)", line)
    assert found[1].value is PROVED
    assert found[2].verdict is None


def test_setting_a_slope_to_zero_is_no_error() -> None:
    *_, found = judged(r"f(x) &= x^2 - a x", r"f'(x) &= 2 x - a", r"f'(x) &= 0 \Rightarrow x = a / 2")
    assert found.verdict is None


def test_a_sentence_settles_a_name() -> None:
    lines = r"L &= (y - \hat{y})^2", r"\frac{\partial L}{\partial w} &= -2 x (y - w x)"
    for text in (r"with $\hat{y} = w x$", r"where the prediction is $\hat{y} = w x$."):
        assert judged(*lines, text=text)[1].value is PROVED
    assert judged(*lines)[1].verdict is None


@pytest.mark.parametrize(
    "second", [r"now $\hat{y} = w^2 x$", r"then $\hat{y} = e^{w x}$", r"whereas $\hat{y} = w x + c$ here"]
)
def test_sentences_that_say_two_things_settle_nothing(second: str) -> None:
    lines = r"L &= (y - \hat{y})^2", r"\frac{\partial L}{\partial w} &= -2 x (y - w x)"
    found = judged(*lines, text=rf"First $\hat{{y}} = w x$, {second}.")[1]
    assert found.verdict is None
    assert judged(*lines, text=r"First $\hat{y} = w x$, that is $\hat{y} = x w$.")[1].value is PROVED


@pytest.mark.parametrize("letter", [r"\sigma", r"\zeta"])
def test_a_greek_letter_is_a_known_function_only_if_the_document_says_so(letter: str) -> None:
    lines = rf"a &= {letter}(z)", rf"\frac{{\partial a}}{{\partial z}} &= {letter}(z) (1 - {letter}(z))"
    untold = judged(*lines)[1]
    assert untold.verdict is None
    assert "is not defined" in untold.message
    other = judged(*lines, text=rf"${letter}(x) = \tanh(x)$ is the activation")[1]
    assert other.verdict is REFUTED
    told = judged(*lines, text="the sigmoid, and softplus")[1]
    assert told.value is (PROVED if letter == r"\sigma" else REFUTED)


@pytest.mark.parametrize(
    "said",
    [
        "The target $y$ is one-hot.",
        "labels are one-hot",
        r"where $\sum_k y_k = 1$",
        "$y$ sums to one",
        "a probability vector $y$",
    ],
)
def test_that_components_add_up_to_one_is_supposed_only_where_it_is_said(said: str) -> None:
    lines = (
        r"L &= -\sum_{k=1}^{K} y_k \log \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}",
        r"\frac{\partial L}{\partial z_i} &= \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}} - y_i",
    )
    assert judged(*lines, text=said)[1].value is PROVED
    untold = judged(*lines, text="The target $y$ is given.")[1]
    assert untold.verdict is None
    assert "add up to 1: say that they do" in untold.message


@pytest.mark.parametrize(
    ("first", "second", "slopes"),
    [
        (r"f(x) &= x^2", r"f(x) &= x^3", (r"f'(x) &= 2 x", r"f'(x) &= 3 x^2")),
        (
            r"h &= w x",
            r"h &= w^2 x",
            (r"\frac{\partial h}{\partial w} &= x", r"\frac{\partial h}{\partial w} &= 2 w x"),
        ),
        (r"g(t) &= e^{t}", r"g(t) &= \log t", (r"g'(t) &= e^{t}", r"g'(t) &= \frac{1}{t}")),
    ],
)
@pytest.mark.parametrize("between", ["\n# Another one\n", "\n## B\n\nAnd now", "\nNow another example:\n"])
def test_a_name_that_is_defined_anew_means_the_new(
    first: str, second: str, slopes: tuple[str, str], between: str
) -> None:
    pages = [f"$$\n{line.replace('&', '')}\n$$\n" for line in (first, slopes[0], second, slopes[1], slopes[0])]
    text = "# One\n" + pages[0] + pages[1] + between + "".join(pages[2:])
    found = audit(parse_document(text, "page.md")).judgements
    assert [each.value for each in found[:4]] == [None, PROVED, None, PROVED]
    assert "defined anew" in found[2].message
    # Without a heading between them either definition may be meant.
    assert found[4].verdict is not PROVED
    assert found[4].verdict is not REFUTED or "#" in between


def test_an_assignment_defines_nothing_and_claims_nothing() -> None:
    found = judged(r"w &= 3 t", r"w &= w - \eta g", r"\frac{\partial w}{\partial t} &= 3")
    assert [each.verdict for each in found] == [None, None, PROVED]


def test_two_statements_on_a_line_are_two() -> None:
    found = judged(
        r"u = w x, \qquad C = u^2", r"\frac{\partial C}{\partial u} &= 2 u", r"\frac{\partial C}{\partial u} &= 2 w"
    )
    assert [each.value for each in found[1:]] == [PROVED, REFUTED]


@pytest.mark.parametrize(
    "line",
    [
        r"\mathbf{a} \mathbf{b} = \mathbf{b} \mathbf{a}",
        r"(A B)^T = A^T B^T",
        r"\|u + v\| = \|u\| + \|v\|",
        r"\log\det A = 3",
        r"\vec{x} \vec{y} = \vec{y} \vec{x}",
    ],
)
def test_matrices_of_which_nothing_says_the_size_get_no_verdict(line: str) -> None:
    (found,) = judged(line)
    assert found.read
    assert found.verdict is None


# -- here and expected


@pytest.mark.parametrize(
    ("lines", "point"),
    [
        ((r"f(x) &= x + 1", r"g(x) &= f(x) + 1 = x + 3"), ("x", 3, 2)),
        ((r"f(x) &= 2 x", r"1 + f(x) &= 2 x"), ("x", 0, 1)),
        ((r"q(a) &= (a + 1)^2 = a^2 + 2 a",), ("a", -1, 0)),
        ((r"f(x) &= x^2", r"f'(x) &= 3 x"), ("x", 0, 0)),
    ],
)
def test_here_is_what_the_line_writes_and_expected_what_it_should_be(
    lines: tuple[str, ...], point: tuple[str, int, int]
) -> None:
    found = judged(*lines)[-1]
    assert found.verdict is REFUTED
    assert found.witness is not None
    here, expected = Fraction(found.witness.claim), Fraction(found.witness.derivative)
    at = found.witness.point[point[0]]
    if lines[-1].startswith("f'"):
        assert (here, expected) == (3 * at, 2 * at)
    else:
        assert here - expected == point[1] - point[2]


def test_here_and_expected_of_a_step_behind_a_wrong_one() -> None:
    *_, found = judged(r"f(x) &= x + 1", r"1 + f(x) &= x + 5", r"&= x + 2")
    assert found.message == "right, but it does not follow from the line before"
    assert found.witness is not None
    assert Fraction(found.witness.claim) - Fraction(found.witness.derivative) == -3


# -- unread lines


@pytest.mark.parametrize(
    "line",
    [
        r"f'(x) &= \heartsuit = 2 = 3",
        r"f'(x) &= 3x = \left( x",
        r"\heartsuit &= 3 = 4",
        r"f'(x) &= 2x = \clubsuit = 5x",
        r"f(x) &\le 3 = 4 \quad \text{if } \heartsuit",
    ],
)
def test_an_unread_line_carries_no_verdict(line: str) -> None:
    _, found, _ = judged(r"f(x) &= x^2", line, r"f'(x) &= 2x")
    assert not found.read
    assert (found.value, found.step, found.witness) == (None, None, None)
    assert found.message


def test_what_follows_an_unread_left_side_is_not_judged_by_the_claim_before() -> None:
    *_, found = judged(r"f(x) &= x^2", r"f'(x) &= 2 x", r"\heartsuit(x) &= 7", r"&= 7 + 0")
    assert found.verdict is not REFUTED


# -- solved for a variable

MEAN = r"m &= \frac{1}{n} \sum_{i=1}^{n} x_i"
SQUARES = r"N &= \sum_{i=1}^{n} (x_i - m)^2", r"\frac{\partial N}{\partial m} &= -4 \sum_{i=1}^{n} (x_i - m)"


@pytest.mark.parametrize(
    "lines",
    [
        (r"f(x) &= x^2 - a x", r"f(x) &= -x^2", r"x &= a / 2"),
        (r"f(x) &= x^2 - a x", r"f'(x) &= x - a / 2", r"x &= a / 2"),
        (r"J &= (w - c)^2", r"\frac{\partial J}{\partial w} &= 4 (w - c)", r"w &= c"),
        (*SQUARES, MEAN),
        (MEAN, *SQUARES),
    ],
)
def test_what_holds_at_a_solution_alone_is_not_proved(lines: tuple[str, ...]) -> None:
    assert [each.verdict for each in judged(*lines) if each.verdict is PROVED] == []


def test_a_value_that_is_put_in_is_still_proved() -> None:
    found = judged(r"z &= w x + b", r"a &= z^3", r"\frac{\partial a}{\partial z} &= 3 z^2 = 3 (w x + b)^2")
    assert found[-1].verdict is PROVED
