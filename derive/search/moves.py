"""What a form can become in one step: every rule at every shared subterm, and the macro rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from derive.domain import Domain
from derive.rewrite import Rule, Step, read_rules, replace_everywhere
from derive.rules.accuracy import DEFINITIONS, PAGES, TIDY
from derive.search.fractions import rational_forms
from derive.stable.fold import fold
from derive.term import RELATIONS, Term, rebuild, subterms

Macro = Callable[[Term, Domain], Iterator[Term]]


@cache
def _by_head(*pages: str) -> dict[str, tuple[Rule, ...]]:
    found = defaultdict[str, list[Rule]](list)
    for page in pages:
        for rule in read_rules(page):
            found[rule.left.head].append(rule)
    return {head: tuple(rules) for head, rules in found.items()}


def _folded(node: Term, domain: Domain) -> Iterator[Term]:
    yield fold(node, domain)


BY_ARITHMETIC: Final = "one fraction"
MACROS: Final[tuple[tuple[str, Macro], ...]] = (
    (BY_ARITHMETIC, rational_forms),
    ("fold the exponential", _folded),
)


class Moves:
    """Steps from forms of one formula, on its domain; what a subterm can become is found once."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.known: dict[Term, tuple[tuple[str, Term], ...]] = {}
        self.tidied: dict[Term, Term] = {}

    def steps(self, root: Term) -> Iterator[Step]:
        """Each step from `root`; it rewrites one distinct subterm wherever that occurs."""
        for node in _evaluated(root):
            for rule, other in self.others(node):
                after = self.tidy(replace_everywhere(root, node, other))
                if after != root:
                    yield Step(rule, root, after)

    def others(self, node: Term) -> tuple[tuple[str, Term], ...]:
        """What `node` itself can become, with the name of the rule."""
        if node not in self.known:
            made = dict[Term, str]()
            for rule in _by_head(*PAGES).get(node.head, ()):
                for after in rule.instances(node, self.domain):
                    made.setdefault(self.tidy(after), rule.name)
            for name, macro in MACROS:
                for after in macro(node, self.domain):
                    made.setdefault(self.plain(after), name)
            self.known[node] = tuple((name, after) for after, name in made.items() if after != node)
        return self.known[node]

    def tidy(self, root: Term) -> Term:
        """`root` without what nobody would write."""
        return self._everywhere(root, _by_head(TIDY))

    def plain(self, root: Term) -> Term:
        """`root` in functions that kernels compute, tidied."""
        return self._everywhere(root, _by_head(TIDY, DEFINITIONS))

    def _everywhere(self, root: Term, rules: dict[str, tuple[Rule, ...]]) -> Term:
        image: dict[Term, Term] = {}
        for node in subterms(root):
            made = rebuild(node, tuple(image[part] for part in node.args))
            image[node] = self._settled(made, rules)
        return image[root]

    def _settled(self, node: Term, rules: dict[str, tuple[Rule, ...]]) -> Term:
        for rule in rules.get(node.head, ()):
            after = rule.apply(node, self.domain)
            if after is not None:
                return self._everywhere(after, rules)
        return node


def _evaluated(root: Term) -> Iterator[Term]:
    """The distinct subterms that are numbers, parents first; conditions are left as they are."""
    seen, stack = set[Term](), [root]
    while stack:
        node = stack.pop()
        if node in seen or node.head in RELATIONS or not node.args:
            continue
        seen.add(node)
        yield node
        stack += [part for part in node.args if part.head not in ("true", "false", "and", "or", "not")]
