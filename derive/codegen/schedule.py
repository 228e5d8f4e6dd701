"""Temporaries: which subterms of a kernel get a name, what name, and at which level each is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from derive.codegen.kernel import Assign, Axis, Reduce, Reduction, Statement
from derive.elementary.table import column
from derive.term import CONDITIONS, Term, rational_value, rebuild, subterms, symbol

# Levels: the same for every call; computed once a call, once a row, once an element.
CONSTANT, CALL, ROW, ELEMENT = range(4)
REDUCTIONS: Final[tuple[Literal["sum", "maximum"], ...]] = ("sum", "maximum")
TOGETHER: Final = "together"  # of roots that are computed at once: no operation of a kernel
HEAVY: Final = 6  # operations in one expression, above which a part of it gets a name

NAMES: Final[dict[str, str]] = {
    "sum": "total", "maximum": "largest", "add": "s", "sub": "d", "mul": "p", "div": "q", "cases": "v",
    **column("temporary"),
}  # fmt: skip


class Names:
    """The temporaries of one function: a term has the same name in each of its kernels."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.known: dict[Term, str] = {}

    def of(self, node: Term, level: int) -> str:
        if node not in self.known:
            self.known[node] = self.fresh(_base_name(node, level))
        return self.known[node]

    def fresh(self, base: str) -> str:
        """`base`, `base2`, `base3`, ...: the first that is free, which is then taken."""
        count, name = 1, base
        while name in self.taken:
            count += 1
            name = f"{base}{count}"
        self.taken.add(name)
        return name


def _base_name(node: Term, level: int) -> str:
    if level == CONSTANT:
        return "c"
    if node.head == "sum" and node.args[0].head == "mul":
        return "dot"
    if node.head == "mul" and node.args[0] == node.args[1]:
        return "square"
    return NAMES.get(node.head, "t")


class Schedule:
    """The temporaries of one kernel.

    `root` is in kernel form: symbols are arguments or sizes at the present position, whose levels
    `levels` gives; a reduction has its body as its only child. `site`: the level at which the
    root's own value is written.
    """

    def __init__(self, root: Term, levels: Mapping[str, int], site: int, names: Names) -> None:
        self.root = root
        self.order = list(subterms(root))
        self.level: dict[Term, int] = {}
        self.stage: dict[Term, int] = {}
        for node in self.order:
            self.level[node] = self._level(node, levels)
            self.stage[node] = max((self.stage[part] for part in node.args), default=0) + (node.head in REDUCTIONS)
        self.named = self._shared_or_hoisted(site) | self._reduced()
        self._split_heavy()
        self.names = {node: names.of(node, self.level[node]) for node in self.order if node in self.named}

    def _level(self, node: Term, levels: Mapping[str, int]) -> int:
        if node.head == "sym":
            return levels[node.name]
        if node.head in REDUCTIONS:
            return ROW
        return max((self.level[part] for part in node.args), default=CONSTANT)

    def _shared_or_hoisted(self, site: int) -> set[Term]:
        """What is used twice, or used at a deeper level than the one that determines it."""
        uses: Counter[Term] = Counter()
        sites = {self.root: site}
        found = set()
        for node in reversed(self.order):
            if node not in sites:
                continue
            is_root = self.root.head == TOGETHER and node in self.root.args
            if not self._trivial(node) and (uses[node] > 1 or self.level[node] < sites[node] or is_root):
                found.add(node)
            if self.level[node] == CONSTANT:
                continue
            below = ELEMENT if node.head in REDUCTIONS else self.level[node] if node in found else sites[node]
            for part in node.args:
                uses[part] += 1
                sites[part] = max(sites.get(part, below), below)
        return found

    def _reduced(self) -> set[Term]:
        return {node for node in self.order if node.head in REDUCTIONS}

    def _trivial(self, node: Term) -> bool:
        """What is as short as its name would be, or has no name for a type."""
        if node.head in ("sym", "num", "const", *CONDITIONS):
            return True
        if self.level[node] == CONSTANT and rational_value(node) is not None:
            return True
        return node.head == "neg" and self._trivial(node.args[0])

    def _split_heavy(self) -> None:
        weight: dict[Term, int] = {}
        for node in self.order:
            if self.level[node] == CONSTANT:
                weight[node] = 0
                continue
            inline = [part for part in node.args if part not in self.named]
            while 1 + sum(weight[part] for part in inline) > HEAVY:
                heaviest = max(inline, key=lambda part: weight[part])
                if self._trivial(heaviest) or weight[heaviest] < 2:
                    break
                self.named.add(heaviest)
                inline.remove(heaviest)
            weight[node] = 0 if node.head == "sym" else 1 + sum(weight[part] for part in inline)

    def use(self, node: Term) -> Term:
        """`node` as an expression writes it: its name, or its value where it has none."""
        return symbol(self.names[node]) if node in self.names else self.value(node)

    def value(self, node: Term) -> Term:
        """What `node` is computed from; constants stay whole, to be rounded once."""
        if self.level[node] == CONSTANT:
            return node
        return rebuild(node, tuple(map(self.use, node.args)))

    def temporaries(self, level: int, stage: int | None = None) -> list[Assign]:
        """The assignments of a level, those of one stage alone where it is given."""
        return [
            self._assign(node)
            for node in self.order
            if node in self.names and node.head not in REDUCTIONS and self.level[node] == level
            if stage is None or self.stage[node] == stage
        ]

    def element_temporaries(self, *roots: Term) -> list[Assign]:
        """The assignments that an element's values `roots` need, in order."""
        needed: set[Term] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in needed and self.level[node] == ELEMENT:
                needed.add(node)
                stack.extend(node.args)
        return [self._assign(node) for node in self.order if node in needed and node in self.names]

    def row_statements(self, element: Axis) -> list[Statement]:
        """What is computed once a row: reductions that do not need each other share a loop."""
        found: list[Statement] = []
        for stage in range(max(self.stage.values()) + 1):
            found += self.temporaries(ROW, stage)
            for kind in REDUCTIONS:
                group = [node for node in self.order if node.head == kind and self.stage[node] == stage + 1]
                if group:
                    body = self.element_temporaries(*(node.args[0] for node in group))
                    parts = (Reduction(self.names[node], self.use(node.args[0])) for node in group)
                    found.append(Reduce(element, kind, tuple(body), tuple(parts)))
        return found

    def _assign(self, node: Term) -> Assign:
        reason = str(node) if self.level[node] == CONSTANT else _reason(node)
        return Assign(self.names[node], self.value(node), reason)


def _reason(node: Term) -> str:
    """Why a temporary is what it is, where the form alone says so."""
    if node.head == "exp" and node.args[0].head == "neg" and _nonnegative(node.args[0].args[0]):
        return "in [0, 1]: never overflows"
    if node.head == "expm1" and node.args[0].head == "neg" and _nonnegative(node.args[0].args[0]):
        return "in [-1, 0]: never overflows"
    if node.head == "expdiff" and node.args[1].head == "maximum" and node.args[1].args[0] == node.args[0]:
        return "in [0, 1]: never overflows"
    return ""


def _nonnegative(node: Term) -> bool:
    if node.head in ("mul", "add", "div"):
        return all(map(_nonnegative, node.args)) or (node.head == "mul" and node.args[0] == node.args[1])
    return node.head in ("abs", "num")
