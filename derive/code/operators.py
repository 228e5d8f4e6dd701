"""Python's operators and conversions of traced arrays, by the names of NumPy's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.code.elements import refused


def _operator(name: str) -> Callable[..., Any]:
    return lambda self, *other: self.apply(name, self, *other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self.apply(name, other, self)


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self.rebound(self.apply(name, self, other))


def _refusing_matmul(self: Any, other: Any) -> Any:
    raise refused("@= is not traced; write x = x @ y")


class Operators:
    """`x + y` and its like, each a function that `apply` knows; `x += y` is what `rebound` makes of it."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # equality is elementwise

    def apply(self, name: str, *inputs: Any) -> Any:
        raise NotImplementedError

    def rebound(self, value: Any) -> Any:
        raise NotImplementedError

    __add__, __radd__, __iadd__ = _operator("add"), _reflected("add"), _in_place("add")
    __sub__, __rsub__, __isub__ = _operator("subtract"), _reflected("subtract"), _in_place("subtract")
    __mul__, __rmul__, __imul__ = _operator("multiply"), _reflected("multiply"), _in_place("multiply")
    __truediv__, __rtruediv__, __itruediv__ = _operator("divide"), _reflected("divide"), _in_place("divide")
    __pow__, __rpow__, __ipow__ = _operator("power"), _reflected("power"), _in_place("power")
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _reflected("floor_divide")
    __mod__, __rmod__ = _operator("remainder"), _reflected("remainder")
    __ifloordiv__, __imod__ = _in_place("floor_divide"), _in_place("remainder")
    __and__, __rand__, __iand__ = _operator("bitwise_and"), _reflected("bitwise_and"), _in_place("bitwise_and")
    __or__, __ror__, __ior__ = _operator("bitwise_or"), _reflected("bitwise_or"), _in_place("bitwise_or")
    __xor__, __rxor__, __ixor__ = _operator("bitwise_xor"), _reflected("bitwise_xor"), _in_place("bitwise_xor")
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")
    __neg__, __pos__ = _operator("negative"), _operator("positive")
    __abs__, __invert__ = _operator("absolute"), _operator("invert")

    __matmul__, __rmatmul__, __imatmul__ = _operator("matmul"), _reflected("matmul"), _refusing_matmul

    def __round__(self, digits: Any = None) -> Any:
        raise refused("round(), which goes to the even neighbour at a tie, is not traced")

    def __divmod__(self, other: Any) -> Any:
        return self.apply("floor_divide", self, other), self.apply("remainder", self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return self.apply("floor_divide", other, self), self.apply("remainder", other, self)

    # What has no value while symbols stand for numbers

    def __float__(self) -> float:
        raise refused("a symbol has no numeric value; leave out float(), and use np.* or math.* functions")

    def __int__(self) -> int:
        raise refused("a symbol has no numeric value to count with")

    __index__ = __int__

    def __iter__(self) -> Any:
        raise refused("a loop over a traced array has a symbolic length; use np.sum and its like")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise refused("a symbol cannot become a NumPy array; call np.asarray through a global np")
