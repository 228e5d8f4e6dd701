"""What a target cannot have: words that mean something else in it, kernels of one name, functions that it lacks."""

from __future__ import annotations

from collections.abc import Iterable

from derive.codegen.target import Target
from derive.errors import SpecError, UnsupportedError, did_you_mean
from derive.spec.statement import Function
from derive.term import FUNCTIONS, Term, free_symbols, subterms


def refuse_names(function: Function, target: Target) -> None:
    """Raises SpecError where the name of the function or of an argument means something else in the target."""
    if function.name in target.reserved_functions:
        raise taken(function, function.name, target)
    for name in (*function.inputs, *function.params):
        if name in target.reserved:
            raise taken(function, name, target)


def refuse_functions(function: Function, target: Target, body: Term) -> None:
    """Raises UnsupportedError where `body`, which `function` is by what kernels call, has what the target lacks."""
    known = {head for it in target.formats for head in it.operations}
    for node in subterms(body):
        if node.head in FUNCTIONS and free_symbols(node) and node.head not in known:
            raise UnsupportedError(
                f"{function.where}: the target {target.name} has no {node.head}: write {function.name} by others, or "
                "build it with --target for one that has it (docs/functions.md lists who has what)"
            )


def refuse_accuracy(function: Function, targets: Iterable[str]) -> None:
    """Raises SpecError where the contract speaks of what is none of the targets."""
    known = tuple(targets)
    for name in function.accuracy.bounds:
        if name not in known:
            said = f"accuracy speaks of {name}, which is no target{did_you_mean(name, known)}"
            raise SpecError(f"{function.where}: {said}: there are {', '.join(known)}")


def taken(function: Function, name: str, target: Target, made_of: str = "") -> SpecError:
    """What is said of a name that means something else; `made_of` is the author's own, where the name comes from it."""
    rename = f"another name for {made_of}" if made_of else "another name"
    return SpecError(
        f"{function.where}: {name} has a meaning of its own in {target.name}; "
        f"choose {rename}, such as {made_of or name}_1"
    )


def refuse_repeated(functions: Iterable[Function]) -> None:
    """Raises SpecError where two functions, or a function and another's derivative, are called the same."""
    first: dict[str, Function] = {}
    for function in functions:
        for stem in _taken_by(function):
            other = first.setdefault(stem, function)
            if other is not function:
                what = "this name" if stem == function.name == other.name else f"the name {stem} of a kernel"
                raise SpecError(f"{function.where}: {what} is taken by {other.where}: choose another")


def _taken_by(function: Function) -> list[str]:
    """The names of a function's kernels, up to their number formats."""
    both = [f"{function.name}_with_derivative{suffix}" for suffix in _suffixes(function)]
    return [f"{stem}{variant}" for stem in (*stems(function), *both) for variant in ("", "_fast")]


def _suffixes(function: Function) -> tuple[str, ...]:
    return ("", *(f"_{name}" for name in function.wrt[1:]))


def stems(function: Function) -> list[str]:
    """What the kernels of a function may be called."""
    orders = [f"{order}{suffix}" for order in ("vjp", "d2") for suffix in _suffixes(function)]
    return [function.name, *(f"{function.name}_{order}" for order in orders)]
