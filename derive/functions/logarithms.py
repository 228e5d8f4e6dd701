"""Logarithms of probabilities, as likelihoods are made of."""

from derive import Spec, exp, log, real

p, x = real("p x")

logit = Spec(
    log(p / (1 - p)),
    assume="0 < p < 1",
    documented={p: 1 / (p * (1 - p))},
    latex=r"\operatorname{logit}",
    source="Berkson 1944; the inverse of the logistic function",
)
log1mexp = Spec(
    log(1 - exp(x)),
    assume="x < 0",
    documented={x: -1 / (exp(-x) - 1)},
    latex=r"\operatorname{log1mexp}",
    source="Maechler 2012, Accurately Computing log(1 - exp(-|a|))",
)
