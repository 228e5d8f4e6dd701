"""What is timed: a function's value, or its value and gradient, by each kernel and by each peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from derive.bench.peers import PEERS, UPSTREAM, PeerCall, Values, as_array, installed, knows
from derive.codegen.kernel import FAST, VARIANTS, Dtype, Kernel, Variant
from derive.codegen.target import Call, Target
from derive.compiled.library import Compiled
from derive.spec.statement import Function
from derive.values.formats import Floats

Task = Literal["value", "step"]  # a step of training: the value, and the gradient in the first input


@dataclass(frozen=True)
class Candidate:
    """Who does a task. `prepare` makes, of arrays, the call that is timed, and that returns the task's last result."""

    who: str
    task: Task
    prepare: Callable[[Values], Callable[[], Any]]

    def answer(self, values: Values) -> Floats:
        return as_array(self.prepare(values)())


def candidates(
    function: Function,
    kernels: Sequence[Kernel],
    out_dir: Path,
    targets: Sequence[Target],
    peers: Sequence[str],
    dtype: Dtype,
) -> Iterator[Candidate]:
    """Those of derive first."""
    forward = next(kernel for kernel in kernels if kernel.order == "forward")
    pulled = next((kernel for kernel in kernels if kernel.order == "vjp" and not kernel.wrt), None)
    both = next((kernel for kernel in kernels if kernel.order == "with_derivative" and not kernel.wrt), None)
    for target in targets:
        for variant in target.variants:
            if VARIANTS[variant] == dtype and target.runner is not None:
                who = f"derive {target.name}{' fast' if variant in FAST else ''}"
                yield Candidate(who, "value", _kernels(function, [forward], out_dir, target, variant))
                if both is not None and target.loops:
                    yield Candidate(who, "step", _with_product(function, both, out_dir, target, variant))
                elif pulled is not None:
                    yield Candidate(who, "step", _kernels(function, [forward, pulled], out_dir, target, variant))
    for name in peers:
        if knows(name, function) and installed(name):
            make, wrt = PEERS[name], function.wrt[0]
            yield Candidate(name, "value", partial(_peer, function, make, ""))
            if pulled is not None and (name in function.peers or function.wrt[0] in function.documented):
                yield Candidate(name, "step", partial(_peer, function, make, wrt))


def _with_product(
    function: Function, kernel: Kernel, out_dir: Path, target: Target, variant: Variant
) -> Callable[[Values], Callable[[], Any]]:
    """Value and derivative at once, and then the gradient, which is a product."""
    assert target.runner is not None
    run = target.runner.load(out_dir, kernel, variant)

    def prepare(values: Values) -> Callable[[], Any]:
        given, upstream = [values[name] for name in (*function.inputs, *function.params)], values[UPSTREAM]
        outs: Any = tuple(np.empty_like(upstream) for _ in kernel.outputs)
        gradient, both = np.empty_like(upstream), _bound(run, given, outs)

        def call() -> Any:
            both()
            return np.multiply(outs[1], upstream, out=gradient)

        return call

    return prepare


def _bound(run: Call, arguments: Sequence[Any], out: Any) -> Callable[[], Any]:
    """A call of a kernel, its arguments checked once where that can be."""
    return run.bound(*arguments, out=out) if isinstance(run, Compiled) else partial(run, *arguments, out=out)


def _peer(function: Function, make: PeerCall, wrt: str, values: Values) -> Callable[[], Any]:
    return make(function, values, wrt)


def _kernels(
    function: Function, kernels: Sequence[Kernel], out_dir: Path, target: Target, variant: Variant
) -> Callable[[Values], Callable[[], Any]]:
    assert target.runner is not None
    loaded = [target.runner.load(out_dir, kernel, variant) for kernel in kernels]

    def prepare(values: Values) -> Callable[[], Any]:
        names = (*function.inputs, *function.params)
        given = [[values[name] for name in names] + ([values[UPSTREAM]] if k.order == "vjp" else []) for k in kernels]
        outs = [np.empty_like(run(*arguments)) for run, arguments in zip(loaded, given, strict=True)]

        bound = [_bound(run, arguments, out) for run, arguments, out in zip(loaded, given, outs, strict=True)]

        def call() -> Any:
            for run in bound:
                run()
            return outs[-1]

        return call

    return prepare
