"""What a document is read from: its lines, the formulas in its sentences, its words, and its names for arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from derive.notation.latex_stream import Names
from derive.review.components import WHOLE
from derive.review.context import bold_names
from derive.review.header import Header
from derive.review.indexing import DOTS
from derive.review.prose import Prose
from derive.review.reading import FormulaRow, is_name, written_terms
from derive.term import BINDERS, free_symbols, subterms

DEFINING: Final = ("=", ":=", "equiv", "triangleq", "coloneqq")


@dataclass(frozen=True)
class Source:
    """What a document is read from: its lines, the formulas in its sentences that state something, its words.

    `shapeless` names are vectors or matrices; `sizes` end the sums of which the document says how far they run, `size`
    those of which it does not.
    """

    rows: Sequence[FormulaRow]
    inlines: Sequence[FormulaRow]
    prose: Prose
    header: Header
    shapeless: frozenset[str]
    sizes: frozenset[str]
    size: str

    @property
    def every_size(self) -> frozenset[str]:
        return self.sizes | {self.size}


def find_source(
    rows: Sequence[FormulaRow], inlines: Sequence[FormulaRow], prose: Prose, header: Header, names: Names
) -> Source:
    """`inlines` are all formulas in sentences, conditions among them."""
    said = zip(inlines, prose.inlines, strict=True)
    stating = [chain for row, inline in said if not inline.supposes for chain in row.chains if _states(chain)]
    nodes = (node for root in written_terms((*rows, *inlines)) for node in subterms(root))
    ends = {node.args[3] for node in nodes if node.head in BINDERS}
    sizes = frozenset(name for end in ends for name in free_symbols(end)) - free_symbols(names.last)
    shapeless = names.arrays | whole_names(rows, names) - sizes
    chains = [chain for row in rows for chain in row.chains]
    return Source(chains, stating, prose, header, shapeless, sizes, str(names.last))


def _states(row: FormulaRow) -> bool:
    """Whether a formula in a sentence says what a name is, and not which value it has somewhere."""
    if len(row.readings) < 2 or row.readings[1].member.relation not in DEFINING:
        return False
    first, second = row.readings[0].written, row.readings[1].written
    if second is None and any(dots in row.readings[1].member.text for dots in DOTS):
        return False  # a range
    return (first is None or is_name(first)) and (second is None or bool(free_symbols(second)))


def whole_names(rows: Sequence[FormulaRow], names: Names) -> frozenset[str]:
    """Names that are printed bold, transposed or measured, and beside them every capital letter."""
    found = {name for row in rows for reading in row.readings for name in bold_names(reading.member, names)}
    nodes = [node for root in written_terms(rows) for node in subterms(root)]
    found |= {node.args[0].name for node in nodes if node.head in WHOLE and node.args[0].head == "sym"}
    if found or any(node.head in WHOLE for node in nodes):
        found |= {node.name for node in nodes if node.head == "sym" and len(node.name) == 1 and node.name.isupper()}
    return frozenset(found)
