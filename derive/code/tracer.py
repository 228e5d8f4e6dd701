"""`Tracer`: what an array is while code runs on symbols: the formula of one element, and a symbolic shape.

The indices of an element are symbols counted from the right, `#0` for the last axis, so that
broadcasting is nothing but writing two formulas side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from fractions import Fraction
from typing import Any, Final, TypeVar

import numpy as np

from derive.code.constants import EXACT, SINGLE, Constants
from derive.code.library import LOGIC, applied
from derive.errors import UnsupportedError
from derive.term import FALSE, ONE, RELATIONS, TRUE, ZERO, Term, cases, substitute, symbol, term

Shape = tuple[Term, ...]
Handler = TypeVar("Handler", bound=Callable[..., Any])
CONDITIONS: Final = (*RELATIONS, "and", "or", "not", "true", "false")

# NumPy's functions on traced arrays, by name; filled by `derive.code.arrays` and `derive.code.shapes`.
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {}
# Those that arrays also have as methods, and those that are a ufunc's `reduce`.
METHODS: Final = (
    "sum", "mean", "prod", "max", "min", "var", "std", "any", "all", "clip", "dot", "copy", "transpose", "swapaxes",
    "squeeze", "ravel", "flatten", "conj", "astype", "__array_namespace__",
)  # fmt: skip
REDUCTIONS: Final = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}

# Set while a function is traced: what an `if` on a condition chooses, and how constants are read.
decide: ContextVar[Callable[[Term], bool]] = ContextVar("decide")
constants: ContextVar[Constants] = ContextVar("constants", default=EXACT)


def position(axis: int) -> Term:
    """The index of an element along an axis, counted from the last."""
    return symbol(f"#{axis}")


def is_condition(formula: Term) -> bool:
    if formula.head == "cases":
        return all(is_condition(value) for value in formula.args[::2])
    return formula.head in CONDITIONS


def as_number(formula: Term) -> Term:
    """A condition counted as 1 where it holds and 0 where it does not."""
    return cases((ONE, formula), otherwise=ZERO) if is_condition(formula) else formula


def traces(*names: str) -> Callable[[Handler], Handler]:
    """Lists a function under the names that NumPy has for it."""

    def note(function: Handler) -> Handler:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return note


def _operator(name: str) -> Callable[..., Tracer]:
    return lambda self, *other: elementwise(name, self, *other)


def _reflected(name: str) -> Callable[[Tracer, Any], Tracer]:
    return lambda self, other: elementwise(name, other, self)


def _in_place(name: str) -> Callable[[Tracer, Any], Tracer]:
    return lambda self, other: self.write(elementwise(name, self, other))


class Tracer:
    """An array, or a scalar where `shape` is empty, of which only the formula is known.

    formula: the element at the indices `#0`, `#1`, ...; a condition for an array of booleans.
    shape: sizes from the left; along an axis of size 1 the formula does not vary.
    mask: the condition that selected these elements (`x[x > 0]`), where one did.
    borrowed: whether the data are the caller's, so that writing to them would be seen outside.
    """

    __slots__ = ("borrowed", "formula", "mask", "shape_")
    __hash__ = None  # type: ignore[assignment]  # equality is elementwise

    def __init__(self, formula: Term, shape: Shape = (), mask: Term | None = None, borrowed: bool = False) -> None:
        self.formula, self.shape_, self.mask, self.borrowed = formula, shape, mask, borrowed

    def __repr__(self) -> str:
        return f"<traced {self.formula}>"

    # Operators

    __add__, __radd__, __iadd__ = _operator("add"), _reflected("add"), _in_place("add")
    __sub__, __rsub__, __isub__ = _operator("subtract"), _reflected("subtract"), _in_place("subtract")
    __mul__, __rmul__, __imul__ = _operator("multiply"), _reflected("multiply"), _in_place("multiply")
    __truediv__, __rtruediv__, __itruediv__ = _operator("divide"), _reflected("divide"), _in_place("divide")
    __pow__, __rpow__, __ipow__ = _operator("power"), _reflected("power"), _in_place("power")
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _reflected("floor_divide")
    __mod__, __rmod__ = _operator("mod"), _reflected("mod")
    __and__, __rand__, __iand__ = _operator("logical_and"), _reflected("logical_and"), _in_place("logical_and")
    __or__, __ror__, __ior__ = _operator("logical_or"), _reflected("logical_or"), _in_place("logical_or")
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")  # type: ignore[assignment]
    __neg__, __pos__ = _operator("negative"), _operator("positive")
    __abs__, __invert__ = _operator("absolute"), _operator("logical_not")

    def __matmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](other, self)

    # What NumPy asks of an array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method == "reduce" and name in REDUCTIONS:
            return FUNCTIONS[REDUCTIONS[name]](*inputs, **{"axis": 0} | options)
        if method != "__call__":
            raise UnsupportedError(f"np.{name}.{method} is not traced")
        found = FUNCTIONS[name](*inputs) if name == "matmul" else elementwise(name, *inputs)
        return options["out"][0].write(found, options.get("where", True)) if "out" in options else found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function.__name__ not in FUNCTIONS:
            raise UnsupportedError(f"np.{function.__name__} is not traced")
        return FUNCTIONS[function.__name__](*args, **kwargs)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise UnsupportedError("a symbol cannot become a NumPy array; call np.asarray through a global np")

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(bool if is_condition(self.formula) else float)

    @property
    def shape(self) -> tuple[Any, ...]:
        return tuple(int(size.number) if size.head == "num" else Tracer(size) for size in self.shape_)

    @property
    def ndim(self) -> int:
        return len(self.shape_)

    @property
    def size(self) -> Any:
        whole: Any = 1
        for length in self.shape:
            whole = whole * length
        return whole

    @property
    def T(self) -> Tracer:
        return self.reordered(tuple(reversed(range(self.ndim))))

    def __getattr__(self, name: str) -> Any:
        """Methods of arrays: those of NumPy's functions that take the array first."""
        if name in METHODS:
            return lambda *args, **kwargs: FUNCTIONS[name](self, *args, **kwargs)
        raise AttributeError(f"a traced array has no {name}")

    def item(self) -> Tracer:
        return self

    # What Python asks of a number

    def __bool__(self) -> bool:
        if self.shape_:
            raise UnsupportedError("an `if` on a whole array is ambiguous; use np.where")
        formula = self.formula if is_condition(self.formula) else Term("ne", (self.formula, ZERO))
        return decide.get()(formula)

    def __float__(self) -> float:
        raise UnsupportedError("a symbol has no numeric value; leave out float(), and use np.* or math.* functions")

    def __int__(self) -> int:
        raise UnsupportedError("a symbol has no numeric value to count with")

    __index__ = __int__

    def __len__(self) -> int:
        size = self.shape[0] if self.shape_ else None
        if isinstance(size, int):
            return size
        raise UnsupportedError("the length of a traced array is a symbol; use x.shape[0]")

    def __iter__(self) -> Any:
        raise UnsupportedError("a loop over a traced array has a symbolic length; use np.sum and its like")

    # Writing

    def write(self, value: Tracer, where: Any = True) -> Tracer:
        """This array after `value` is stored in it, where a condition holds."""
        if self.borrowed:
            raise UnsupportedError(
                "an argument is changed in place, which its caller would see; write y = x * 2, not x *= 2"
            )
        if broadcast(self.shape_, value.shape_) != self.shape_:
            raise UnsupportedError("a larger array does not fit into a smaller one")
        chosen = lift(where).formula
        self.formula = value.formula if chosen is TRUE else cases((value.formula, chosen), otherwise=self.formula)
        return self

    def __setitem__(self, place: Any, value: Any) -> None:
        stored = lift(value)
        if place is Ellipsis or (isinstance(place, slice) and place == slice(None)):
            self.write(stored)
        elif isinstance(place, Tracer) and is_condition(place.formula):
            if stored.mask not in (None, place.formula):
                raise UnsupportedError("the values stored were selected by another mask")
            self.write(Tracer(stored.formula, stored.shape_), place)
        else:
            raise UnsupportedError("only a whole array or a boolean mask can be written to")

    def __getitem__(self, place: Any) -> Tracer:
        if isinstance(place, Tracer) and is_condition(place.formula):
            return Tracer(self.formula, self.shape_, place.formula)
        found: Tracer = FUNCTIONS["take"](self, place if isinstance(place, tuple) else (place,))
        return found

    # Shapes

    def copied(self) -> Tracer:
        return Tracer(self.formula, self.shape_, self.mask)

    def reordered(self, axes: tuple[int, ...]) -> Tracer:
        """The axes, numbered from the left, in another order."""
        last = self.ndim - 1
        moved = {position(last - old): position(last - new) for new, old in enumerate(axes)}
        return Tracer(substitute(self.formula, moved), tuple(self.shape_[axis] for axis in axes), self.mask)


def array(name: str, shape: Shape, borrowed: bool = False) -> Tracer:
    """The array of components `name[i, j, ...]`; a scalar where the shape is empty."""
    places = tuple(position(axis) for axis in reversed(range(len(shape))))
    return Tracer(symbol(name)[places] if places else symbol(name), shape, borrowed=borrowed)


def lift(value: Any) -> Tracer:
    """A number as a scalar without symbols; a tracer as itself. Raises UnsupportedError for anything else."""
    if isinstance(value, Tracer):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, (bool, np.bool_)):
        return Tracer(TRUE if value else FALSE)
    if isinstance(value, (int, np.integer)):
        return Tracer(term(int(value)))
    if isinstance(value, Fraction):
        return Tracer(term(value))
    if isinstance(value, np.float32):
        return Tracer(constants.get().read(str(value), SINGLE))
    if isinstance(value, float):
        return Tracer(constants.get().read(repr(float(value))))
    raise UnsupportedError(f"{_described(value)} cannot be combined with symbols; only numbers and traced arrays can")


def _described(value: Any) -> str:
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


def broadcast(*shapes: Shape) -> Shape:
    """The shape of arrays used together. Raises UnsupportedError where two sizes differ."""
    rank = max(map(len, shapes), default=0)
    found = []
    for sizes in zip(*((ONE,) * (rank - len(shape)) + shape for shape in shapes), strict=True):
        longer = {size for size in sizes if size is not ONE}
        if len(longer) > 1:
            raise UnsupportedError(f"sizes {' and '.join(sorted(map(str, longer)))} do not match")
        found.append(longer.pop() if longer else ONE)
    return tuple(found)


def shared_mask(*arrays: Tracer) -> Term | None:
    masks = {array.mask for array in arrays if array.mask is not None}
    if len(masks) > 1:
        raise UnsupportedError("arrays selected by different masks are combined")
    return masks.pop() if masks else None


def elementwise(name: str, *inputs: Any) -> Tracer:
    """A library's function, element by element."""
    arrays = list(map(lift, inputs))
    logical = name in LOGIC
    found = applied(name, *(array.formula if logical else as_number(array.formula) for array in arrays))
    if found is None:
        raise UnsupportedError(f"the function {name} has no formula here")
    return Tracer(found, broadcast(*(array.shape_ for array in arrays)), shared_mask(*arrays))
