"""What the left side of a line claims that the rest is."""

from __future__ import annotations

from derive.calculus.derivative import depends
from derive.errors import UnsupportedError
from derive.notation.latex_stream import PRIMED
from derive.review.context import catalogued
from derive.review.guesses import plain_names
from derive.review.meaning import Meaning
from derive.review.questions import DocumentClaim
from derive.review.reading import is_name
from derive.review.settled import Settled
from derive.term import Term


def claimed(left: Term, meaning: Meaning, settled: Settled) -> tuple[DocumentClaim | None, str]:
    """The claim of a left side, or None and why it claims nothing that can be checked."""
    try:
        entry = meaning.entry(left)
        if entry.head == "der":
            return _slope(entry, meaning), ""
        closed = meaning.close(left)
    except UnsupportedError as problem:
        return None, str(problem)
    if not is_name(left) and (why := unknown_in(entry, meaning, settled)):
        # An equation that says what an unknown quantity is.
        return None, why
    return None if _is_open(closed, left, meaning) else DocumentClaim(closed), ""


def unknown_in(entry: Term, meaning: Meaning, settled: Settled) -> str:
    """Why a left side is no claim: a name in it that is neither defined nor a variable; or ""."""
    known = meaning.definitions.keys() | settled.variables | settled.sizes | catalogued().keys()
    name = min(plain_names([entry]) - (known - settled.open.keys()), default="")
    return settled.open.get(name, f"{name} is not defined: say what it is" if name else "")


def _slope(der: Term, meaning: Meaning) -> DocumentClaim | None:
    """The claim to be a derivative; in a plain variable it is of the function, kinks and all."""
    body, variable = der.args
    if variable is PRIMED:
        return _prime(body, der, meaning)
    if body.head == "der":
        return DocumentClaim(meaning.close(der))
    meaning.slope(body, variable)
    closed = meaning.close(body)
    plain = meaning.expand(variable) is variable
    if plain and not depends(closed, variable):
        # What stands there is not written in terms of the variable, so nothing is known of its derivative.
        return None
    return DocumentClaim(closed, variable) if plain else DocumentClaim(meaning.close(der))


def _prime(body: Term, der: Term, meaning: Meaning) -> DocumentClaim:
    argument = body.args[0] if body.head == "apply" and body.args else meaning.variable
    value = meaning.close(der)
    if argument is None or argument.head not in ("sym", "index") or body.head == "der":
        return DocumentClaim(value)
    return DocumentClaim(meaning.close(body), argument)


def _is_open(closed: Term, left: Term, meaning: Meaning) -> bool:
    """Whether a left side is a name that nothing defines."""
    if closed.head in ("apply", "sym"):
        return True
    return closed is meaning.entry(left) and is_name(left)


def is_at_argument(left: Term) -> bool:
    """Whether a derivative is written with the function's argument, f'(x), where a value at a point would show."""
    body = left
    while body.head == "der":
        body = body.args[0]
    return left.head == "der" and body.head == "apply" and all(part.head in ("sym", "index") for part in body.args)
