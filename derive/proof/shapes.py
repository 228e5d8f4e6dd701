"""What names stand for in a claim: a name is an array or a scalar, with one number of indices, all through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from derive.errors import FormulaError
from derive.spec.domain import Domain
from derive.term import BINDERS, Term, subterms, symbol, transform

EULER: Final = Term("const", (), "E")


def check_names(body: Term, variable: Term, claim: Term, domain: Domain) -> None:
    """Raises FormulaError for a name that is used in two ways, or that no number can have under `domain`."""
    for name, interval in domain.ranges.items():
        if interval.empty or (name in domain.integers and not interval.has_integer):
            raise FormulaError(f"no {name} satisfies the hypotheses; leave one of them out")
    ranks = {name: (f"its shape has {len(axes)}", len(axes)) for name, axes in domain.axes.items() if axes}
    for part in (body, claim, variable):
        for node in subterms(part):
            for name, said, rank in _arrays(node):
                other, expected = ranks.setdefault(name, (f"{said} has {rank}", rank))
                if rank != expected:
                    raise FormulaError(f"{said} has {rank} index(es), but {other}")
    if variable.head == "sym" and variable.name in ranks:
        raise FormulaError(
            f"{variable} is an array; write a component of it, such as {_component(variable.name, ranks)}"
        )
    bare = {name for part in (body, claim) for node in subterms(part) for name in _scalars(node)}
    for name in sorted(bare & ranks.keys()):
        raise FormulaError(
            f"{name} is an array, but stands alone; write a component of it, such as {_component(name, ranks)}"
        )


def _component(name: str, ranks: Mapping[str, tuple[str, int]]) -> str:
    return f"{name}[{', '.join('ijklmn'[: ranks[name][1]])}]"


def _arrays(node: Term) -> Iterator[tuple[str, Term, int]]:
    """(name, term, number of indices) of the array that a node uses."""
    if node.head == "index" and node.args[0].head == "sym":
        yield node.args[0].name, node, len(node.args) - 1
    if node.head in ("det", "inv") and node.args[0].head == "sym":
        yield node.args[0].name, node, 2


def _scalars(node: Term) -> Iterator[str]:
    """The names among a node's children that stand for one number."""
    children = () if node.head in ("det", "inv") else node.args[1:] if node.head == "index" else node.args
    yield from (child.name for child in children if child.head == "sym")


def with_sizes(parts: tuple[Term, ...], domain: Domain) -> tuple[tuple[Term, ...], Domain]:
    """The same, where E is a size, and not Euler's number, if an axis or a sum ends there."""
    ends = [end for part in parts for node in subterms(part) if node.head in BINDERS for end in node.args[2:]]
    ends += [end for axes in domain.axes.values() for axis in axes for end in axis]
    if not any(EULER in subterms(end) for end in ends):
        return parts, domain

    def named(part: Term) -> Term:
        return transform(part, lambda node: symbol(EULER.name) if node is EULER else node)

    axes = {name: tuple((named(first), named(last)) for first, last in spans) for name, spans in domain.axes.items()}
    return tuple(map(named, parts)), replace(domain, axes=axes)
