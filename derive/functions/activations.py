"""Activations of neural networks."""

from derive import Abs, Max, Spec, Sum, exp, index, log, real, size, vector

x = real("x")
K = size("K")
i, j, k = index("i j k")
logits = vector("x", K)

s = 1 / (1 + exp(-x))

sigmoid = Spec(
    s,
    documented={x: "sigmoid*(1 - sigmoid)"},
    latex=r"\sigma",
    source="logistic function, https://dlmf.nist.gov/7.20",
)
tanh = Spec(
    (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
    documented={x: "1 - tanh**2"},
    latex=r"\tanh",
    source="https://dlmf.nist.gov/4.28",
)
rsoftmax = Spec(
    exp(logits[i]) / Sum(exp(logits[k]), (k, 1, K)),
    documented={logits[j]: "softmax[i]*(KroneckerDelta(i, j) - softmax[j])"},
    latex=r"s",
    source="Bridle 1990",
)
log_softmax = Spec(
    "x[i] - log(Sum(exp(x[k]), (k, 1, K)))",
    inputs=(logits,),
    documented={logits[j]: "KroneckerDelta(i, j) - exp(log_softmax[j])"},
    latex=r"\log s",
    source="the logarithm of softmax; Goodfellow, Bengio and Courville, Deep Learning, 6.2.2.3",
)
