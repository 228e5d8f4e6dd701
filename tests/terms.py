"""Random terms for laws: every shape that a formula may have, small."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from derive.term import BINDERS, FUNCTIONS, RELATIONS, Term, decimal, relation, symbol, term

NUMBERS = st.one_of(
    st.integers(0, 120).map(term),
    st.sampled_from(("0.5", "2.75", "0.001", "12.5", "0.044715")).map(lambda text: decimal(Fraction(text))),
)
SCALARS = st.sampled_from(("x", "y", "z", "alpha", "y_hat")).map(symbol)
INDICES = st.sampled_from(("i", "j", "k")).map(symbol)
COMPONENTS = st.builds(lambda base, index: symbol(base)[index], st.sampled_from(("v", "w")), INDICES)
ARITHMETIC = ("add", "sub", "mul", "div", "pow")
SHAPES = ("leaf", "arithmetic", "arithmetic", "neg", "call", "call", "der", "binder", "delta", "cases")


@st.composite
def terms(draw: st.DrawFn, functions: tuple[str, ...], depth: int = 4) -> Term:
    """A term of at most `depth` levels whose functions are among `functions`."""
    shape = draw(st.sampled_from(SHAPES)) if depth else "leaf"

    def part() -> Term:
        return draw(terms(functions, depth - 1))

    if shape == "leaf":
        return draw(st.one_of(SCALARS, COMPONENTS, NUMBERS))
    if shape == "arithmetic":
        return Term(draw(st.sampled_from(ARITHMETIC)), (part(), part()))
    if shape == "neg":
        return -part()
    if shape == "call":
        head = draw(st.sampled_from(functions))
        return Term(head, tuple(part() for _ in range(FUNCTIONS[head])))
    if shape == "der":
        return Term("der", (part(), draw(st.one_of(SCALARS, COMPONENTS))))
    if shape == "binder":
        return Term(draw(st.sampled_from(BINDERS)), (part(), draw(INDICES), term(1), symbol("K")))
    if shape == "delta":
        return Term("delta", (draw(INDICES), draw(INDICES)))
    condition = Term(draw(st.sampled_from(RELATIONS)), (part(), part()))
    if draw(st.booleans()):
        condition = Term(draw(st.sampled_from(("and", "or"))), (condition, relation("gt", part(), 0)))
    return Term("cases", (part(), condition, part(), Term("true")))
