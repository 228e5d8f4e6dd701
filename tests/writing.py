"""Random documents, well-formed and damaged: prose, displays, front matter, notebooks."""

from __future__ import annotations

import json
from random import Random

LETTERS = ("x", "y", "z", "w", "p", "q", "A", "W", "K", "n", r"\theta", r"\sigma", r"\hat{y}", r"\mathbf{x}", "L", "f")
PLACES = ("i", "j", "k", "b", "i,j", "ij", "1", "t-1", "2b", "y_i", r"\text{out}", "i=j", "+", "", r"\mu", "-1", "i/2")
LABELS = ("2", "(2)", "(i)", "T", r"\top", "-1", "{-x}", r"\prime", "n/2", "(l-1)", "*", "")
COMMANDS = (
    "log", "exp", "sqrt", "det", "tanh", "sin", "max", "min", "Gamma", "psi", "erf", "sgn", "nabla", "partial",
    "inv", "tr", "argmax", "softmax", "operatorname{relu}", "mathbb{E}",
)  # fmt: skip
FRAGMENTS = (
    r"\log\det A", r"f_{y_i}", r"\det(A_{ij})", r"\delta_{y_i,k}", r"\sum_{k=1}^{K}", r"\sum_b",
    r"\frac{\partial L}{\partial x_i}", r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\mathbb{1}[i = j]", r"\|x\|_2", "|x|", "x!", "f'(x)", r"\left(", r"\right)", r"\frac{d}{dx}", r"x^{(2)}",
    r"\int_0^1 x\,dx", r"A^{-1}", r"x^T", r"[i = j]", "{", "}", "&", r"\\", "=", r"\approx", r"\propto", "^", "_",
    ",", r"\max_{k} x_k", r"\prod_{n}", r"0^0", r"\frac{1}{0}", "1/0", r"\log 0", r"\infty", r"\nabla_\theta J",
    r"\sum_{i \in B} x_i", r"\sqrt[0]{x}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "99999999999999999999",
    r"x^{99999}", r"\lfloor x \rfloor", r"\Gamma(0)", "é", r"\text{if } x", "x_", "'",
)  # fmt: skip
WORDS = (
    "where", "$y$ is one-hot", "for $x > 0$", "so", "# Heading", "and `code`", r"with $\hat{y} = \sigma(z)$", "$$",
    r"\[", "```", "$", "- item", "$i = 1, \\dots, n$", "the sigmoid", r"if $i = j$", r"$y \in \{0, 1\}$", r"\(x = a\)",
)  # fmt: skip
HEADERS = (
    "function: x**2\nwrt: x", "function: Sum(x[i]*y[i],(i,0,K-1))\nwrt: x[j]", "function: log(det(A))\nwrt: A[i,j]",
    "function: '('", "wrt: y[i]", "definitions: p = softmax(o), uses sum_i y_i = 1", "function: f(x)\nwrt: x",
    "function: x[y[i]]\nwrt: x[j]", "title: A page", "function: 1\nwrt: 2", "function: x > 0\nwrt: x",
    "function: KroneckerDelta(i,j)*x[i]\nwrt: x[k]", "function: x**2\nwrt: x\ndefinitions: h(x) = x, p = (",
)  # fmt: skip


def formula(random: Random, depth: int = 3) -> str:
    """LaTeX that is mostly a formula."""
    if depth == 0 or random.random() < 0.15:
        return random.choice([*LETTERS, "1", "2", "0.5", named(random)])
    first, second = (formula(random, depth - 1) for _ in range(2))
    binder, letter = random.choice(("max", "prod", "sum")), random.choice("bijkn")
    name, other, command = named(random), named(random), random.choice(COMMANDS)
    shapes = (
        "@1 + @2", "@1 - @2", r"@1 \cdot @2", "@1 @2", r"\frac{@1}{@2}", "(@1) / (@2)", "{@1}^{@2}", "-(@1) (@2)",
        rf"\sum_{{{letter}=1}}^{{{random.choice('BKnN')}}} @1 @2", rf"\{command}(@1, @2)", rf"\{command} @1 @2",
        rf"\frac{{\partial}}{{\partial {name}}} @1 @2", rf"\frac{{\partial {name}}}{{\partial {other}}} @1 @2",
        rf"{name}(@1, @2)", rf"\{binder}_{letter} @1 @2", rf"{name}(@1)", r"\left[@1 @2\right]",
    )  # fmt: skip
    return random.choice(shapes).replace("@1", first).replace("@2", second)


def named(random: Random) -> str:
    name = random.choice(LETTERS)
    if random.random() < 0.6:
        name += f"_{{{random.choice(PLACES)}}}"
    return name + (f"^{{{random.choice(LABELS)}}}" if random.random() < 0.2 else "")


def damaged(random: Random, text: str) -> str:
    """`text` with a few pieces lost, doubled, moved or put in."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice((1, 1, 2, 8)))
        piece = random.choice(("", text[at:end] * 2, random.choice(FRAGMENTS), random.choice(FRAGMENTS) + text[at:end]))
        text = text[:at] + piece + text[end:]
    return text


def display(random: Random) -> str:
    lines = []
    for count in range(random.randrange(1, 4)):
        left = random.choice(
            [
                named(random),
                "f(x)",
                r"f'(x)",
                rf"\frac{{\partial L}}{{\partial {named(random)}}}",
                formula(random, 1),
                random.choice(FRAGMENTS),
            ]
        )
        right = [formula(random, 2) for _ in range(random.randrange(1, 3))]
        lines.append(" = ".join([left, *right] if count == 0 or random.random() < 0.5 else ["", *right]))
    body = damaged(random, r" \\ ".join(lines))
    around = random.choice(
        ("$$\n@\n$$", "\\[@\\]", "\\begin{align}\n@\n\\end{align}", "$$@$$", "\\begin{cases}@\\end{cases}")
    )
    return around.replace("@", body)


def document(random: Random) -> str:
    parts = [
        random.choice((display, lambda random: random.choice(WORDS)))(random) for _ in range(random.randrange(1, 6))
    ]
    text = damaged(random, "\n\n".join(parts))
    return f"---\n{random.choice(HEADERS)}\n---\n{text}" if random.random() < 0.3 else text


def notebook(random: Random) -> str:
    cells = [
        {"cell_type": random.choice(("markdown", "code")), "source": document(random).splitlines(keepends=True)}
        for _ in range(2)
    ]
    text = json.dumps({"cells": cells, "nbformat": 4})
    return damaged(random, text) if random.random() < 0.6 else text
