"""An attack on the reader of C: random functions, compiled and run, against what the reader says that they mean.

`python -m tests.attack.c_code 5000 [seed]` prints a tally; a disagreement is printed with its source.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from derive import trace_c
from derive.errors import DeriveError
from derive.term import Term

from .code_values import differs

SIGNATURE = "(double x, double y, int n, unsigned u, const double *a, const int *b)"
POINTS = [
    (0.3712345, -1.2837465, 3, 2),
    (-2.1718281, 0.7182818, 2, 0),
    (4.9131517, 2.3571113, 4, 5),
    (-0.4142135, -3.1622776, 1, 1),
]
A = (0.8253917, -1.6180339, 2.2360679, -0.5772156)
B = (3, -2, 5, -1)
REALS = ("double", "float", "long double", "real")
WHOLES = ("int", "long", "unsigned", "size_t", "short", "unsigned char", "int8_t", "_Bool", "bool", "idx", "uint16_t")


@dataclass(frozen=True)
class Case:
    """One function, with whatever it needs before it."""

    name: str
    source: str


CALLS = (
    "fabs abs floor ceil trunc round sin expf tanh fabsf cbrt exp2 remainder fmod fmax fmin fdim copysign hypot pow"
).split()
OF_TWO = ("remainder", "fmod", "fmax", "fmin", "fdim", "copysign", "hypot")
LEAVES = "1 2 3 7 0.5 2.0 1.5f 0 1u 2L 3.0 010 0x1F 1. .5 0.25f 4ul 1e1 300".split()
ODD = "v0++|(x, y)|(y = 2)|sizeof(int)|~n|n << 1|n & 1|*a|b[0]|a[n - 1]|b[u % 2]|*(a + 1)|a[0]|b[1] / 2".split("|")
DECLARED = (*REALS, *WHOLES, "int", "int", "double", "double", "const double", "static int")


class Generator:
    """Functions of SIGNATURE; those with undefined behaviour are found by the sanitizer, not here."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fresh = 0
        self.variables: list[tuple[str, str]] = []

    def case(self, number: int) -> Case:
        name = f"f{number}"
        self.fresh = 0
        before = self.preamble(number)
        self.variables = [("x", "double"), ("y", "double"), ("n", "int")]
        self.variables += [("u", "unsigned")] if self.random.random() < 0.3 else []
        returned = self.pick("double", "double", "double", "double", "float", "real", "int", "long", "unsigned char")
        body = [self.statement(2) for _ in range(self.random.randint(0, 3))]
        body.append(f"return {self.expression(3)};")
        lines = "\n".join(f"    {line}" for line in body)
        return Case(name, f"{before}{returned} {name}{SIGNATURE}\n{{\n{lines}\n}}\n")

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def new(self) -> str:
        self.fresh += 1
        return f"v{self.fresh}"

    # What stands before a function

    def preamble(self, number: int) -> str:
        found = []
        if self.random.random() < 0.3:
            body = self.pick("1/2", "(1/2)", "1.0/2", "x + 1", "-1", "3", "2.5", "n - 1", "0x10", "010", "1 + 1")
            found.append(f"#define M {body}")
        if self.random.random() < 0.2:
            body = self.pick("p*p", "((p)*(p))", "(p)/2", "p > 0 ? p : -p", "(p + 1)")
            found.append(f"#define SQ(p) {body}")
        if self.random.random() < 0.2:
            condition = self.pick("#if 0", "#if 1", "#ifdef M", "#ifndef M", "#if defined(M) && 1", "#if !defined(M)")
            one, other = self.pick("2.0", "1/2", "7"), self.pick("3.0", "5", "x")
            found.append(f"{condition}\n#define W {one}\n#else\n#define W {other}\n#endif")
        if self.random.random() < 0.25:
            kind, given = (
                self.pick("double", "int", "float", "unsigned", "size_t"),
                self.pick("double", "int", "unsigned char"),
            )
            body = self.pick("t / 2", "t * t", "t > 1 ? 1 : t", "-t", "t + 1", "t % 3" if given == "int" else "t * 0.5")
            found.append(f"static {kind} h{number}({given} t) {{ return {body}; }}")
        if self.random.random() < 0.1:
            found.append(
                f"static const {self.pick('double', 'int', 'float')} G{number} = {self.pick('2.75', '3', '7/2')};"
            )
        self.helpers = [
            part for part in ("M", "W", f"h{number}", f"G{number}", "SQ") if re.search(rf"\b{part}\b", "\n".join(found))
        ]
        return "".join(f"{line}\n" for line in found)

    # Expressions

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.leaf()
        inner = lambda: self.expression(depth - 1)  # noqa: E731
        kind = self.random.random()
        if kind < 0.4:
            return f"({inner()} {self.pick('+', '-', '*', '/')} {inner()})"
        if kind < 0.43:
            return f"({self.whole()} {self.pick('%', '%', '/')} {self.whole()})"
        if kind < 0.5:
            return f"{inner()} {self.pick('+', '-', '*')} {inner()}"
        if kind < 0.6:
            return f"({self.condition(depth - 1)} ? {inner()} : {inner()})"
        if kind < 0.68:
            return f"({self.pick(*REALS, *WHOLES)}){self.wrapped(inner())}"
        if kind < 0.72:
            return f"{self.pick('-', '!', '+')}{self.wrapped(inner())}"
        if kind < 0.9:
            name = self.pick(*CALLS)
            if name in OF_TWO:
                return f"{name}({inner()}, {inner()})"
            if name == "pow":
                return f"pow({inner()}, {self.pick('2', '3', '-1', '1/2', '0.5', 'n')})"
            return f"{name}({inner()})"
        if kind < 0.93 and self.helpers:
            chosen = self.pick(*self.helpers)
            return f"{chosen}({inner()})" if chosen[0] in "hS" else chosen
        if kind < 0.96:
            return f"({self.condition(depth - 1)})"
        return self.pick(*ODD) if self.random.random() < 0.6 else inner()

    def whole(self) -> str:
        names = [name for name, typed in self.variables if typed in WHOLES]
        return self.pick("2", "3", "7", "-7", "10u", "5L", "(n + 1)", "(-n)", "(n * 2)", "(n > 1)", *names)

    def wrapped(self, text: str) -> str:
        return text if text.startswith("(") or re.fullmatch(r"\w+", text) else f"({text})"

    def condition(self, depth: int) -> str:
        one = f"{self.expression(depth)} {self.pick('<', '<=', '>', '>=', '==', '!=')} {self.expression(depth)}"
        if self.random.random() < 0.2:
            return f"({one}) {self.pick('&&', '||')} ({self.condition(0)})"
        return one if self.random.random() < 0.9 else self.expression(depth)

    def leaf(self) -> str:
        if self.random.random() < 0.6:
            return self.random.choice(self.variables)[0]
        if self.helpers and self.random.random() < 0.3:
            chosen = self.pick(*self.helpers)
            return f"{chosen}(x)" if chosen[0] in "hS" else chosen
        return self.pick(*LEAVES)

    # Statements

    def statement(self, depth: int) -> str:
        kind = self.random.random()
        if kind < 0.3:
            name, typed = self.new(), self.pick(*DECLARED)
            text = f"{typed} {name} = {self.expression(2)};"
            self.variables.append((name, typed))
            return text
        if kind < 0.5:
            name = self.changing()
            return f"{name} {self.pick('=', '+=', '-=', '*=', '/=')} {self.expression(2)};"
        if kind < 0.55:
            return f"{self.changing()}{self.pick('++', '--')};"
        if depth == 0:
            return ";"
        if kind < 0.65:
            return f"if ({self.condition(1)}) {{ {self.block(depth)} }} else {{ {self.block(depth)} }}"
        if kind < 0.72:
            return f"if ({self.condition(1)}) {{ {self.block(depth)} return {self.expression(1)}; }}"
        if kind < 0.77:
            name = self.random.choice(self.variables)[0]
            return f"{{ double {name} = {self.expression(1)}; {self.block(depth)} if ({name} > 1) return {name}; }}"
        return self.loop(depth)

    def changing(self) -> str:
        return self.random.choice([name for name, typed in self.variables if "const" not in typed])

    def block(self, depth: int) -> str:
        kept = list(self.variables)
        found = " ".join(self.statement(depth - 1) for _ in range(self.random.randint(1, 2)))
        self.variables = kept
        return found

    def loop(self, depth: int) -> str:
        kept = list(self.variables)
        total, index = self.new(), self.new()
        typed = self.pick("int", "int", "unsigned", "size_t", "double", "unsigned char", "long")
        start = self.pick("0", "0", "0", "1", "-1", "2")
        end = self.pick("n", "n", "u", "3", "5", "n - 1", "2.5", "300", "x")
        compare = self.pick("<", "<", "<", "<=", "!=")
        step = self.pick(f"{index}++", f"++{index}", f"{index} += 1", f"{index} += 2", f"{index}--")
        self.variables.append((index, typed))
        element = self.pick(
            f"a[{index}]",
            f"a[{index}] * x",
            f"x / ({index} + 1)",
            f"b[{index}] / 2",
            f"{index}",
            f"{index} * 0.5",
            self.expression(1),
        )
        body = self.pick(
            f"{total} += {element};", f"{total} += {element};", f"if ({element} > 0) {total} += {element};",
            f"{total} = fmax({total}, {element});", f"{total} *= {element};", f"{total} = {element};",
            f"{total} += {element}; {self.block(depth)}", f"if ({element} > {total}) {total} = {element};",
            f"if ({element} > 1) break; {total} += 1;", f"if ({element} > 1) return {index}; {total} += 1;",
        )  # fmt: skip
        self.variables = [*kept, (total, "double")]
        declared = f"{self.pick('double', 'double', 'float', 'int')} {total} = {self.pick('0', '1', 'x', 'a[0]')};"
        if self.random.random() < 0.7:
            return f"{declared} for ({typed} {index} = {start}; {index} {compare} {end}; {step}) {{ {body} }}"
        self.variables.append((index, typed))
        return f"{declared} {typed} {index}; for ({index} = {start}; {index} {compare} {end}; {step}) {{ {body} }}"


HEADER = """#include <math.h>
#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdlib.h>
typedef double real;
typedef int idx;
"""
# The reader leaves rounding out, so that float is run as double.
COMPILE = "-std=gnu99 -O0 -w -fsanitize=undefined,float-cast-overflow -fno-sanitize=float-divide-by-zero".split()
COMPILE += ["-Dfloat=double", "-Dexpf=exp", "-Dfabsf=fabs"]


def compiled(cases: list[Case]) -> dict[str, list[float | None]]:
    """What each function returns at POINTS; None where its behaviour is undefined, or it does not end."""
    kept = cases
    lines, spans = HEADER.count("\n"), []
    for case in kept:
        text = _numbered(case)
        spans.append((lines + 1, lines + text.count("\n"), case.name))
        lines += text.count("\n")
    source = HEADER + "".join(map(_numbered, kept)) + _main(kept)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.c"
        path.write_text(source, encoding="utf-8")
        built = subprocess.run(
            ["gcc", *COMPILE, "-include", "stdio.h", str(path), "-o", f"{folder}/run", "-lm"],
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            wrong = {_at(int(line), spans) for line in re.findall(r"cases\.c:(\d+):", built.stderr)}
            left = [case for case in kept if case.name not in wrong]
            if len(left) == len(kept):
                raise RuntimeError(f"no case can be blamed for: {built.stderr[:2000]}")
            return compiled(left) if left else {}
        run = subprocess.run([f"{folder}/run"], capture_output=True, text=True, check=False, timeout=120)
    undefined = {_at(int(line), spans) for line in re.findall(r"cases\.c:(\d+):", run.stderr)}
    found: dict[str, list[float | None]] = {}
    for line in run.stdout.splitlines():
        name, *values = line.split()
        found[name] = [None if name in undefined or text == "stuck" else float(text) for text in values]
    return found


def _numbered(case: Case) -> str:
    source = re.sub(r"\b(\d*\.\d*)f\b", r"\1", case.source)
    return f"{source}#undef M\n#undef SQ\n#undef W\n"


def _at(line: int, spans: list[tuple[int, int, str]]) -> str:
    return next((name for first, last, name in spans if first <= line <= last), "")


def _main(cases: list[Case]) -> str:
    """Each function at each point; one that does not end in time is left by a jump."""
    calls = "".join(f'    run("{case.name}", {_thunk(case.name)});\n' for case in cases)
    thunks = "".join(
        f"static double {_thunk(case.name)}(double x, double y, int n, unsigned u)\n"
        f"{{ return {case.name}(x, y, n, u, A, B); }}\n"
        for case in cases
    )
    points = ", ".join(f"{{{x}, {y}, {n}, {u}}}" for x, y, n, u in POINTS)
    return f"""
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
static const double A[] = {{{", ".join(map(str, A))}}};
static const int B[] = {{{", ".join(map(str, B))}}};
static const struct {{ double x, y; int n; unsigned u; }} P[] = {{{points}}};
static sigjmp_buf away;
static void leave(int signal) {{ (void)signal; siglongjmp(away, 1); }}
{thunks}
static void run(const char *name, double (*f)(double, double, int, unsigned))
{{
    printf("%s", name);
    for (int k = 0; k < {len(POINTS)}; k++) {{
        struct itimerval soon = {{{{0, 0}}, {{0, 20000}}}}, never = {{{{0, 0}}, {{0, 0}}}};
        if (sigsetjmp(away, 1)) {{ printf(" stuck"); continue; }}
        setitimer(ITIMER_VIRTUAL, &soon, 0);
        double found = f(P[k].x, P[k].y, P[k].n, P[k].u);
        setitimer(ITIMER_VIRTUAL, &never, 0);
        printf(" %.17g", found);
    }}
    printf("\\n");
    fflush(stdout);
}}
int main(void)
{{
    signal(SIGVTALRM, leave);
    signal(SIGSEGV, leave);
    signal(SIGFPE, leave);
{calls}    return 0;
}}
"""


def _thunk(name: str) -> str:
    return f"call_{name}"


def read(case: Case) -> Term | str:
    """What the reader says, or why it does not."""
    try:
        return trace_c("typedef double real;\ntypedef int idx;\n" + case.source, case.name)
    except DeriveError as problem:
        return str(problem)


@dataclass
class Tally:
    read: int = 0
    refused: int = 0
    undefined: int = 0
    reasons: Counter[str] | None = None
    wrong: list[str] | None = None


def attack(count: int, seed: int = 1) -> Tally:
    """Random functions, read and run."""
    generator = Generator(seed)
    cases = [generator.case(number) for number in range(count)]
    tally = Tally(reasons=Counter(), wrong=[])
    assert tally.reasons is not None
    assert tally.wrong is not None
    for start in range(0, count, 500):
        values = compiled(cases[start : start + 500])
        for case in cases[start : start + 500]:
            if case.name not in values or None in values[case.name]:
                tally.undefined += 1
                read(case)  # which must not end in an error of its own
                continue
            found = read(case)
            if isinstance(found, str):
                tally.refused += 1
                tally.reasons[re.sub(r"^line \d+: |\bv\d+|[\d.]+", "", found)[-60:]] += 1
                continue
            tally.read += 1
            tally.wrong += [text for text in [disagreement(case, found, values[case.name])] if text]
    return tally


def disagreement(case: Case, formula: Term, wanted: list[float | None]) -> str:
    for (x, y, n, u), expected in zip(POINTS, wanted, strict=True):
        point = {"x": x, "y": y, "n": n, "u": u, "a": A, "b": B}
        assert expected is not None
        found = differs(formula, point, expected) if abs(expected) < 1e15 else None
        if found is not None:
            return f"{case.source}at x={x} y={y} n={n} u={u}: C {expected}, read {found}\n  {formula}"
    return ""


def can_run() -> bool:
    return shutil.which("gcc") is not None


def main() -> int:
    count, seed = (int(text) for text in (sys.argv[1:] + ["1000", "1"][len(sys.argv) - 1 :])[:2])
    tally = attack(count, seed)
    assert tally.reasons is not None
    assert tally.wrong is not None
    for text in tally.wrong:
        print(text, "\n")
    print(f"read {tally.read}, refused {tally.refused}, undefined in C {tally.undefined}, wrong {len(tally.wrong)}")
    for reason, times in tally.reasons.most_common(15):
        print(f"  {times:5d}  {reason}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
