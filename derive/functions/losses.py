"""Losses: `y` is the target, `y_hat` the prediction."""

from derive import Spec, index, real, size, vector

y, y_hat = real("y y_hat")
K = size("K")
i, k = index("i k")
target, prediction = vector("y", K), vector("y_hat", K)

binary_cross_entropy = Spec(
    "-(y*log(y_hat) + (1 - y)*log(1 - y_hat))",
    inputs=(y, y_hat),
    wrt=(y_hat,),
    assume="0 <= y <= 1, 0 < y_hat < 1",
    documented={y_hat: "(1 - y)/(1 - y_hat) - y/y_hat"},
    latex=r"L_{\text{BCE}}",
    source="negative log-likelihood of a Bernoulli variable",
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
)
