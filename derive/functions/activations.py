"""Activations of neural networks."""

from derive import Max, Spec, Sum, exp, index, real, size, vector

x = real("x")
K = size("K")
i, j, k = index("i j k")
logits = vector("x", K)

sigmoid = Spec(
    1 / (1 + exp(-x)),
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
relu = Spec(
    Max(x, 0),
    documented={x: "Piecewise((1, x > 0), (0, x <= 0))"},
    kinks={x: {0: 0}},
    latex=r"r",
    source="Nair and Hinton 2010; the derivative at 0 is 0 by convention",
)
softmax = Spec(
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
