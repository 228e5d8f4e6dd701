"""C sources to libraries: compilers that are missing, that refuse, and that are none."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from compiling import ADD

from derive.codegen.target import SourceFile
from derive.compiled import compiler
from derive.compiled.compiler import compile_library, find_compiler
from derive.errors import CompilerError
from derive.targets.c import TARGET as C


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    find_compiler.cache_clear()
    yield tmp_path / "derive"
    find_compiler.cache_clear()


def test_a_library_is_compiled_once(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_library([ADD], C.toolchain)
    assert len(list(fresh.iterdir())) == 1
    monkeypatch.setattr(compiler, "_compile", lambda *_: pytest.fail("compiled again"))
    compile_library([ADD], C.toolchain)


def test_other_sources_and_other_flags_are_other_libraries(fresh: Path) -> None:
    compile_library([ADD], C.toolchain)
    compile_library([ADD], C.toolchain, flags=("-O1",))
    compile_library([SourceFile(ADD.path, ADD.text + "\n")], C.toolchain)
    assert len(list(fresh.iterdir())) == 3


def test_what_the_compiler_says_is_passed_on(fresh: Path) -> None:
    with pytest.raises(CompilerError, match=r"(?s)refused c/bad\.c:.*error"):
        compile_library([SourceFile("c/bad.c", "int bad(void) { return nothing; }\n")], C.toolchain)
    assert list(fresh.iterdir()) == []


def test_ziglang_will_do_as_a_compiler() -> None:
    pytest.importorskip("ziglang")
    library = compile_library([ADD], C.toolchain, compiler=(sys.executable, "-m", "ziglang", "cc"))
    assert library.add


def test_cc_from_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "zig cc -target x86_64-linux")
    assert find_compiler(C.toolchain) == ("zig", "cc", "-target", "x86_64-linux")


def test_cc_may_lie_in_a_folder_that_is_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = find_compiler(C.toolchain)
    find_compiler.cache_clear()
    monkeypatch.chdir(tmp_path)
    script(tmp_path / "mine", f'#!/bin/sh\nexec {shlex.join(real)} "$@"\n')
    monkeypatch.setenv("CC", "./mine")
    compile_library([ADD], C.toolchain)


def test_without_a_compiler_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CompilerError, match="install gcc or clang, or `pip install ziglang`, or set CC"):
        find_compiler(C.toolchain)


def script(path: Path, text: str, mode: int = 0o755) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    ("cc", "says"),
    [
        ("gcc '", "CC is no command (No closing quotation): gcc '"),
        ("gcc \\", "CC is no command (No escaped character): gcc \\"),
        ("", "CC is empty"),
        ("  \t", "CC is empty"),
        ("''", "CC is empty"),
        ("no-such-compiler -O2", "cannot be run: no-such-compiler -O2 --version: No such file or directory"),
        ("{folder}", "Permission denied"),
        ("{plain}", "Permission denied"),
        ("{binary}", "Exec format error"),
        ("{plain}/cc", "Not a directory"),
        ("false", "false refused c/add.c, and says nothing more: is it a C compiler?"),
        ("true", "true made no library of c/add.c: is it a C compiler?"),
        ("{text}", "made cannot be loaded: "),
    ],
)
def test_a_compiler_that_is_none_is_told_in_one_line(
    cc: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        "folder": str(tmp_path),
        "plain": script(tmp_path / "plain", "gcc", 0o644),
        "binary": script(tmp_path / "binary", "\x7fELF"),
        "text": script(tmp_path / "text", "#!/bin/sh\n[ $1 = --version ] || echo text > library.so\n"),
    }
    monkeypatch.setenv("CC", cc.format(**paths))
    with pytest.raises(CompilerError) as caught:
        compile_library([ADD], C.toolchain)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
