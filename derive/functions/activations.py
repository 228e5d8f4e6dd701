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
    peers={"torch": "torch.sigmoid(x)", "jax": "jax.nn.sigmoid(x)"},
)
tanh = Spec(
    (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
    documented={x: "1 - tanh**2"},
    latex=r"\tanh",
    source="https://dlmf.nist.gov/4.28",
    peers={"torch": "torch.tanh(x)", "jax": "jax.numpy.tanh(x)"},
)
relu = Spec(
    Max(x, 0),
    documented={x: "Piecewise((1, x > 0), (0, x <= 0))"},
    kinks={x: {0: 0}},
    latex=r"r",
    source="Nair and Hinton 2010; the derivative at 0 is 0 by convention",
    peers={"torch": "torch.relu(x)", "jax": "jax.nn.relu(x)"},
)
softplus = Spec(
    log(1 + exp(x)),
    documented={x: s},
    latex=r"\zeta",
    source="Dugas et al. 2001, Incorporating Second-Order Functional Knowledge for Better Option Pricing",
    peers={"torch": "torch.nn.functional.softplus(x)", "jax": "jax.nn.softplus(x)"},
)
log_sigmoid = Spec(
    "log(1/(1 + exp(-x)))",
    documented={x: "1 - exp(log_sigmoid)"},
    latex=r"\operatorname{logsigmoid}",
    source="the logarithm of the logistic function",
    peers={"torch": "torch.nn.functional.logsigmoid(x)", "jax": "jax.nn.log_sigmoid(x)"},
)
silu = Spec(
    x * s,
    documented={x: s * (1 + x * (1 - s))},
    latex=r"\operatorname{silu}",
    source="Elfwing, Uchibe and Doya 2017, https://arxiv.org/abs/1702.03118",
    peers={"torch": "torch.nn.functional.silu(x)", "jax": "jax.nn.silu(x)"},
)
softsign = Spec(
    x / (1 + Abs(x)),
    documented={x: 1 / (1 + Abs(x)) ** 2},
    latex=r"\operatorname{softsign}",
    source="Turian, Bergstra and Bengio 2009",
    peers={"torch": "torch.nn.functional.softsign(x)", "jax": "jax.nn.soft_sign(x)"},
)
softmax = Spec(
    exp(logits[i]) / Sum(exp(logits[k]), (k, 1, K)),
    documented={logits[j]: "softmax[i]*(KroneckerDelta(i, j) - softmax[j])"},
    latex=r"s",
    source="Bridle 1990",
    peers={"torch": "torch.nn.functional.softmax(x, dim=-1)", "jax": "jax.nn.softmax(x)"},
)
log_softmax = Spec(
    "x[i] - log(Sum(exp(x[k]), (k, 1, K)))",
    inputs=(logits,),
    documented={logits[j]: "KroneckerDelta(i, j) - exp(log_softmax[j])"},
    latex=r"\operatorname{logsoftmax}",
    source="the logarithm of softmax; Goodfellow, Bengio and Courville, Deep Learning, 6.2.2.3",
    peers={"torch": "torch.nn.functional.log_softmax(x, dim=-1)", "jax": "jax.nn.log_softmax(x)"},
)
