"""What people read of a function: its derivation as a page of LaTeX, for a terminal, in Markdown, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from derive.calculus.derivative import times
from derive.calculus.vjp import upstream_name
from derive.codegen.emit import render
from derive.codegen.target import SourceFile
from derive.derivation.chain import Derivation, differentiate_again
from derive.derivation.columns import DerivationRow, aligned, with_standing
from derive.notation.latex import write_latex
from derive.notation.pretty import pretty_name, write_pretty
from derive.present.layout import page_lines
from derive.proof.verdict import Proof
from derive.rules.engine import replace_everywhere
from derive.spec.function import order_in_words
from derive.spec.statement import Function
from derive.stabilisation.forms import EvaluationForm, orders, stabilise
from derive.stabilisation.kinks import twice_differentiable
from derive.term import BINDERS, ONE, Term, free_symbols, fresh, subterms, symbol

TEMPLATE: Final = "latex/NAME.tex.j2"


def latex_page(
    function: Function,
    derivations: Mapping[str, Derivation],
    templates: Path | None = None,
    environment: str = "aligned",
) -> SourceFile:
    r"""`latex/<name>.tex`: the definition and a chain of steps for each derivative, no wider than article's text.

    Second derivatives are among them where the function has kernels of them. An `aligned` block stands within
    `\[ \]`; `align` numbers each step, `align*` does not. All are amsmath's.

    `templates`: a folder whose templates come before the stock ones.
    """
    rows = latex_rows(derivations)
    text = render(
        TEMPLATE,
        {
            "name": function.name,
            "definition": f"{function.name}({', '.join((*function.inputs, *function.params))}) = {function.body}",
            "page": function.where.partition(":")[0],
            "source": function.source,
            "rows": rows,
            "lines": page_lines(rows, environment),
            "environment": environment,
        },
        templates,
    )
    return SourceFile(f"latex/{function.name}.tex", text)


def latex_rows(derivations: Mapping[str, Derivation]) -> list[DerivationRow]:
    """The definition once, then the steps of every derivative."""
    chains = [derivation.rows("latex") for _, derivation in _with_second(derivations)]
    return [*(chains[0][:1] if chains else []), *(row for rows in chains for row in rows[1:])]


def _with_second(derivations: Mapping[str, Derivation]) -> Iterator[tuple[str, Derivation]]:
    """The derivations, each followed by that of the second derivative where there are kernels of it."""
    for name, derivation in derivations.items():
        yield name, derivation
        if name in twice_differentiable(derivation.function):
            yield name, differentiate_again(derivation)


def show_text(
    derivations: Mapping[str, Derivation], steps: bool = True, proofs: Mapping[str, Proof] | None = None
) -> str:
    """For a terminal: the definition, and each derivative with its steps or with the closed form alone.

    `proofs`: those of the documented closed forms, by the name of the variable.
    """
    blocks: list[str] = []
    for name, derivation in _with_second(derivations):
        definition, *rows = derivation.rows("pretty")
        if said := _standing(derivation, (proofs or {}).get(name)):
            rows[-1] = with_standing(rows[-1], said)
        if not blocks:
            blocks.append(f"{definition.left} = {definition.right}")
        if not steps:
            rows = [rows[-1]._replace(left=rows[0].left)]
        blocks.append("\n".join(aligned(rows)))
    return "\n\n".join(blocks)


def _standing(derivation: Derivation, documented: Proof | None) -> str:
    """Whether the closed form was documented or found, and what its proof came to."""
    if documented is not None and derivation.order == 1:
        return f"documented, {documented.verdict}"
    return f"found, {derivation.found.verdict}" if derivation.found else ""


def show_kernels(function: Function) -> str:
    """What the kernels evaluate, and the rules that made it of what is stated: equal, and stable."""
    listed = orders(function)
    lefts = [order_in_words(order, name and pretty_name(name)) for order, name in listed]
    rows = []
    for left, (order, name) in zip(lefts, listed, strict=True):
        form = stabilise(function, order, name)
        body, series = _without_series(form, symbol(upstream_name(function)) if order == "vjp" else ONE)
        written, named = _with_names(body)
        said = (*(f"{name} = {write_pretty(part)}" for name, part in named.items()), *series)
        right = ",  ".join((write_pretty(written), *said))
        rows.append(
            DerivationRow(
                f"{left:<{max(map(len, lefts))}}", right, ", ".join(dict.fromkeys(s.rule for s in form.steps))
            )
        )
    return "\n".join(("for kernels", *(f"  {line}" for line in aligned(rows))))


def _without_series(form: EvaluationForm, factor: Term) -> tuple[Term, list[str]]:
    """A form in which a name stands for each part that approximates, and what each of these is."""
    parts = form.answer.parts if form.answer is not None else ()
    series = [part for part in parts if part.within]
    if form.answer is None or not series:
        return form.body, []
    names = {part: symbol(f"p_{place}") for place, part in enumerate(series, 1)}
    shown = times(factor, form.answer.joined([names.get(part, part.form) for part in parts]))
    return shown, [f"{name} a {part.within}" for part, name in names.items()]


def _with_names(root: Term) -> tuple[Term, dict[Term, Term]]:
    """`root` with letters for the exponentials and reductions that it uses twice, and what they stand for."""
    uses = Counter(child for node in subterms(root) for child in node.args)
    repeated = [node for node in subterms(root) if uses[node] > 1 and node.head in (*BINDERS, "exp", "expm1")]
    named: dict[Term, Term] = {}
    for node in repeated:
        name = symbol(fresh("z", free_symbols(root) | {known.name for known in named}))
        part = node
        for known, meaning in named.items():
            part = replace_everywhere(part, meaning, known)
        root = replace_everywhere(root, part, name)
        named[name] = part
    return root, named


def show_markdown(function: Function, derivations: Mapping[str, Derivation]) -> str:
    """A heading, the definition, a display for each derivation, and the source."""
    blocks = [f"## {function.name}"]
    blocks += [f"$$\n{derivation.latex()}\n$$" for _, derivation in _with_second(derivations)]
    said = function.domain.hypotheses((*function.inputs, *function.params))
    return "\n\n".join([*blocks, f"For {', '.join(said)}.", *([f"Source: {function.source}"] * bool(function.source))])


def to_json(function: Function, derivations: Mapping[str, Derivation]) -> dict[str, Any]:
    """The function and its derivations as plain data; formulas as text and as LaTeX."""
    return {
        "name": function.name,
        "inputs": list(function.inputs),
        "params": list(function.params),
        "definition": str(function.body),
        "definition_latex": write_latex(function.body),
        "hypotheses": list(function.domain.hypotheses((*function.inputs, *function.params))),
        "source": function.source,
        "derivations": {name: derivation.to_json() for name, derivation in derivations.items()},
        "second_derivatives": {name: it.to_json() for name, it in _with_second(derivations) if it.order == 2},
    }
