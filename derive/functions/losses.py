"""Losses: `y` is the target, `y_hat` the prediction, `z` a logit."""

from derive import Spec, Sum, exp, index, log, real, size, vector

y, y_hat, z = real("y y_hat z")
K = size("K")
i, j, k = index("i j k")
target, prediction, logits = vector("y", K), vector("y_hat", K), vector("x", K)

binary_cross_entropy = Spec(
    "-(y*log(y_hat) + (1 - y)*log(1 - y_hat))",
    inputs=(y, y_hat),
    wrt=(y_hat,),
    assume="0 <= y <= 1, 0 < y_hat < 1",
    documented={y_hat: "(1 - y)/(1 - y_hat) - y/y_hat"},
    latex=r"L_{\text{BCE}}",
    source="negative log-likelihood of a Bernoulli variable",
    peers={"torch": "torch.nn.functional.binary_cross_entropy(y_hat, y, reduction='none')"},
)
binary_cross_entropy_with_logits = Spec(
    log(1 + exp(z)) - y * z,
    inputs=(y, z),
    wrt=(z,),
    assume="0 <= y <= 1",
    documented={z: 1 / (1 + exp(-z)) - y},
    latex=r"L_{\text{BCEL}}",
    source="binary_cross_entropy at y_hat = 1/(1 + exp(-z))",
    peers={"torch": "torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction='none')"},
)
cross_entropy = Spec(
    "-Sum(y[k]*log(y_hat[k]), (k, 1, K))",
    inputs=(target, prediction),
    wrt=(prediction,),
    assume="y >= 0, y_hat > 0",
    documented={prediction[i]: "-y[i]/y_hat[i]"},
    latex=r"L_{\text{CE}}",
    source="negative log-likelihood of a categorical variable",
)
mean_squared_error = Spec(
    (y - y_hat) ** 2,
    inputs=(y, y_hat),
    wrt=(y_hat,),
    documented={y_hat: "2*(y_hat - y)"},
    latex=r"L_{\text{MSE}}",
    source="one term of the mean; the mean itself is over the batch",
    peers={"torch": "torch.nn.functional.mse_loss(y_hat, y, reduction='none')"},
)
logsumexp = Spec(
    log(Sum(exp(logits[k]), (k, 1, K))),
    documented={logits[j]: "exp(x[j])/Sum(exp(x[k]), (k, 1, K))"},
    latex=r"\operatorname{LSE}",
    source="Boyd and Vandenberghe, Convex Optimization, 3.1.5; the normaliser of softmax",
    peers={"torch": "torch.logsumexp(x, dim=-1)", "jax": "jax.nn.logsumexp(x, axis=-1)"},
)
cross_entropy_with_logits = Spec(
    "-Sum(y[k]*(x[k] - log(Sum(exp(x[j]), (j, 1, K)))), (k, 1, K))",
    inputs=(target, logits),
    wrt=(logits,),
    assume="0 <= y <= 1",
    documented={logits[i]: "exp(x[i])/Sum(exp(x[j]), (j, 1, K))*Sum(y[k], (k, 1, K)) - y[i]"},
    latex=r"L_{\text{SCE}}",
    source="Bridle 1990; softmax(x) - y where the targets add up to 1",
    peers={"torch": "torch.nn.functional.cross_entropy(x, y, reduction='none')"},
)
