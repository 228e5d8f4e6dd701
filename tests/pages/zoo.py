"""Functions that the catalogue does not state, for tests of derivations."""

from derive import Spec, Sum, exp, index, log, positive, real, size, sqrt, vector

x, a, mu, y, p = real("x a mu y p")
s = positive("s")
K = size("K")
i, j, k = index("i j k")
v, t = vector("v", K), vector("t", K)

softplus = Spec("log(1 + exp(x))", documented={x: "1 - exp(-softplus)"})
log_sigmoid = Spec("-log(1 + exp(-x))", documented={x: "1/(1 + exp(x))"})
swish = Spec("x/(1 + exp(-x))", documented={x: "1/(1 + exp(-x))*(1 + x*(1 - 1/(1 + exp(-x))))"})
softsign = Spec("x/(1 + abs(x))", documented={x: "1/(1 + abs(x))**2"})
gelu = Spec("x*(1 + erf(x/sqrt(2)))/2", documented={x: "(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)"})
elu = Spec(
    "Piecewise((x, x > 0), (a*(exp(x) - 1), True))",
    inputs=(x,), params=(a,), wrt=(x,), documented={x: "Piecewise((1, x > 0), (elu + a, True))"},
)  # fmt: skip
gauss = Spec("exp(-x**2/2)", documented={x: "-x*gauss"})
logit = Spec("log(p/(1 - p))", inputs=(p,), assume="0 < p < 1", documented={p: "1/(p*(1 - p))"})
log_cosh = Spec("log(cosh(x))", documented={x: "tanh(x)"})
gauss_loss = Spec(
    "log(s) + (x - mu)**2/(2*s**2)",
    inputs=(x,), params=(mu, s), wrt=(x, mu, s),
    documented={x: "(x - mu)/s**2", mu: "(mu - x)/s**2", s: "1/s - (x - mu)**2/s**3"},
)  # fmt: skip
focal = Spec("-(1 - p)**2*log(p)", inputs=(p,), assume="0 < p < 1", documented={p: "2*(1 - p)*log(p) - (1 - p)**2/p"})
tanh_shrink = Spec("x - tanh(x)", documented={x: "tanh(x)**2"})
isru = Spec("x/sqrt(1 + x**2)", documented={x: "1/sqrt(1 + x**2)**3"})
log_softmax = Spec(
    v[i] - log(Sum(exp(v[k]), (k, 1, K))), documented={v[j]: "KroneckerDelta(i, j) - exp(log_softmax[j])"}
)
log_sum_exp = Spec(log(Sum(exp(v[k]), (k, 1, K))), documented={v[j]: "exp(v[j])/Sum(exp(v[k]), (k, 1, K))"})
mean_square = Spec(
    Sum((v[k] - t[k]) ** 2, (k, 1, K)) / K, inputs=(v, t), wrt=(v,), documented={v[j]: "2*(v[j] - t[j])/K"}
)
norm = Spec(sqrt(Sum(v[k] ** 2, (k, 1, K))), documented={v[j]: "v[j]/norm"})
unit_vector = Spec(
    v[i] / sqrt(Sum(v[k] ** 2, (k, 1, K))),
    documented={v[j]: "(KroneckerDelta(i, j) - unit_vector[i]*unit_vector[j])/sqrt(Sum(v[k]**2, (k, 1, K)))"},
)
entropy_of_logits = Spec(
    "-Sum(t[i]*log(exp(v[i])/Sum(exp(v[k]), (k, 1, K))), (i, 1, K))",
    inputs=(t, v), wrt=(v,), assume="Sum(t) = 1", documented={v[j]: "exp(v[j])/Sum(exp(v[k]), (k, 1, K)) - t[j]"},
)  # fmt: skip
hinge = Spec("max(0, 1 - y*x)", inputs=(y, x), wrt=(x,), documented={x: "Piecewise((-y, x*y < 1), (0, True))"})
selu = Spec("s*Piecewise((x, x > 0), (a*(exp(x) - 1), True))", inputs=(x,), params=(s, a), wrt=(x,), kinks={x: {0: 0}})
growth = Spec("a/(1 + exp(-s*(x - mu)))", inputs=(x,), params=(a, s, mu), wrt=(x, mu), assume="a > 0")
undocumented = Spec("x*tanh(exp(x)) + x**2*sin(x)/3")
