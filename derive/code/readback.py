"""Generated kernels read back from their text, and proved to compute the evaluation forms they were made from.

Those forms are themselves proved to be what the spec states, so a text that is proved here computes the spec.
What is read is the mathematics, in real numbers: loops become sums, a rounded constant is the one
that it rounds. Helpers that only make rounding errors good are taken at their word, by the target's reader;
that they keep it is for `derive.verify` to measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.calculus.vjp import target_names, upstream_name
from derive.code.guards import interior, without_edges, without_points
from derive.codegen.kernel import Kernel, Variant
from derive.codegen.target import Read, SourceFile, Target
from derive.errors import UnsupportedError
from derive.fuel import KERNEL, Fuel
from derive.proof.api import prove_equal
from derive.proof.verdict import Proof
from derive.spec.statement import Function
from derive.stabilisation.pairs import exactly
from derive.stabilisation.proof import with_points
from derive.term import BINDERS, ONE, ZERO, Term, call, rebuild, substitute, symbol, transform


@dataclass(frozen=True)
class ReadBack:
    """A kernel's formula, as its text has it and in the spec's names, and the proof that it is its evaluation form.

    The proof is for the inside of the domain; what the kernel answers on its boundary is a limit.
    """

    path: str
    symbol: str
    formula: Term
    proof: Proof


def read_back(
    function: Function,
    forms: Sequence[Term],
    kernels: Sequence[Kernel],
    files: Sequence[SourceFile],
    target: Target,
    variants: Sequence[Variant] = (),
) -> Iterator[ReadBack]:
    """Every kernel in a target's files of one function, read and proved to be its evaluation form.

    `forms`: the evaluation form of each of `kernels`, in the spec's names. `variants`: which kernels are read, all
    that the target has for none.

    Raises UnsupportedError for a text that is not of the form that kernels have, and where the target has no reader.
    """
    if target.reader is None:
        raise UnsupportedError(f"derive has no reader for {target.title}")
    for kernel, form in zip(kernels, forms, strict=True):
        seen = set[str]()
        for variant in variants or target.variants:
            computed = target.computing(kernel, variant).form(kernel) or form
            for read in target.reader(files, kernel, [variant]):
                if read.symbol not in seen:  # one text may serve several
                    seen.add(read.symbol)
                    yield _judged(function, kernel, computed, read)


def _judged(function: Function, kernel: Kernel, form: Term, read: Read) -> ReadBack:
    inside = interior(function.domain)
    sides = _in_spec(function, kernel, exactly(read.formula)), transform(exactly(form), _plainly)
    found, wanted = (without_points(without_edges(side, inside)) for side in sides)
    proof = prove_equal(wanted, found, inside, Fuel(KERNEL))
    return ReadBack(read.path, read.symbol, found, with_points(proof, sides[1], sides[0], inside))


def _plainly(node: Term) -> Term:
    """The form's fused operations as the words in a kernel's text are read."""
    return call("exp", node.args[0] - node.args[1]) if node.head == "expdiff" else node


# What the spec says


def _in_spec(function: Function, kernel: Kernel, formula: Term) -> Term:
    """A kernel's formula with the spec's names for the length, the index and the upstream gradient."""
    names = {a.name: upstream_name(function) for a in kernel.inputs if a.role == "upstream"}
    if kernel.row is not None:
        (size,) = function.sizes
        names[kernel.element.size] = size
        formula = _in_range(formula, symbol(kernel.element.size), next(iter(function.domain.axes.values()))[0])
        free = target_names(function, _wrt(function, kernel)) if kernel.order == "vjp" else function.output
        names |= dict.fromkeys([kernel.element.index], free[0]) if free else {}
    return substitute(formula, {symbol(old): symbol(new) for old, new in names.items()})


def _in_range(formula: Term, length: Term, axis: tuple[Term, Term]) -> Term:
    """Sums over a whole row, from 0 in code, over the range that the spec gives to the same row."""
    whole = (ZERO, length - ONE)

    def renumbered(node: Term) -> Term:
        if node.head not in BINDERS:
            return node
        if node.args[2:] != whole:
            raise UnsupportedError(f"{node} does not run over the whole row")
        return rebuild(node, (*node.args[:2], *axis))

    return transform(formula, renumbered)


def _wrt(function: Function, kernel: Kernel) -> str:
    return kernel.wrt or function.wrt[0]
