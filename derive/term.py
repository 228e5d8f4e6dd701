"""`Term`: one immutable, hash-consed expression that keeps the order it was written in.

A Term knows its shape and nothing else: no assumptions, no simplification, no polynomials.
Equal terms are the same object, so `is` and `==` agree and shared subterms are shared memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final, Union
from weakref import WeakValueDictionary

from derive.elementary.table import column

Operand = Union["Term", int, Fraction]

# Functions and the number of arguments each takes.
FUNCTIONS: Final[dict[str, int]] = column("arity")
RELATIONS: Final = ("lt", "le", "gt", "ge", "eq", "ne")
CONNECTIVES: Final = ("and", "or", "not")
CONDITIONS: Final = (*RELATIONS, *CONNECTIVES, "true", "false")
BINDERS: Final = ("sum", "product", "maximum")  # args: body, bound symbol, first, last (inclusive)
CONSTANTS: Final = ("pi", "E", "oo", "nan")

_printer: list[Callable[[Term], str]] = [lambda root: f"<Term {root.head}>"]


def print_by(write: Callable[[Term], str]) -> None:
    """Terms print themselves by `write`: the notation that stands on this module says so when it is loaded."""
    _printer[0] = write


_interned: WeakValueDictionary[tuple[object, ...], Term] = WeakValueDictionary()


class Term:
    """A node: `head` says what it is, `args` are its children, `data` is a leaf's payload.

    Heads: `num` (data: a non-negative Fraction), `sym` (data: a name), `const` (data: a name in
    CONSTANTS), `add sub mul div pow` (two args), `neg`, a name in FUNCTIONS, `index` (base symbol,
    then indices), the BINDERS, `delta` (Kronecker's, two indices), `cases` (value, condition, value,
    condition, ...; read in order), RELATIONS, `and or not`, `true false`, `der` (body, variable: a
    derivative not yet taken) and `apply` (data: the name of a function that is not in FUNCTIONS).
    """

    __slots__ = ("__weakref__", "args", "data", "head")
    head: str
    args: tuple[Term, ...]
    data: Fraction | str | None

    def __new__(cls, head: str, args: tuple[Term, ...] = (), data: Fraction | str | None = None) -> Term:
        # A term keeps its children alive, so their identities are a safe key.
        key = (head, data, *map(id, args))
        found = _interned.get(key)
        if found is None:
            found = object.__new__(cls)
            object.__setattr__(found, "head", head)
            object.__setattr__(found, "args", args)
            object.__setattr__(found, "data", data)
            _interned[key] = found
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Term is immutable: cannot set {name}")

    def __reduce__(self) -> tuple[object, ...]:
        return (Term, (self.head, self.args, self.data))

    def __repr__(self) -> str:
        return _printer[0](self)

    def __neg__(self) -> Term:
        return Term("neg", (self,))

    def __add__(self, other: Operand) -> Term:
        return Term("add", (self, term(other)))

    def __radd__(self, other: Operand) -> Term:
        return Term("add", (term(other), self))

    def __sub__(self, other: Operand) -> Term:
        return Term("sub", (self, term(other)))

    def __rsub__(self, other: Operand) -> Term:
        return Term("sub", (term(other), self))

    def __mul__(self, other: Operand) -> Term:
        return Term("mul", (self, term(other)))

    def __rmul__(self, other: Operand) -> Term:
        return Term("mul", (term(other), self))

    def __truediv__(self, other: Operand) -> Term:
        return Term("div", (self, term(other)))

    def __rtruediv__(self, other: Operand) -> Term:
        return Term("div", (term(other), self))

    def __pow__(self, other: Operand) -> Term:
        return Term("pow", (self, term(other)))

    def __rpow__(self, other: Operand) -> Term:
        return Term("pow", (term(other), self))

    def __getitem__(self, indices: Operand | tuple[Operand, ...]) -> Term:
        where = indices if isinstance(indices, tuple) else (indices,)
        return Term("index", (self, *map(term, where)))

    def __iter__(self) -> Iterator[Term]:
        raise TypeError("a Term is not a sequence; its children are .args")

    @property
    def name(self) -> str:
        """The name that a `sym`, `const` or `apply` carries."""
        assert isinstance(self.data, str)
        return self.data

    @property
    def number(self) -> Fraction:
        """The value that a `num` carries."""
        assert isinstance(self.data, Fraction)
        return self.data


def term(value: Operand) -> Term:
    """`value` itself, or the term that writes the number `value`: 3, -3, 1/2."""
    if isinstance(value, Term):
        return value
    if value < 0:
        return -term(-value)
    if isinstance(value, int) or value.denominator == 1:
        return Term("num", (), Fraction(value))
    return term(value.numerator) / term(value.denominator)


def decimal(value: Fraction) -> Term:
    """The leaf for a non-negative terminating decimal literal, kept as one number: 0.5 stays 0.5."""
    return Term("num", (), value)


def symbol(name: str) -> Term:
    return Term("sym", (), name)


def call(function: str, *args: Operand) -> Term:
    """`function(args)`, for a function of FUNCTIONS."""
    if len(args) != FUNCTIONS[function]:
        raise ValueError(f"{function} takes {FUNCTIONS[function]} argument(s), not {len(args)}")
    return Term(function, tuple(map(term, args)))


def relation(kind: str, left: Operand, right: Operand) -> Term:
    assert kind in RELATIONS
    return Term(kind, (term(left), term(right)))


def cases(*branches: tuple[Operand, Term], otherwise: Operand | None = None) -> Term:
    """The first value whose condition holds; `otherwise` is the value where none does."""
    flat = [part for value, condition in branches for part in (term(value), condition)]
    if otherwise is not None:
        flat += [term(otherwise), TRUE]
    return Term("cases", tuple(flat))


def branches(piecewise: Term) -> list[tuple[Term, Term]]:
    """The (value, condition) pairs of a `cases` term."""
    return list(zip(piecewise.args[::2], piecewise.args[1::2], strict=True))


TRUE: Final = Term("true")
FALSE: Final = Term("false")
ZERO: Final = term(0)
ONE: Final = term(1)
PI: Final = Term("const", (), "pi")
INFINITY: Final = Term("const", (), "oo")
NAN: Final = Term("const", (), "nan")


def subterms(root: Term) -> Iterator[Term]:
    """Every distinct subterm once, children before parents."""
    seen: set[Term] = set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.args) if child not in seen)


def rebuild(node: Term, args: tuple[Term, ...]) -> Term:
    """`node` with other children."""
    return node if args == node.args else Term(node.head, args, node.data)


def transform(root: Term, visit: Callable[[Term], Term]) -> Term:
    """`visit` applied to every distinct subterm once, from the leaves up."""
    done: dict[Term, Term] = {}
    for node in subterms(root):
        done[node] = visit(rebuild(node, tuple(done[child] for child in node.args)))
    return done[root]


def descend(root: Term, visit: Callable[[Term, Callable[[Term], Term]], Term]) -> Term:
    """`visit(node, walk)` once for every distinct subterm that it reaches from the root down; `walk` goes on."""
    done: dict[Term, Term] = {}

    def walk(node: Term) -> Term:
        if node not in done:
            done[node] = visit(node, walk)
        return done[node]

    return walk(root)


@lru_cache(4096)
def free_symbols(root: Term) -> frozenset[str]:
    """Names that occur in `root` and that no sum, product or maximum binds."""
    free: dict[Term, frozenset[str]] = {}
    for node in subterms(root):
        if node.head == "sym":
            free[node] = frozenset((node.name,))
        elif node.head in BINDERS:
            body, bound, first, last = node.args
            free[node] = (free[body] - {bound.name}) | free[first] | free[last]
        else:
            free[node] = frozenset().union(*(free[child] for child in node.args))
    return free[root]


def fresh(name: str, taken: frozenset[str] | set[str]) -> str:
    """`name`, or `name_1`, `name_2`, ...: the first that is not taken."""
    if name not in taken:
        return name
    count = 1
    while f"{name}_{count}" in taken:
        count += 1
    return f"{name}_{count}"


def substitute(root: Term, replacements: Mapping[Term, Term]) -> Term:
    """`root` with subterms replaced, never capturing: bound names give way to free ones.

    Keys are symbols or whole subterms such as `x[i]`; a bound name shields what it binds.
    """
    if not replacements:
        return root
    names_in = {key: free_symbols(key) for key in replacements}
    incoming = frozenset().union(*map(free_symbols, replacements.values()))

    def visit(node: Term, walk: Callable[[Term], Term]) -> Term:
        if node in replacements:
            return replacements[node]
        if node.head not in BINDERS:
            return rebuild(node, tuple(map(walk, node.args)))
        body, bound, first, last = node.args
        inner = {key: value for key, value in replacements.items() if bound.name not in names_in[key]}
        if bound.name in incoming:
            renamed = symbol(fresh(bound.name, incoming | free_symbols(body)))
            body, bound = substitute(body, {bound: renamed}), renamed
        return Term(node.head, (substitute(body, inner), bound, walk(first), walk(last)))

    return descend(root, visit)


def size(root: Term) -> int:
    """The number of distinct subterms: what a program that shares them would compute."""
    return sum(1 for _ in subterms(root))


@lru_cache(maxsize=2**14)  # rooms ask it of a term and then of its parts
def rational_value(root: Term) -> Fraction | None:
    """The value of a term made of numbers and + - * / and small integer powers; None for any other."""
    if root.head == "num":
        return root.number
    if root.head not in ("add", "sub", "mul", "div", "neg", "pow"):
        return None
    parts = [rational_value(child) for child in root.args]
    if any(part is None for part in parts):
        return None
    left, right = parts[0], parts[-1]
    assert left is not None
    assert right is not None
    if root.head == "neg":
        return -left
    if root.head == "div":
        return left / right if right else None
    if root.head == "pow":
        small = right.denominator == 1 and abs(right) <= 64 and (left or right >= 0)
        return left ** int(right) if small else None
    return {"add": left + right, "sub": left - right, "mul": left * right}[root.head]
