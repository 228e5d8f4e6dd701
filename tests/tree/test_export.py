"""An exported library: it builds by itself, gives the same bits wherever it runs, and nothing of anyone's is lost."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import derive
from derive import Spec
from derive.errors import DeriveError
from derive.spec.statement import name_function
from derive.targets.c import STRICT
from derive.tree.export import export

FUNCTIONS = [function for function in derive.catalogue() if function.name in ("silu", "softmax", "log_sigmoid")]
FLAGS = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"]
PROGRAM = """
#include <stdio.h>
#include "mine.h"
int main(void)
{
    static float x[4096], y[4096], dy[4096];
    size_t n = fread(x, sizeof *x, 4096, stdin);
    derive_silu_with_derivative_f32(n, x, y, dy);
    fwrite(y, sizeof *y, n, stdout);
    fwrite(dy, sizeof *dy, n, stdout);
    derive_log_sigmoid_fast_f32(n, x, y);
    fwrite(y, sizeof *y, n, stdout);
    return 0;
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    written = export(FUNCTIONS, folder, "mine")
    assert sorted(written) == sorted(path for path in folder.rglob("*") if path.is_file())
    return folder


def run(command: list[str], folder: Path, given: bytes = b"") -> bytes:
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def needs(*tools: str) -> None:
    for tool in tools:
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")


def answers(library: Path, folder: Path, flags: list[str], given: bytes) -> bytes:
    (folder / "main.c").write_text(PROGRAM, encoding="utf-8")
    sources = [str(path) for path in sorted((library / "src").glob("*.c"))]
    places = [f"-I{library / 'include'}", f"-I{library / 'include' / 'mine'}"]
    run(["gcc", "-std=gnu99", *FLAGS, *flags, *places, "main.c", *sources, "-o", "main", "-lm"], folder)
    return run([str(folder / "main")], folder, given)


def test_every_kind_of_processor_gives_the_same_bits(library: Path, tmp_path: Path) -> None:
    needs("gcc")
    bits = np.random.default_rng(1).integers(0, 2**32, 4096, np.uint32)
    given = bits[np.isfinite(bits.view(np.float32))].tobytes()
    native = answers(library, tmp_path, ["-march=native"], given)
    assert answers(library, tmp_path, ["-DDERIVE_DISPATCH", "-DDERIVE_FMA=1", "-Werror"], given) == native
    assert answers(library, tmp_path, ["-DDERIVE_FMA"], given) == native
    silu = derive.load("silu")
    x = np.frombuffer(given, np.float32)
    with np.errstate(all="ignore"):
        assert native.startswith(silu(x).tobytes() + silu.with_derivative(x)[1].tobytes())


@pytest.mark.parametrize("language", ["c", "c++"])
def test_sources_compile_without_a_warning(language: str, library: Path, tmp_path: Path) -> None:
    needs("gcc", "g++")
    strict = [flag for flag in STRICT if language == "c" or flag != "-std=c99"]
    command = ["gcc", *strict] if language == "c" else ["g++", *strict, "-Wno-pedantic"]
    for path in (library / "src").glob("*.c"):
        place = f"-I{library / 'include' / 'mine'}"
        run([*command, "-O1", place, "-x", language, "-c", str(path), "-o", "out.o"], tmp_path)


def test_it_builds_and_installs_with_cmake_and_is_found_by_pkg_config(library: Path, tmp_path: Path) -> None:
    needs("cmake", "pkg-config", "gcc")
    prefix = tmp_path / "prefix"
    run(
        ["cmake", "-S", str(library), "-B", "build", f"-DCMAKE_INSTALL_PREFIX={prefix}", "-DCMAKE_C_COMPILER=gcc"],
        tmp_path,
    )
    run(["cmake", "--build", "build"], tmp_path)
    run(["cmake", "--install", "build"], tmp_path)
    (found,) = prefix.rglob("mine.pc")
    words = run(["env", f"PKG_CONFIG_PATH={found.parent}", "pkg-config", "--cflags", "--libs", "mine"], tmp_path)
    (tmp_path / "main.c").write_text(PROGRAM, encoding="utf-8")
    run(["gcc", "main.c", "-o", "main", *words.decode().split()], tmp_path)
    assert run([str(tmp_path / "main")], tmp_path, np.zeros(3, np.float32).tobytes())[:12] == bytes(12)


def test_an_export_is_written_over_and_nothing_else_is(tmp_path: Path) -> None:
    export(FUNCTIONS[:1], tmp_path)
    export(FUNCTIONS[:1], tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("kept")
    (tmp_path / "src" / "own.c").write_text("int own;")
    export(FUNCTIONS[1:2], tmp_path, "renamed")
    names = {path.name for path in tmp_path.rglob("*") if path.is_file() and other not in path.parents}
    name = FUNCTIONS[1].name
    files = {f"{name}.c", f"{name}.h", "renamed.h", "renamed.pc.in", "README.md", "CMakeLists.txt"}
    assert names == files | {"own.c"}
    with pytest.raises(DeriveError, match="holds files that derive did not export"):
        export(FUNCTIONS[:1], other)
    assert [path.name for path in other.iterdir()] == ["mine.txt"]
    with pytest.raises(DeriveError, match="is a file: name a folder"):
        export(FUNCTIONS[:1], other / "mine.txt")


def test_functions_whose_kernels_share_a_name_are_refused(tmp_path: Path) -> None:
    named = [name_function(Spec("2*x"), name, f"mine.py:1: {name}") for name in ("sil", "sil_fast")]
    with pytest.raises(DeriveError, match="the name sil_fast of a kernel is taken"):
        export(named, tmp_path / "out")


@pytest.mark.parametrize("name", ["", "a b", "../up", "1st", "a-b", "all", "install", "m"])
def test_a_name_that_no_library_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="is no name of a library"):
        export(FUNCTIONS[:1], tmp_path / "out", name)
    assert not (tmp_path / "out").exists()
