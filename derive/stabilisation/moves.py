"""What a form can become in one step: every rule at every shared subterm, and the macro rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

from derive.rules.accuracy import DEFINITIONS, PAGES, TIDY
from derive.rules.engine import Rule, Step, read_rules, replace_everywhere
from derive.spec.domain import Domain
from derive.stabilisation.fold import fold
from derive.stabilisation.fractions import by_reciprocal, rational_forms
from derive.stabilisation.underflow import with_factored_exponential
from derive.term import RELATIONS, Term, rebuild, subterms

BY_ARITHMETIC: Final = "one fraction"
BY_RECIPROCAL: Final = "by the reciprocal where it is large"
BY_FOLDING: Final = "fold the exponential"
BY_HALVES: Final = "exponential taken out"
Rules = dict[str, tuple[Rule, ...]]
Derived = tuple[Term, tuple[Step, ...]]  # a form, and the steps that lead to it


@cache
def _by_head(*pages: str) -> Rules:
    found = defaultdict[str, list[Rule]](list)
    for page in pages:
        for rule in read_rules(page):
            found[rule.left.head].append(rule)
    return {head: tuple(rules) for head, rules in found.items()}


class Moves:
    """Steps from forms of one formula, on its domain; what a subterm can become is found once.

    stated: exponentials are folded in its subterms alone, as in what is made of them it comes to the same; without
    it, anywhere.
    """

    def __init__(self, domain: Domain, stated: Term | None = None) -> None:
        self.domain = domain
        self.known: dict[Term, tuple[tuple[str, Term], ...]] = {}
        self.tidied: dict[Term, Term] = {}
        self.plainer: dict[Term, Term] = {}
        self.foldable = None if stated is None else frozenset(subterms(self.plain(stated)))

    def folded(self, stated: Term) -> Derived:
        """A formula in functions that kernels compute and with its exponentials folded, and the steps to that."""
        plain = self.plain(stated)
        folded = self.plain(fold(plain, self.domain))
        steps = (Step("definition", stated, plain), Step(BY_FOLDING, plain, folded))
        return folded, tuple(step for step in steps if step.before != step.after)

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
            for after in rational_forms(node):
                made.setdefault(self.plain(after), BY_ARITHMETIC)
            for after in by_reciprocal(node):
                made.setdefault(self.tidy(after), BY_RECIPROCAL)
            for after in with_factored_exponential(node):
                made.setdefault(self.tidy(after), BY_HALVES)
            if self.foldable is None or node in self.foldable:
                made.setdefault(self.plain(fold(node, self.domain)), BY_FOLDING)
            self.known[node] = tuple((name, after) for after, name in made.items() if after != node)
        return self.known[node]

    def tidy(self, root: Term) -> Term:
        """`root` without what nobody would write."""
        return self._everywhere(root, _by_head(TIDY), self.tidied)

    def plain(self, root: Term) -> Term:
        """`root` in functions that kernels compute, tidied."""
        return self._everywhere(root, _by_head(TIDY, DEFINITIONS), self.plainer)

    def _everywhere(self, node: Term, rules: Rules, known: dict[Term, Term]) -> Term:
        if node not in known:
            made = rebuild(node, tuple(self._everywhere(part, rules, known) for part in node.args))
            known[node] = self._settled(made, rules, known)
        return known[node]

    def _settled(self, node: Term, rules: Rules, known: dict[Term, Term]) -> Term:
        for rule in rules.get(node.head, ()):
            after = rule.apply(node, self.domain)
            if after is not None:
                return self._everywhere(after, rules, known)
        return node


def _evaluated(root: Term) -> Iterator[Term]:
    """The distinct subterms that are numbers, parents first; conditions are left as they are, and so are exponents in
    two parts: what is 0 in exact arithmetic alone would be cancelled there."""
    seen, stack = set[Term](), [root]
    while stack:
        node = stack.pop()
        if node in seen or node.head in RELATIONS or not node.args:
            continue
        seen.add(node)
        yield node
        if node.head == "expdiff":
            continue
        stack += [part for part in node.args if part.head not in ("true", "false", "and", "or", "not")]
