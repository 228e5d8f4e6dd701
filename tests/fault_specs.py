"""The functions whose gradients have faults planted; their forms are locked beside this file."""

from __future__ import annotations

from derive import Spec, real

x = real("x")
gelu = Spec("x*(1 + erf(x/sqrt(2)))/2")
sigmoid = Spec("1/(1 + exp(-x))")
tanh = Spec("(exp(x) - exp(-x))/(exp(x) + exp(-x))")
relu6 = Spec("min(max(x, 0), 6)", kinks={x: {0: 0, 6: 0}})
