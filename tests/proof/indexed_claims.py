"""Gradients in index notation: of each function the right one, and one with a mistake that people make.

Every claim is `d function / d wrt`; indices count from 0. `shapes`: the sizes of arrays that the sums do
not tell. The table is data for `test_indexed`.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    name: str
    function: str
    wrt: str
    right: str
    wrong: str
    shapes: str = ""
    assume: tuple[str, ...] = ()


def total(body: str, index: str = "k", size: str = "K") -> str:
    return f"Sum({body}, ({index}, 0, {size} - 1))"


def softmax(index: str, of: str = "x[{}]", bound: str = "k", size: str = "K") -> str:
    return f"(exp({of.format(index)})/{total(f'exp({of.format(bound)})', bound, size)})"


S = softmax
PARTITION = total("exp(x[k])")
MEAN = f"({total('x[q]', 'q')}/K)"
VARIANCE = f"({total(f'(x[k] - {MEAN})**2')}/K)"
SPREAD = f"sqrt({VARIANCE} + e)"
RMS = f"sqrt({total('x[k]**2')}/K + e)"
NORM = f"sqrt({total('x[k]**2')})"
DOT = total("x[k]*y[k]")
ROW = total("W[{},q]*x[q]", "q", "N")
SCORE = "(" + total("q[d]*c[{},d]", "d", "D") + "/sqrt(D))"


def weight(index: str) -> str:
    """Attention's weight of the key `index`."""
    keys = total("exp(" + SCORE.format("r") + ")", "r", "T")
    return f"(exp({SCORE.format(index)})/{keys})"


def sigmoid(argument: str) -> str:
    return f"(1/(1 + exp(-({argument}))))"


def normal_form(matrix: str = "inv(A)") -> str:
    """(x - u)^T M (x - u)."""
    return f"Sum((x[p] - u[p])*{matrix}[p,q]*(x[q] - u[q]), (p, 0, N - 1), (q, 0, N - 1))"


SM, SZ, WT = S("m"), S("m", "z[{}]"), weight("t")
EXPECTED = total(weight("s") + "*v[s]", "s", "T")
LOGIT = "(" + total("X[n,d]*w[d]", "d", "D") + ")"
LATER = "Sum(exp(x[m]), (m, n, K - 1))"
CLASS = "exp(Sum(X[n,d]*W[d,k], (d, 0, D - 1)))/Sum(exp(Sum(X[n,d]*W[d,c], (d, 0, D - 1))), (c, 0, K - 1))"
PAIRED = total("U[{},d]*v[d]", "d", "D")
PROJECTED = "Sum(X[n,j]*X[n,d]*w[d], (n, 0, N - 1), (d, 0, D - 1))"
RESIDUAL = "(" + total("X[n,d]*w[d]", "d", "D") + " - t[n])"

CASES = (
    # Softmax and what is made of it
    Case("softmax", S("i"), "x[j]", f"{S('i')}*(KroneckerDelta(i,j) - {S('j')})", f"{S('j')}*(1 - {S('j')})"),
    Case("softmax-index", S("i"), "x[j]", f"{S('i')}*KroneckerDelta(i,j) - {S('i')}*{S('j')}",
         f"{S('i')}*(KroneckerDelta(i,j) - {S('i')})"),
    Case("softmax-cases", S("i"), "x[j]",
         f"Piecewise(({S('i')}*(1 - {S('i')}), Eq(i,j)), (-{S('i')}*{S('j')}, True))",
         f"Piecewise(({S('i')}*(1 - {S('i')}), Eq(i,j)), ({S('i')}*{S('j')}, True))"),
    Case("softmax-negative-exponents", S("i"), "x[j]",
         f"{S('i')}*KroneckerDelta(i,j) - exp(x[i] + x[j])/{PARTITION}**2",
         f"{S('i')}*KroneckerDelta(i,j) - exp(x[i] + x[j])/{PARTITION}"),
    Case("softmax-shifted", "exp(x[i] - c)/" + total("exp(x[k] - c)"), "x[j]",
         f"{S('i')}*(KroneckerDelta(i,j) - {S('j')})", f"exp(-c)*{S('i')}*(KroneckerDelta(i,j) - {S('j')})"),
    Case("softmax-temperature", S("i", "x[{}]/t"), "x[j]",
         f"{S('i', 'x[{}]/t')}*(KroneckerDelta(i,j) - {S('j', 'x[{}]/t')})/t",
         f"{S('i', 'x[{}]/t')}*(KroneckerDelta(i,j) - {S('j', 'x[{}]/t')})"),
    Case("softmax-by-temperature", S("i", "x[{}]/t"), "t",
         f"{S('i', 'x[{}]/t')}*({total('x[m]*' + S('m', 'x[{}]/t'), 'm')} - x[i])/t**2",
         f"{S('i', 'x[{}]/t')}*(x[i] - {total('x[m]*' + S('m', 'x[{}]/t'), 'm')})/t**2"),
    Case("softmax-vjp", total(f"g[m]*{S('m')}", "m"), "x[j]",
         f"{S('j')}*(g[j] - {total(f'g[m]*{SM}', 'm')})", f"{S('j')}*(g[j] - {total('g[m]', 'm')})"),
    Case("log-softmax", f"x[i] - log({PARTITION})", "x[j]",
         f"KroneckerDelta(i,j) - {S('j')}", f"KroneckerDelta(i,j) - {S('i')}"),
    Case("logsumexp", f"log({PARTITION})", "x[j]", S("j"), f"exp(x[j])*{PARTITION}"),
    Case("logsumexp-temperature", f"t*log({total('exp(x[k]/t)')})", "x[j]", S("j", "x[{}]/t"),
         f"{S('j', 'x[{}]/t')}/t"),
    Case("logmeanexp", f"log({PARTITION}/K)", "x[j]", S("j"), f"{S('j')}/K"),
    Case("logsumexp-hessian", f"exp(x[i])/{PARTITION}", "x[j]",
         f"KroneckerDelta(i,j)*{S('i')} - {S('i')}*{S('j')}", f"KroneckerDelta(i,j)*{S('i')} + {S('i')}*{S('j')}"),
    Case("cross-entropy-logits", "-" + total(f"y[m]*log({S('m')})", "m"), "x[j]",
         f"{S('j')} - y[j]", f"y[j] - {S('j')}", assume=("y simplex",)),
    Case("cross-entropy-logits-sum", "-" + total(f"y[m]*log({S('m')})", "m"), "x[j]",
         f"{total('y[m]', 'm')}*{S('j')} - y[j]", f"{S('j')} - y[j]"),
    Case("cross-entropy-hypothesis", "-" + total(f"y[m]*log({S('m')})", "m"), "x[j]",
         f"{S('j')} - y[j]", f"{S('j')}*(1 - y[j])", assume=("Sum(y) = 1",)),
    Case("cross-entropy-label", f"-log({S('t')})", "x[j]", f"{S('j')} - KroneckerDelta(t,j)", f"{S('j')} - 1"),
    Case("cross-entropy", "-" + total("y[k]*log(p[k])"), "p[j]", "-y[j]/p[j]", "-y[j]*log(p[j])"),
    Case("label-smoothing", "-" + total(f"((1 - a)*y[m] + a/K)*log({S('m')})", "m"), "x[j]",
         f"{S('j')} - (1 - a)*y[j] - a/K", f"{S('j')} - (1 - a)*y[j]", assume=("y simplex",)),
    Case("focal", f"-(1 - {S('t')})**2*log({S('t')})", "x[j]",
         f"(2*(1 - {S('t')})*{S('t')}*log({S('t')}) - (1 - {S('t')})**2)*(KroneckerDelta(t,j) - {S('j')})",
         f"(2*(1 - {S('t')})*log({S('t')}) - (1 - {S('t')})**2)*(KroneckerDelta(t,j) - {S('j')})"),
    Case("softmax-entropy", "-" + total(f"{S('m')}*log({S('m')})", "m"), "x[j]",
         f"-{S('j')}*(log({S('j')}) - {total(f'{SM}*log({SM})', 'm')})",
         f"-{S('j')}*(log({S('j')}) + 1)"),
    Case("kl-of-softmaxes", total(f"{SZ}*(log({SZ}) - log({S('m')}))", "m"), "x[j]",
         f"{S('j')} - {S('j', 'z[{}]')}", f"{S('j', 'z[{}]')} - {S('j')}"),
    Case("kl", total("p[k]*(log(p[k]) - log(q[k]))"), "p[j]", "log(p[j]) - log(q[j]) + 1", "log(p[j]) - log(q[j])"),
    Case("info-nce", f"-x[0]/t + log({total('exp(x[k]/t)')})", "x[j]",
         f"({S('j', 'x[{}]/t')} - KroneckerDelta(j,0))/t", f"({S('j', 'x[{}]/t')} - 1)/t"),
    Case("policy-gradient", total("r[n]*log(exp(x[a])/" + PARTITION + ")", "n", "N"), "x[j]",
         f"{total('r[n]', 'n', 'N')}*(KroneckerDelta(a,j) - {S('j')})", f"KroneckerDelta(a,j) - {S('j')}"),
    Case("softplus-sum", total("log(1 + exp(x[k]))"), "x[j]", "1/(1 + exp(-x[j]))", "1/(1 + exp(x[j]))"),
    Case("logistic-sum", total("log(1 + exp(-y[k]*x[k]))"), "x[j]",
         "-y[j]/(1 + exp(y[j]*x[j]))", "y[j]/(1 + exp(y[j]*x[j]))"),
    # Normalisations
    Case("mean", MEAN, "x[j]", "1/K", "x[j]/K"),
    Case("variance", VARIANCE, "x[j]", f"2*(x[j] - {MEAN})/K", f"2*(x[j] - {MEAN})*(1 - 1/K)/K"),
    Case("variance-unbiased", total(f"(x[k] - {MEAN})**2") + "/(K - 1)", "x[j]",
         f"2*(x[j] - {MEAN})/(K - 1)", f"2*(x[j] - {MEAN})/K"),
    Case("standard-deviation", f"sqrt({VARIANCE})", "x[j]",
         f"(x[j] - {MEAN})/(K*sqrt({VARIANCE}))", f"(x[j] - {MEAN})/sqrt({VARIANCE})"),
    Case("layer-norm", f"(x[i] - {MEAN})/{SPREAD}", "x[j]",
         f"(KroneckerDelta(i,j) - 1/K - (x[i] - {MEAN})*(x[j] - {MEAN})/(K*({VARIANCE} + e)))/{SPREAD}",
         f"(KroneckerDelta(i,j) - 1/K - (x[i] - {MEAN})*(x[j] - {MEAN})/({VARIANCE} + e))/{SPREAD}"),
    Case("layer-norm-gain", total(f"g[m]*(a[m]*(x[m] - {MEAN})/{SPREAD} + b[m])", "m"), "a[j]",
         f"g[j]*(x[j] - {MEAN})/{SPREAD}", f"g[j]*x[j]/{SPREAD}"),
    Case("layer-norm-shift", total(f"g[m]*(a[m]*(x[m] - {MEAN})/{SPREAD} + b[m])", "m"), "b[j]", "g[j]", "g[j]*a[j]"),
    Case("batch-norm-variance", total("g[m]*(x[m] - u)/sqrt(v + e)", "m"), "v",
         f"-{total('g[m]*(x[m] - u)', 'm')}/(2*(v + e)*sqrt(v + e))",
         f"-{total('g[m]*(x[m] - u)', 'm')}/(2*sqrt(v + e))"),
    Case("batch-norm", total(f"g[m]*(x[m] - {MEAN})/{SPREAD}", "m"), "x[j]",
         f"(K*g[j] - {total('g[m]', 'm')} - (x[j] - {MEAN})/({VARIANCE} + e)*{total(f'g[m]*(x[m] - {MEAN})', 'm')})"
         f"/(K*{SPREAD})",
         f"(K*g[j] - {total('g[m]', 'm')} - (x[j] - {MEAN})*{total(f'g[m]*(x[m] - {MEAN})', 'm')})/(K*{SPREAD})"),
    Case("rms-norm", f"x[i]/{RMS}", "x[j]",
         f"KroneckerDelta(i,j)/{RMS} - x[i]*x[j]/(K*{RMS}**3)", f"KroneckerDelta(i,j)/{RMS} - x[i]*x[j]/{RMS}**3"),
    Case("rms-norm-vjp", total(f"g[m]*a[m]*x[m]/{RMS}", "m"), "x[j]",
         f"(a[j]*g[j] - {total('g[m]*a[m]*x[m]', 'm')}*x[j]/(K*({total('x[k]**2')}/K + e)))/{RMS}",
         f"(a[j]*g[j] - {total('g[m]*a[m]*x[m]', 'm')}*x[j]/({total('x[k]**2')}/K + e))/{RMS}"),
    Case("l2-norm", NORM, "x[j]", f"x[j]/{NORM}", f"2*x[j]/{NORM}"),
    Case("l2-normalise", f"x[i]/{NORM}", "x[j]",
         f"(KroneckerDelta(i,j) - x[i]*x[j]/{total('x[k]**2')})/{NORM}", f"(1 - x[i]*x[j]/{total('x[k]**2')})/{NORM}"),
    Case("unit-sum", "x[i]/" + total("x[k]"), "x[j]",
         f"(KroneckerDelta(i,j)*{total('x[k]')} - x[i])/{total('x[k]')}**2",
         f"(KroneckerDelta(i,j)*{total('x[k]')} - x[j])/{total('x[k]')}**2"),
    Case("p-norm", f"{total('x[k]**p')}**(1/p)", "x[j]",
         f"x[j]**(p - 1)*{total('x[k]**p')}**(1/p - 1)", f"p*x[j]**(p - 1)*{total('x[k]**p')}**(1/p - 1)",
         assume=("x > 0", "p > 1")),
    # Distances, kernels, regressions
    Case("cosine", f"{DOT}/sqrt({total('x[k]**2')}*{total('y[k]**2')})", "x[j]",
         f"y[j]/sqrt({total('x[k]**2')}*{total('y[k]**2')})"
         f" - {DOT}*x[j]/({total('x[k]**2')}*sqrt({total('x[k]**2')}*{total('y[k]**2')}))",
         f"y[j]/sqrt({total('x[k]**2')}*{total('y[k]**2')}) - {DOT}*x[j]/{total('x[k]**2')}"),
    Case("squared-distance", total("(x[k] - y[k])**2") + "/2", "y[j]", "y[j] - x[j]", "x[j] - y[j]"),
    Case("distance", f"sqrt({total('(x[k] - y[k])**2')})", "x[j]",
         f"(x[j] - y[j])/sqrt({total('(x[k] - y[k])**2')})", f"(x[j] - y[j])/{total('(x[k] - y[k])**2')}"),
    Case("gaussian-kernel", f"exp(-{total('(x[k] - y[k])**2')}/(2*s**2))", "x[j]",
         f"-(x[j] - y[j])/s**2*exp(-{total('(x[k] - y[k])**2')}/(2*s**2))",
         f"-(x[j] - y[j])/s*exp(-{total('(x[k] - y[k])**2')}/(2*s**2))"),
    Case("polynomial-kernel", f"({DOT} + c)**3", "x[j]", f"3*y[j]*({DOT} + c)**2", f"3*x[j]*({DOT} + c)**2"),
    Case("kernel-by-width", f"exp(-{total('(x[k] - y[k])**2')}/(2*s**2))", "s",
         f"{total('(x[k] - y[k])**2')}/s**3*exp(-{total('(x[k] - y[k])**2')}/(2*s**2))",
         f"-{total('(x[k] - y[k])**2')}/s**3*exp(-{total('(x[k] - y[k])**2')}/(2*s**2))"),
    Case("linear-layer", total(f"g[m]*({ROW.format('m')} + b[m])", "m", "M"), "x[j]",
         total("g[m]*W[m,j]", "m", "M"), total("g[m]*W[j,m]", "m", "M")),
    Case("linear-layer-weights", total(f"g[m]*{ROW.format('m')}", "m", "M"), "W[i,j]", "g[i]*x[j]", "g[j]*x[i]",
         shapes="W:M,N x:N g:M"),
    Case("sigmoid-layer", total(f"g[m]*{sigmoid(ROW.format('m'))}", "m", "M"), "W[i,j]",
         f"g[i]*{sigmoid(ROW.format('i'))}*(1 - {sigmoid(ROW.format('i'))})*x[j]",
         f"g[i]*{sigmoid(ROW.format('i'))}*x[j]"),
    Case("tanh-layer", total(f"g[m]*tanh({ROW.format('m')})", "m", "M"), "x[j]",
         total(f"g[m]*(1 - tanh({ROW.format('m')})**2)*W[m,j]", "m", "M"),
         total(f"g[m]*(1 - tanh({ROW.format('m')}))*W[m,j]", "m", "M")),
    Case("two-layers", total(f"v[m]*tanh({ROW.format('m')})", "m", "M"), "W[i,j]",
         f"v[i]*(1 - tanh({ROW.format('i')})**2)*x[j]", f"v[i]*(1 - tanh({ROW.format('i')})**2)*x[i]"),
    Case("least-squares", total(f"{RESIDUAL}**2", "n", "N") + "/(2*N)", "w[j]",
         total(f"{RESIDUAL}*X[n,j]", "n", "N") + "/N", total(f"{RESIDUAL}*X[n,j]", "n", "N")),
    Case("ridge", total(f"{RESIDUAL}**2", "n", "N") + " + a*" + total("w[d]**2", "d", "D"), "w[j]",
         f"2*{total(f'{RESIDUAL}*X[n,j]', 'n', 'N')} + 2*a*w[j]",
         f"2*{total(f'{RESIDUAL}*X[n,j]', 'n', 'N')} + a*w[j]"),
    Case("normal-equations", total(f"{RESIDUAL}**2", "n", "N"), "w[j]",
         f"2*{PROJECTED} - 2*{total('X[n,j]*t[n]', 'n', 'N')}", f"2*{PROJECTED} - {total('X[n,j]*t[n]', 'n', 'N')}"),
    Case("logistic-regression",
         "-" + total(f"t[n]*log({sigmoid(LOGIT)}) + (1 - t[n])*log(1 - {sigmoid(LOGIT)})", "n", "N"), "w[j]",
         total(f"({sigmoid(LOGIT)} - t[n])*X[n,j]", "n", "N"), total(f"(t[n] - {sigmoid(LOGIT)})*X[n,j]", "n", "N")),
    Case("poisson-regression", total(f"exp({LOGIT}) - t[n]*{LOGIT}", "n", "N"), "w[j]",
         total(f"(exp({LOGIT}) - t[n])*X[n,j]", "n", "N"), total(f"(exp({LOGIT}) - 1)*X[n,j]", "n", "N")),
    # Attention
    Case("attention-values", total(f"g[b]*{total(f'{WT}*v[t,b]', 't', 'T')}", "b", "C"), "v[i,j]",
         f"{weight('i')}*g[j]", f"{weight('j')}*g[i]", shapes="q:D c:T,D v:T,C g:C"),
    Case("attention-query", total(f"{WT}*v[t]", "t", "T"), "q[j]",
         total(f"{WT}*(v[t] - {EXPECTED})*c[t,j]", "t", "T") + "/sqrt(D)",
         total(f"{WT}*(v[t] - {EXPECTED})*c[t,j]", "t", "T")),
    Case("attention-keys", total(f"{WT}*v[t]", "t", "T"), "c[i,j]",
         f"{weight('i')}*(v[i] - {EXPECTED})*q[j]/sqrt(D)",
         f"{weight('i')}*v[i]*q[j]/sqrt(D)"),
    # Matrices
    Case("quadratic-form", "Sum(x[p]*A[p,q]*x[q], (p, 0, N - 1), (q, 0, N - 1))", "x[j]",
         total("(A[j,q] + A[q,j])*x[q]", "q", "N"), "2*" + total("A[j,q]*x[q]", "q", "N")),
    Case("quadratic-form-symmetric", "Sum(x[p]*A[p,q]*x[q], (p, 0, N - 1), (q, 0, N - 1))/2", "x[j]",
         total("A[j,q]*x[q]", "q", "N"), "2*" + total("A[j,q]*x[q]", "q", "N"), assume=("A symmetric",)),
    Case("bilinear", "Sum(x[p]*A[p,q]*y[q], (p, 0, M - 1), (q, 0, N - 1))", "A[i,j]", "x[i]*y[j]", "x[j]*y[i]"),
    Case("bilinear-right", "Sum(x[p]*A[p,q]*y[q], (p, 0, M - 1), (q, 0, N - 1))", "y[j]",
         total("x[p]*A[p,j]", "p", "M"), total("x[p]*A[j,p]", "p", "M")),
    Case("gaussian-mean", f"-{normal_form()}/2 - log(det(A))/2", "u[j]",
         total("inv(A)[j,q]*(x[q] - u[q])", "q", "N"), "-" + total("inv(A)[j,q]*(x[q] - u[q])", "q", "N"),
         assume=("A spd",)),
    Case("gaussian-covariance", f"-{normal_form()}/2 - log(det(A))/2", "A[i,j]",
         f"({total('inv(A)[i,p]*(x[p] - u[p])', 'p', 'N')}*"
         f"{total('inv(A)[j,q]*(x[q] - u[q])', 'q', 'N')} - inv(A)[i,j])/2",
         f"({total('inv(A)[i,p]*(x[p] - u[p])', 'p', 'N')}*"
         f"{total('inv(A)[j,q]*(x[q] - u[q])', 'q', 'N')} + inv(A)[i,j])/2",
         assume=("A spd",)),
    Case("log-determinant", "log(det(A))", "A[i,j]", "inv(A)[j,i]", "inv(A)[i,j]", shapes="A:N,N",
         assume=("A posdet",)),
    Case("determinant", "det(A)", "A[i,j]", "det(A)*inv(A)[j,i]", "inv(A)[j,i]", shapes="A:N,N"),
    Case("trace-of-inverse", total("inv(A)[p,p]", "p", "N"), "A[i,j]",
         "-" + total("inv(A)[j,p]*inv(A)[p,i]", "p", "N"), "-" + total("inv(A)[i,p]*inv(A)[p,j]", "p", "N")),
    Case("inverse-times-itself", "Sum(inv(A)[p,q]*A[q,p], (p, 0, N - 1), (q, 0, N - 1))", "A[i,j]", "0",
         "KroneckerDelta(i,j)", assume=("A posdet",)),
    Case("solve", "Sum(b[p]*inv(A)[p,q]*y[q], (p, 0, N - 1), (q, 0, N - 1))", "A[i,j]",
         f"-{total('b[p]*inv(A)[p,i]', 'p', 'N')}*{total('inv(A)[j,q]*y[q]', 'q', 'N')}",
         f"-{total('b[p]*inv(A)[p,j]', 'p', 'N')}*{total('inv(A)[i,q]*y[q]', 'q', 'N')}", assume=("A posdet",)),
    Case("frobenius", "sqrt(Sum(W[p,q]**2, (p, 0, N - 1), (q, 0, N - 1)))", "W[i,j]",
         "W[i,j]/sqrt(Sum(W[p,q]**2, (p, 0, N - 1), (q, 0, N - 1)))",
         "W[j,i]/sqrt(Sum(W[p,q]**2, (p, 0, N - 1), (q, 0, N - 1)))",
         shapes="W:N,N"),
    Case("gram", "Sum(Sum(W[p,q]*W[p,r], (p, 0, M - 1))**2, (q, 0, N - 1), (r, 0, N - 1))", "W[i,j]",
         "4*Sum(W[i,r]*W[p,j]*W[p,r], (p, 0, M - 1), (r, 0, N - 1))",
         "2*Sum(W[i,r]*W[p,j]*W[p,r], (p, 0, M - 1), (r, 0, N - 1))"),
    Case("autoencoder", "Sum((X[n,d] - Sum(X[n,p]*w[p], (p, 0, D - 1))*w[d])**2, (n, 0, N - 1), (d, 0, D - 1))",
         "X[i,j]",
         f"2*(X[i,j] - {total('X[i,p]*w[p]', 'p', 'D')}*w[j]) - 2*w[j]*{total('X[i,p]*w[p]', 'p', 'D')}"
         f" + 2*w[j]*{total('X[i,p]*w[p]', 'p', 'D')}*{total('w[d]**2', 'd', 'D')}",
         f"2*(X[i,j] - {total('X[i,p]*w[p]', 'p', 'D')}*w[j])"),
    Case("trace-of-product", "Sum(A[p,q]*B[q,p], (p, 0, N - 1), (q, 0, N - 1))", "A[i,j]", "B[j,i]", "B[i,j]",
         shapes="A:N,N B:N,N"),
    # Kinks
    Case("huber", total("Piecewise(((x[k] - y[k])**2/2, Abs(x[k] - y[k]) <= 1), (Abs(x[k] - y[k]) - 1/2, True))"),
         "x[j]",
         "Piecewise((x[j] - y[j], Abs(x[j] - y[j]) <= 1), (sign(x[j] - y[j]), True))",
         "Piecewise((x[j] - y[j], Abs(x[j] - y[j]) <= 1), (1, True))"),
    Case("mean-absolute-error", total("Abs(x[k] - y[k])") + "/K", "x[j]", "sign(x[j] - y[j])/K", "sign(x[j] - y[j])"),
    Case("hinge", total("Max(0, 1 - y[k]*x[k])"), "x[j]",
         "Piecewise((-y[j], y[j]*x[j] < 1), (0, True))", "Piecewise((-1, y[j]*x[j] < 1), (0, True))"),
    Case("relu-layer", total(f"g[m]*Max(0, {ROW.format('m')})", "m", "M"), "x[j]",
         total(f"g[m]*W[m,j]*Piecewise((1, {ROW.format('m')} > 0), (0, True))", "m", "M"),
         total("g[m]*W[m,j]", "m", "M")),
    Case("elastic-net", total("a*Abs(w[d]) + b*w[d]**2", "d", "D"), "w[j]", "a*sign(w[j]) + 2*b*w[j]", "a + 2*b*w[j]"),
    Case("quantile", total("Max(a*(y[k] - x[k]), (a - 1)*(y[k] - x[k]))"), "x[j]",
         "Piecewise((-a, x[j] < y[j]), (1 - a, True))", "Piecewise((a, x[j] < y[j]), (1 - a, True))",
         assume=("0 < a < 1",)),
    # Ranges, products, sequences
    Case("product", "Product(x[k], (k, 0, K - 1))", "x[j]",
         "Product(Piecewise((1, Eq(k,j)), (x[k], True)), (k, 0, K - 1))", "Product(x[k], (k, 0, K - 1))"),
    Case("log-of-product", "log(Product(x[k], (k, 0, K - 1)))", "x[j]", "1/x[j]", "1/Product(x[k], (k, 0, K - 1))"),
    Case("geometric-mean", "Product(x[k], (k, 0, K - 1))**(1/K)", "x[j]",
         "Product(x[k], (k, 0, K - 1))**(1/K)/(K*x[j])", "Product(x[k], (k, 0, K - 1))**(1/K)/x[j]", assume=("x > 0",)),
    Case("survival", "1 - Product(1 - x[k], (k, 0, K - 1))", "x[j]",
         "Product(1 - x[k], (k, 0, K - 1))/(1 - x[j])", "Product(1 - x[k], (k, 0, K - 1))"),
    Case("all-but-one", "Sum(Piecewise((0, Eq(k,i)), (x[k], True)), (k, 0, K - 1))", "x[j]",
         "1 - KroneckerDelta(i,j)", "1"),
    Case("tail", "Sum(x[k]**2, (k, 1, K - 1))", "x[j]", "Piecewise((0, Eq(j,0)), (2*x[j], True))", "2*x[j]",
         shapes="x:K"),
    Case("head", "x[0]*Sum(x[k], (k, 0, K - 1))", "x[j]",
         "x[0] + KroneckerDelta(j,0)*Sum(x[k], (k, 0, K - 1))", "x[0]"),
    Case("cumulative", "Sum(x[k], (k, 0, i))", "x[j]", "Piecewise((1, j <= i), (0, True))",
         "Piecewise((1, i <= j), (0, True))",
         shapes="x:K"),
    Case("variation", "Sum((x[k + 1] - x[k])**2, (k, 0, K - 2))", "x[j]",
         "Piecewise((2*(x[j] - x[j - 1]), j >= 1), (0, True))"
         " + Piecewise((2*(x[j] - x[j + 1]), j <= K - 2), (0, True))",
         "Piecewise((2*(x[j] - x[j - 1]), j >= 1), (0, True))", shapes="x:K"),
    Case("chain-score", "Sum(e[n,0]*x[n], (n, 0, N - 1)) + Sum(x[n]*x[n - 1], (n, 1, N - 1))", "x[j]",
         "e[j,0] + Piecewise((x[j - 1], j >= 1), (0, True)) + Piecewise((x[j + 1], j <= N - 2), (0, True))",
         "e[j,0] + x[j]", shapes="x:N e:N,K"),
    Case("pairs", "Sum((x[p] - x[q])**2, (p, 0, K - 1), (q, 0, K - 1))", "x[j]",
         "4*K*x[j] - 4*Sum(x[q], (q, 0, K - 1))", "2*K*x[j] - 2*Sum(x[q], (q, 0, K - 1))"),
    Case("ordered-pairs", "Sum(Sum(x[p]*x[q], (q, p + 1, K - 1)), (p, 0, K - 1))", "x[j]",
         "Sum(x[q], (q, 0, K - 1)) - x[j]", "Sum(x[q], (q, 0, K - 1))", shapes="x:K"),
    Case("groups", "Sum(Sum(x[n,k], (k, 0, N - 1))**2, (n, 0, N - 1))", "x[i,j]",
         "2*Sum(x[i,k], (k, 0, N - 1))", "2*Sum(x[n,j], (n, 0, N - 1))", shapes="x:N,N"),
    Case("factorisation-machine", "(Sum(v[p]*x[p], (p, 0, K - 1))**2 - Sum(v[p]**2*x[p]**2, (p, 0, K - 1)))/2", "x[j]",
         "v[j]*Sum(v[p]*x[p], (p, 0, K - 1)) - v[j]**2*x[j]", "v[j]*Sum(v[p]*x[p], (p, 0, K - 1))"),
    Case("dirichlet", "loggamma(Sum(a[k], (k, 0, K - 1)))"
         " - Sum(loggamma(a[k]), (k, 0, K - 1)) + Sum((a[k] - 1)*log(p[k]), (k, 0, K - 1))",
         "a[j]", "digamma(Sum(a[k], (k, 0, K - 1))) - digamma(a[j]) + log(p[j])", "digamma(a[j]) + log(p[j])",
         assume=("a > 0", "p > 0")),
    Case("gaussian-mixture", "log(Sum(w[k]*exp(-(x - m[k])**2/2), (k, 0, K - 1)))", "m[j]",
         "w[j]*exp(-(x - m[j])**2/2)*(x - m[j])/Sum(w[k]*exp(-(x - m[k])**2/2), (k, 0, K - 1))",
         "exp(-(x - m[j])**2/2)*(x - m[j])/Sum(w[k]*exp(-(x - m[k])**2/2), (k, 0, K - 1))", assume=("w > 0",)),
    Case("student-t", "-(v + K)/2*log(1 + Sum((x[k] - u[k])**2, (k, 0, K - 1))/v)", "x[j]",
         "-(v + K)*(x[j] - u[j])/(v + Sum((x[k] - u[k])**2, (k, 0, K - 1)))",
         "-(v + K)*(x[j] - u[j])/(1 + Sum((x[k] - u[k])**2, (k, 0, K - 1)))", assume=("v > 0",)),
    Case("negative-sampling",
         f"-log({sigmoid(PAIRED.format(0))}) - Sum(log({sigmoid('-' + PAIRED.format('i'))}), (i, 1, V - 1))",
         "U[r,j]", f"({sigmoid(PAIRED.format('r'))} - KroneckerDelta(r,0))*v[j]",
         f"({sigmoid(PAIRED.format('r'))} - 1)*v[j]",
         shapes="U:V,D v:D"),
    Case("plackett-luce", f"Sum(x[n] - log({LATER}), (n, 0, K - 1))", "x[j]",
         f"1 - exp(x[j])*Sum(1/{LATER}, (n, 0, j))", f"1 - exp(x[j])*Sum(1/{LATER}, (n, j, K - 1))", shapes="x:K"),
    Case("partial-likelihood", f"Sum(e[n]*(x[n] - log({LATER})), (n, 0, K - 1))", "x[j]",
         f"e[j] - exp(x[j])*Sum(e[n]/{LATER}, (n, 0, j))", f"e[j] - exp(x[j])*e[j]/{LATER.replace('n', 'j')}",
         shapes="x:K e:K"),
    Case("smoothed-variation", "Sum(sqrt((x[k + 1] - x[k])**2 + e), (k, 0, K - 2))", "x[j]",
         "Piecewise(((x[j] - x[j - 1])/sqrt((x[j] - x[j - 1])**2 + e), j >= 1), (0, True))"
         " - Piecewise(((x[j + 1] - x[j])/sqrt((x[j + 1] - x[j])**2 + e), j <= K - 2), (0, True))",
         "Piecewise(((x[j] - x[j - 1])/sqrt((x[j] - x[j - 1])**2 + e), j >= 1), (0, True))", shapes="x:K"),
    Case("p-norm-of-any-sign", "Sum(Abs(x[k])**p, (k, 0, K - 1))**(1/p)", "x[j]",
         "sign(x[j])*Abs(x[j])**(p - 1)*Sum(Abs(x[k])**p, (k, 0, K - 1))**(1/p - 1)",
         "Abs(x[j])**(p - 1)*Sum(Abs(x[k])**p, (k, 0, K - 1))**(1/p - 1)", assume=("p > 1",)),
    Case("product-of-the-others", "Product(x[k], (k, 0, K - 1))", "x[j]",
         "Product(x[k], (k, 0, j - 1))*Product(x[k], (k, j + 1, K - 1))", "Product(x[k], (k, 0, j - 1))", shapes="x:K"),
    Case("multiclass-hinge", "Sum(Piecewise((0, Eq(k,t)), (Max(0, x[k] - x[t] + 1), True)), (k, 0, K - 1))", "x[j]",
         "Piecewise((-Sum(Piecewise((0, Eq(k,t)), (heaviside(x[k] - x[t] + 1), True)), (k, 0, K - 1)), Eq(j,t)),"
         " (heaviside(x[j] - x[t] + 1), True))", "heaviside(x[j] - x[t] + 1)", shapes="x:K"),
    Case("partition-of-the-others", "log(Sum(Piecewise((exp(x[k]), Ne(k,i)), (0, True)), (k, 0, K - 1)))", "x[j]",
         f"Piecewise((0, Eq(i,j)), (exp(x[j])/({PARTITION} - exp(x[i])), True))",
         f"exp(x[j])/({PARTITION} - exp(x[i]))",
         assume=("K >= 2", "K integer")),
    Case("convolution", "Sum(w[m]*x[i - m], (m, 0, M - 1))", "w[j]", "x[i - j]", "x[i + j]", shapes="w:M x:N"),
    Case("power-series", "Sum(c[k]*x**k, (k, 0, K - 1))", "x", "Sum(k*c[k]*x**(k - 1), (k, 0, K - 1))",
         "Sum(c[k]*x**(k - 1), (k, 0, K - 1))", assume=("x > 0",)),
    Case("rayleigh", "Sum(x[p]*A[p,q]*x[q], (p, 0, N - 1), (q, 0, N - 1))/Sum(x[k]**2, (k, 0, N - 1))", "x[j]",
         "2*(Sum(A[j,q]*x[q], (q, 0, N - 1))/Sum(x[k]**2, (k, 0, N - 1))"
         " - x[j]*Sum(x[p]*A[p,q]*x[q], (p, 0, N - 1), (q, 0, N - 1))/Sum(x[k]**2, (k, 0, N - 1))**2)",
         "2*Sum(A[j,q]*x[q], (q, 0, N - 1))/Sum(x[k]**2, (k, 0, N - 1))", assume=("A symmetric",)),
    Case("softmax-regression", f"-Sum(Y[n,k]*log({CLASS}), (k, 0, K - 1), (n, 0, N - 1))", "W[i,j]",
         f"Sum(X[n,i]*({CLASS.replace('k]', 'j]')} - Y[n,j]), (n, 0, N - 1))",
         f"Sum(X[n,j]*({CLASS.replace('k]', 'i]')} - Y[n,i]), (n, 0, N - 1))", shapes="X:N,D W:D,K Y:N,K",
         assume=("Y one-hot",)),
    Case("clipped", "Sum(Piecewise(((x[k] - y[k])**2/2, Abs(x[k] - y[k]) <= d),"
         " (d*(Abs(x[k] - y[k]) - d/2), True)), (k, 0, K - 1))", "x[j]",
         "Max(-d, Min(d, x[j] - y[j]))", "Max(-d, Min(d, y[j] - x[j]))", assume=("d > 0",)),
)  # fmt: skip
