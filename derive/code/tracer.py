"""`Tracer`: what an array is while code runs on symbols: the formula of one element, and a symbolic shape.

The indices of an element are symbols counted from the right, `#0` for the last axis, so that
broadcasting is nothing but writing two formulas side by side. A tracer knows whose memory it looks at: once
that is written to under another name, it has no value any more.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, TypeVar

import numpy as np

from derive.code.constants import SINGLE
from derive.code.elements import (
    as_condition,
    as_number,
    constants,
    decide,
    is_condition,
    position,
    refuse_unset,
    refused,
)
from derive.code.kinds import REAL, TRUTH, WHOLE, Shape, admitted, broadcast, refuse_large
from derive.code.library import CLASSES, COMPARISONS, LOGIC, applied, chooses, finite, in_numpy, in_special
from derive.code.operators import Operators
from derive.term import FALSE, TRUE, Term, cases, rational_value, substitute, symbol, term

Handler = TypeVar("Handler", bound=Callable[..., Any])

# NumPy's functions on traced arrays, by name; filled by `derive.code.arrays` and `derive.code.shapes`.
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {}
# Those that arrays also have as methods, and those that are a ufunc's `reduce`.
METHODS: Final = (
    "sum", "mean", "prod", "max", "min", "var", "std", "any", "all", "clip", "dot", "copy", "transpose", "swapaxes",
    "squeeze", "ravel", "flatten", "conj", "astype", "__array_namespace__",
)  # fmt: skip
REDUCTIONS: Final = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}


def traces(*names: str) -> Callable[[Handler], Handler]:
    """Lists a function under the names that NumPy has for it."""

    def note(function: Handler) -> Handler:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return note


class Memory:
    """What an array and its views look at.

    borrowed: whether it is the caller's, so that writing to it would be seen outside. writes: how often it was
    written to.
    """

    __slots__ = ("borrowed", "writes")

    def __init__(self, borrowed: bool) -> None:
        self.borrowed, self.writes = borrowed, 0


class Tracer(Operators):
    """An array, or a scalar where `shape` is empty, of which only the formula is known.

    formula: the element at the indices `#0`, `#1`, ...; a condition for an array of booleans.
    shape: sizes from the left; along an axis of size 1 the formula does not vary.
    mask: the condition that selected these elements (`x[x > 0]`), where one did.
    whole: whether the numbers are integers, by their type.
    memory: what it looks at, its own if nothing is said; `borrowed` memory is the caller's.
    """

    __slots__ = ("_formula", "mask", "memory", "seen", "shape_", "whole")

    def __init__(
        self,
        formula: Term,
        shape: Shape = (),
        mask: Term | None = None,
        borrowed: bool = False,
        whole: bool = False,
        memory: Memory | None = None,
    ) -> None:
        self._formula, self.shape_, self.mask, self.whole = formula, shape, mask, whole
        self.memory = memory or Memory(borrowed)
        self.seen = self.memory.writes

    def __repr__(self) -> str:
        return f"<traced {self._formula}>"

    @property
    def formula(self) -> Term:
        if self.seen != self.memory.writes:
            raise refused(
                "an array is used under one name after it was changed in place under another; make a copy first"
            )
        return self._formula

    @property
    def kind(self) -> str:
        return TRUTH if is_condition(self._formula) else WHOLE if self.whole else REAL

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """What `isinstance` is told: an array is NumPy's; a scalar may be a float or an array with no axes."""
        if self.shape_:
            return np.ndarray
        raise refused("what the code does depends on the type of a number, which may be a float or an array")

    def apply(self, name: str, *inputs: Any) -> Any:
        return FUNCTIONS[name](*inputs) if name == "matmul" else elementwise(name, *inputs)

    # What NumPy asks of an array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if not (in_numpy(ufunc) or in_special(ufunc)):
            raise refused(f"the function {name} has no formula here")
        if method == "reduce" and name in REDUCTIONS:
            return FUNCTIONS[REDUCTIONS[name]](*inputs, **{"axis": 0} | options)
        if method != "__call__":
            raise refused(f"np.{name}.{method} is not traced")
        # Where `where` does not hold and nothing was there before, there is no value.
        unknown = sorted({*options} - ({"out", "where"} if "out" in options else set()))
        if unknown:
            raise refused(f"np.{name} is traced without {', '.join(unknown)}")
        if name == "matmul":
            return FUNCTIONS[name](*inputs, **options)
        found = elementwise(name, *inputs)
        return options["out"][0].write(found, options.get("where", True)) if "out" in options else found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function.__name__ not in FUNCTIONS or not in_numpy(function):
            raise refused(f"np.{function.__name__} is not traced")
        return FUNCTIONS[function.__name__](*args, **kwargs)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype({TRUTH: bool, WHOLE: int, REAL: float}[self.kind])

    @property
    def shape(self) -> tuple[Any, ...]:
        self.refuse_mask()
        return tuple(int(size.number) if size.head == "num" else Tracer(size, whole=True) for size in self.shape_)

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
        if hasattr(np.ndarray, name) and not name.startswith("__"):
            raise refused(f"{name} of an array is not traced")
        raise AttributeError(f"a traced array has no {name}")

    def item(self) -> Tracer:
        if self.shape_:
            raise refused("item() of an array that may have several elements")
        return self

    # What Python asks of a number

    def __bool__(self) -> bool:
        if self.shape_:
            raise refused("an `if` on a whole array is ambiguous; use np.where")
        self.refuse_mask()
        return decide.get()(as_condition(self.formula))

    def __len__(self) -> int:
        size = self.shape[0] if self.shape_ else None
        if type(size) is int:
            return size
        raise refused("the length of a traced array is a symbol; use x.shape[0]")

    def __copy__(self) -> Tracer:
        return self.copied()

    def __deepcopy__(self, memo: Any) -> Tracer:
        return self.copied()

    # Writing

    def refuse_mask(self) -> None:
        if self.mask is not None:
            raise refused("elements that a mask selected are traced in sums, products, arithmetic and assignments only")

    def rebound(self, value: Tracer) -> Tracer:
        """What a name holds after `x += y`: an array is changed in place; a number is another one from then on."""
        if self.shape_ or self.memory.borrowed:
            return self.write(value)
        # It may stand for an array, which every other name of it would see changed.
        self.memory.writes += 1
        return value

    def write(self, value: Tracer, where: Any = True) -> Tracer:
        """This array after `value` is stored in it, where a condition holds."""
        if self.memory.borrowed:
            raise refused("an argument is changed in place, which its caller would see; write y = x * 2, not x *= 2")
        chosen = lift(where)
        if broadcast(self.shape_, value.shape_, chosen.shape_) != self.shape_:
            raise refused("a larger array does not fit into a smaller one")
        if chosen.kind != TRUTH:
            raise refused("where= is not an array of booleans")
        if (value.kind == REAL and self.kind != REAL) or (value.kind != TRUTH and self.kind == TRUTH):
            raise refused(f"{value.kind} are stored in an array of {self.kind}, which cuts them")
        stored = value.formula if self.kind == TRUTH else as_number(value.formula)
        condition = chosen.formula
        formula = stored if condition is TRUE else cases((stored, condition), otherwise=self.formula)
        self.memory.writes += 1
        self._formula, self.seen = formula, self.memory.writes
        return self

    def __setitem__(self, place: Any, value: Any) -> None:
        stored = lift(value)
        if type(place) is Tracer and place.kind == TRUTH:
            same_places(self, place)
            if stored.mask is not place.formula and (stored.mask is not None or stored.shape_):
                raise refused("the values stored were not selected by the same mask")
            self.write(Tracer(stored.formula, stored.shape_, whole=stored.whole), place)
        elif place is Ellipsis or (type(place) is slice and is_everything(place)):
            stored.refuse_mask()
            self.write(stored)
        else:
            raise refused("only a whole array or a boolean mask can be written to")

    def __getitem__(self, place: Any) -> Tracer:
        if type(place) is Tracer and place.kind == TRUTH:
            self.refuse_mask()
            same_places(self, place)
            return Tracer(self.formula, self.shape_, place.formula, whole=self.whole)
        found: Tracer = FUNCTIONS["#getitem"](self, place if type(place) is tuple else (place,))
        return found

    # Shapes

    def copied(self) -> Tracer:
        return Tracer(self.formula, self.shape_, self.mask, whole=self.whole)

    def view(self, formula: Term, shape: Shape) -> Tracer:
        """Elements of this array in another order; a single one is a number of its own."""
        self.refuse_mask()
        single = bool(self.shape_) and not shape
        return Tracer(formula, shape, whole=self.whole, memory=None if single else self.memory)

    def reordered(self, axes: tuple[int, ...]) -> Tracer:
        """The axes, numbered from the left, in another order: a view."""
        last = self.ndim - 1
        moved = {position(last - old): position(last - new) for new, old in enumerate(axes)}
        return self.view(substitute(self.formula, moved), tuple(self.shape_[axis] for axis in axes))


def array(name: str, shape: Shape, borrowed: bool = False) -> Tracer:
    """The array of components `name[i, j, ...]`; a scalar where the shape is empty."""
    places = tuple(position(axis) for axis in reversed(range(len(shape))))
    return Tracer(symbol(name)[places] if places else symbol(name), shape, borrowed=borrowed)


def is_everything(place: slice) -> bool:
    return place.start is None and place.stop is None and place.step is None


def same_places(array: Tracer, mask: Tracer) -> None:
    if mask.shape_ != array.shape_ or mask.mask is not None:
        raise refused("a mask is traced where it has the shape of the array")


def plain(value: Any) -> Tracer:
    """As `lift`, where elements that a mask selected are not traced."""
    found = lift(value)
    found.refuse_mask()
    return found


def lift(value: Any) -> Tracer:
    """A number as a scalar without symbols; a tracer as itself. Raises UnsupportedError for anything else."""
    if type(value) is Tracer:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, (bool, np.bool_)):
        return Tracer(TRUE if value else FALSE)
    if isinstance(value, np.integer) and value.dtype not in (np.int32, np.int64):
        raise refused(f"a {type(value).__name__} wraps around; convert it with int()")
    if isinstance(value, (int, np.integer)):
        return Tracer(term(int(value)), whole=True)
    if isinstance(value, Fraction):
        return Tracer(term(value))
    if isinstance(value, np.float32):
        return Tracer(constants.get().read(str(value), SINGLE))
    if isinstance(value, float):
        return Tracer(constants.get().read(repr(float(value))))
    raise refused(f"{_described(value)} cannot be combined with symbols; only numbers and traced arrays can")


def _described(value: Any) -> str:
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


def shared_mask(*arrays: Tracer) -> Term | None:
    masks = {array.mask for array in arrays if array.mask is not None}
    if len(masks) > 1:
        raise refused("arrays selected by different masks are combined")
    if masks and any(array.shape_ and array.mask is None for array in arrays):
        raise refused("elements that a mask selected are combined with a whole array")
    return masks.pop() if masks else None


def elementwise(name: str, *inputs: Any) -> Tracer:
    """A function of NumPy, or one of another library that the page lists, element by element."""
    arrays = list(map(lift, inputs))
    name, whole = admitted(name, {array.kind for array in arrays})
    if whole:
        refuse_large(name, [rational_value(array.formula) for array in arrays])
    for array in arrays:
        if chooses(name):
            refuse_unset(array.formula)
        if name in CLASSES and not finite(array.formula):
            raise refused(f"{name} of what may be infinite, or no number")
    logical = name in LOGIC
    found = applied(name, *((as_condition if logical else as_number)(array.formula) for array in arrays))
    if found is None:
        raise refused(f"the function {name} of {len(arrays)} arguments has no formula here")
    shape = broadcast(*(array.shape_ for array in arrays))
    return Tracer(found, shape, shared_mask(*arrays), whole=whole and name not in COMPARISONS)
