"""Kin of the catalogue's functions; their forms are locked beside this file.

`derive build tests/kin_specs.py --out FOLDER --search` searches for all of them again, in some minutes.
"""

from __future__ import annotations

from derive import Max, Min, Spec, erf, exp, positive, real, sqrt

x, y, z = real("x y z")
a = positive("a")

logistic_product = Spec("x/(1 + exp(-x))")
soft_ramp = Spec("log(1 + exp(x))")
log_logistic = Spec("log(1/(1 + exp(-x)))")
self_gated = Spec("x*tanh(log(1 + exp(x)))")
soft_sign = Spec("x/(1 + abs(x))")
exponential_ramp = Spec("Piecewise((x, x > 0), (exp(x) - 1, True))")
hard_gate = Spec("x*min(max(x + 3, 0), 6)/6", kinks={x: {-3: 0, 3: 1}})
gated_exponential = Spec("x*tanh(exp(x))")
bell = Spec("exp(-x**2)")

with_erf = Spec(x * (1 + erf(x / sqrt(2))) / 2)
with_parameter = Spec(Max(x, 0) + a * Min(x, 0), inputs=(x,), params=(a,), wrt=(x, a), kinks={x: {0: 1}})
with_long_constant = Spec("1.0507009873554805*(exp(x/3) - 1)")
of_two = Spec((y - z) ** 2 / (1 + exp(-y)), inputs=(y, z), wrt=(y, z))
