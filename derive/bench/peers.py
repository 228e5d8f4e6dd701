"""Libraries that users have today: how each is called, with and without its gradient.

What a library calls a function is stated by the spec, as a call: `peers={"torch": "torch.exp(x)"}`.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from derive.bench.closures import compiled, compiles
from derive.errors import DeriveError
from derive.spec.statement import Function
from derive.values.formats import Floats
from derive.values.ieee import evaluate

Values = Mapping[str, Floats]
Call = Callable[[], Any]
# One thread each, as they are compared by the time of one.
SINGLE: Final = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def torch_call(function: Function, values: Values, wrt: str) -> Call:
    """The value or, with `wrt`, the value and its gradient; as arrays of NumPy's."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    given = {name: torch.as_tensor(value) for name, value in values.items()}
    stated = _stated(function, "torch")
    if not wrt:
        return lambda: stated(given)
    upstream = given[UPSTREAM]
    leaf = given[wrt].requires_grad_()

    def step() -> Any:
        (gradient,) = torch.autograd.grad(stated(given), leaf, upstream)
        return gradient

    return step


def jax_call(function: Function, values: Values, wrt: str) -> Call:
    """As `torch_call`, compiled."""
    os.environ.update(SINGLE)
    jax = importlib.import_module("jax")
    given = {name: jax.numpy.asarray(value) for name, value in values.items()}
    stated = _stated(function, "jax")
    if not wrt:
        compiled = jax.jit(stated)
        return lambda: compiled(given).block_until_ready()
    rest = {name: value for name, value in given.items() if name != wrt}

    def step(at: Any, others: Any) -> Any:
        value, pull = jax.vjp(lambda moved: stated({**others, wrt: moved}), at)
        return value, pull(others[UPSTREAM])[0]

    stepped = jax.jit(step)
    return lambda: jax.block_until_ready(stepped(given[wrt], rest))[1]


def numpy_call(function: Function, values: Values, wrt: str) -> Call:
    """The formula as it is stated, and as its gradient is documented, in NumPy's arithmetic."""
    formulas = [function.body]
    if wrt:
        formulas.append(function.expand(function.documented[wrt].formula))
    inputs = {name: value for name, value in values.items() if name != UPSTREAM}

    def run() -> Any:
        with np.errstate(all="ignore"):
            *_, last = (evaluate(formula, inputs) for formula in formulas)
            return last * values[UPSTREAM] if wrt else last

    return run


def numba_call(function: Function, values: Values, wrt: str) -> Call:
    """The same formulas as NumPy's, compiled as a ufunc each."""
    formulas = [function.body] + ([function.expand(function.documented[wrt].formula)] if wrt else [])
    names = (*function.inputs, *function.params)
    given = [values[name] for name in names]
    every = [compiled(formula, names) for formula in formulas]

    def run() -> Any:
        with np.errstate(all="ignore"):
            *_, last = (each(*given) for each in every)
            return last * values[UPSTREAM] if wrt else last

    return run


PeerCall = Callable[[Function, Values, str], Call]
PEERS: Final[Mapping[str, PeerCall]] = {
    "numpy": numpy_call,
    "torch": torch_call,
    "jax": jax_call,
    "numba": numba_call,
}
UPSTREAM: Final = "upstream"


def as_array(result: Any) -> Floats:
    """What a peer returns, in NumPy."""
    return np.asarray(result.detach() if hasattr(result, "detach") else result)


def knows(name: str, function: Function) -> bool:
    """Whether a peer can be asked for a function: by the spec's word; what takes formulas, for any elementwise one."""
    if name in function.peers or not function.elementwise:
        return name in function.peers
    formulas = [function.body, *(function.expand(it.formula) for it in function.documented.values())]
    names = (*function.inputs, *function.params)
    return name == "numpy" or (name == "numba" and all(compiles(formula, names) for formula in formulas))


def _stated(function: Function, library: str) -> Callable[[Mapping[str, Any]], Any]:
    """The call that the spec states, of arrays by name. Raises DeriveError for text that is no such call."""
    text = function.peers[library]
    where = f"{function.where}: peers: {text!r}"
    try:
        call = ast.parse(str(text), mode="eval").body
    except SyntaxError:
        raise DeriveError(f"{where} is not a call, such as torch.exp(x)") from None
    if not isinstance(call, ast.Call):
        raise DeriveError(f"{where} is not a call, such as torch.exp(x)")
    found = _found(ast.unparse(call.func), where)
    keywords = {part.arg: part.value for part in call.keywords if part.arg}

    def run(given: Mapping[str, Any]) -> Any:
        def value(node: ast.expr) -> Any:
            if isinstance(node, ast.Name):
                return given[node.id]
            return ast.literal_eval(node)

        try:
            return found(*map(value, call.args), **{name: value(node) for name, node in keywords.items()})
        except (KeyError, RuntimeError, TypeError, ValueError) as problem:
            raise DeriveError(f"{where} fails: {type(problem).__name__}: {problem}") from problem

    return run


def _found(path: str, where: str) -> Any:
    """A function by its dotted name."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise DeriveError(f"{where}: there is no {path} here") from None
