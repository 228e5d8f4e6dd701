"""The emitted C under AddressSanitizer and UndefinedBehaviorSanitizer, on memory of the exact size."""

import subprocess
from pathlib import Path

import pytest

from derive import catalogue
from derive.codegen.emit import emit
from derive.codegen.kernel import Argument, Dtype, Kernel
from derive.codegen.lower import kernels_of
from derive.compiled.compiler import find_compiler
from derive.errors import DeriveError
from derive.spec.statement import Function
from derive.targets.c import TARGET as C

FLAGS = ("-std=c99", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
CATALOGUE = {function.name: function for function in catalogue()}
# Each value in turn fills the inputs; 7 and 1000 are not multiples of any vector's width.
SAMPLES = "0.0, -0.0, 1.0, 0.5, -3.25, 1e-45, -88.8, 3e38, INFINITY, -INFINITY, NAN"
DTYPES: tuple[Dtype, ...] = ("float32", "float64")
LENGTHS = (0, 1, 7, 1000)


def compiled(folder: Path, sources: list[Path]) -> Path:
    program = folder / "program"
    command = [*find_compiler(C.toolchain), *FLAGS, "-o", str(program), *map(str, sources), "-lm"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return program


@pytest.fixture(scope="module")
def sanitizers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where there is no compiler, or none that has the sanitizers."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.c").write_text("int main(void) { return 0; }\n")
    try:
        subprocess.run([compiled(folder, [folder / "probe.c"])], check=True, capture_output=True)
    except (DeriveError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"the compiler has no sanitizers: {problem}")


def call(kernel: Kernel, dtype: Dtype) -> str:
    """A C block that calls one kernel, its output apart and then in place of the first input of that size."""
    kind = "float" if dtype == "float32" else "double"
    sizes = {"element": "n", "vector": "2 * n", "row": "2", "scalar": "1"}
    lines = [
        f"        {kind} *{a.name} = make_{kind}({sizes[a.shape]}, at + {i});" for i, a in enumerate(kernel.arguments)
    ]
    leading = "2, n" if kernel.row else "n"
    passed = [f"*{a.name}" if a.shape == "scalar" and a.role != "output" else a.name for a in kernel.arguments]
    symbol = C.symbol(kernel, dtype)
    lines.append(f"        {symbol}({leading}, {', '.join(passed)});")
    if alias := in_place(kernel):
        lines.append(f"        {symbol}({leading}, {', '.join([*passed[:-1], alias.name])});")
    lines += [f"        free({argument.name});" for argument in kernel.arguments]
    return "\n".join(["    {", *lines, "    }"])


def in_place(kernel: Kernel) -> Argument | None:
    return next((a for a in kernel.inputs if a.shape == kernel.output.shape and a.shape != "scalar"), None)


def driver(function: Function, kernels: tuple[Kernel, ...]) -> str:
    makers = "\n".join(
        f"static {kind} *make_{kind}(size_t n, size_t at)\n{{\n"
        f"    {kind} *made = malloc(n * sizeof *made);\n"
        f"    for (size_t i = 0; i < n; i++)\n"
        f"        made[i] = ({kind})samples[(at + i) % (sizeof samples / sizeof *samples)];\n"
        f"    return made;\n}}"
        for kind in ("float", "double")
    )
    calls = "\n".join(call(kernel, dtype) for kernel in kernels for dtype in DTYPES)
    return (
        f'#include <math.h>\n#include <stdlib.h>\n#include "{function.name}.h"\n'
        f"static const double samples[] = {{{SAMPLES}}};\n{makers}\n"
        f"int main(void)\n{{\n    static const size_t lengths[] = {{{', '.join(map(str, LENGTHS))}}};\n"
        f"    for (size_t l = 0; l < {len(LENGTHS)}; l++) for (size_t first = 0; first < 11; first++) {{\n"
        f"    const size_t n = lengths[l];\n    size_t at = first;\n{calls}\n    }}\n    return 0;\n}}\n"
    )


@pytest.mark.usefixtures("sanitizers")
@pytest.mark.parametrize("name", CATALOGUE)
def test_no_kernel_strays_from_its_memory_or_from_defined_behaviour(name: str, tmp_path: Path) -> None:
    function = CATALOGUE[name]
    kernels = kernels_of(function)
    for source in emit(function, kernels, C):
        (tmp_path / Path(source.path).name).write_text(source.text)
    (tmp_path / "driver.c").write_text(driver(function, kernels))
    program = compiled(tmp_path, [tmp_path / f"{name}.c", tmp_path / "driver.c"])
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("sanitizers")
def test_the_sanitizers_see_a_write_past_the_end(tmp_path: Path) -> None:
    (tmp_path / "stray.c").write_text(
        "#include <stdlib.h>\nint main(void) { char *x = malloc(4); x[4] = 1; int y = x[4]; free(x); return y; }\n"
    )
    done = subprocess.run([compiled(tmp_path, [tmp_path / "stray.c"])], capture_output=True, text=True, check=False)
    assert done.returncode != 0
