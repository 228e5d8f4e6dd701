"""The cache of compiled libraries: whose it is, what is taken from it, and what it says where it cannot be used."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from compiling import ADD

from derive.compiled.compiler import compile_library
from derive.errors import CompilerError
from derive.targets.c import TARGET as C

PROGRAM = """
import ctypes
from compiling import ADD
from derive.compiled.compiler import compile_library
from derive.targets.c import TARGET as C
add = compile_library([ADD], C.toolchain).add
add.restype, add.argtypes = ctypes.c_double, [ctypes.c_double] * 2
print(add(1.0, 2.0))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "derive"


def adds(library: ctypes.CDLL) -> bool:
    library.add.restype, library.add.argtypes = ctypes.c_double, [ctypes.c_double] * 2
    return bool(library.add(1.0, 2.0) == 3.0)


def entry(folder: Path) -> Path:
    (found,) = folder.glob("*.so")
    return found


def refusal() -> str:
    with pytest.raises(CompilerError) as caught:
        compile_library([ADD], C.toolchain)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_this_user_s_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        compile_library([ADD], C.toolchain)
    finally:
        os.umask(before)
    assert (mode(folder), mode(entry(folder))) == (0o700, 0o700)


@pytest.mark.parametrize("open_to", [0o770, 0o702, 0o777, 0o720])
def test_a_folder_in_which_others_can_write_is_refused(folder: Path, open_to: int) -> None:
    folder.mkdir()
    folder.chmod(open_to)
    assert refusal() == f"others can write to the cache {folder}: remove it, or run  chmod 700 '{folder}'"
    assert list(folder.iterdir()) == []
    folder.chmod(0o755)
    assert adds(compile_library([ADD], C.toolchain))


def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_library([ADD], C.toolchain)
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    assert refusal().startswith(f"the cache {folder} belongs to another user: set XDG_CACHE_HOME")


def test_a_folder_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert refusal().startswith(f"the cache {folder} is a link: remove it")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def altered(path: Path) -> None:
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)


def replaced_by_a_link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


@pytest.mark.parametrize("damage", [emptied, cut_short, altered, replaced_by_a_link])
def test_an_entry_that_is_not_what_was_kept_is_built_again(folder: Path, damage: Callable[[Path], None]) -> None:
    compile_library([ADD], C.toolchain)
    kept = entry(folder)
    whole = kept.read_bytes()
    other = kept.with_name("other")
    kept.rename(other)  # what this process has loaded stays as it is
    kept.write_bytes(whole)
    damage(kept)
    assert adds(compile_library([ADD], C.toolchain))
    assert not entry(folder).is_symlink()
    assert entry(folder).read_bytes() == whole
    if damage is replaced_by_a_link:
        assert kept.with_name("moved").read_bytes() == whole


def test_an_entry_that_cannot_be_replaced_is_told(folder: Path) -> None:
    compile_library([ADD], C.toolchain)
    kept = entry(folder)
    kept.unlink()
    (kept / "within").mkdir(parents=True)
    assert refusal().startswith(f"the cache {folder} cannot be written: Is a directory")


def test_a_link_in_place_of_an_entry_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    compile_library([ADD], C.toolchain)
    kept = entry(folder)
    kept.unlink()
    (tmp_path / "precious").write_text("precious")
    kept.symlink_to(tmp_path / "precious")
    assert adds(compile_library([ADD], C.toolchain))
    assert (tmp_path / "precious").read_text() == "precious"
    assert not kept.is_symlink()


@pytest.mark.parametrize(
    ("home", "says"),
    [("/proc", "No such file or directory"), ("/dev/null", "Not a directory"), ("{file}", "Not a directory")],
)
def test_a_folder_that_cannot_be_made_is_told_in_one_line(
    home: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    home = home.format(file=tmp_path / "file")
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    said = refusal()
    assert said.startswith(
        f"the cache {home}/derive cannot be written: {says}: make it writable, or set XDG_CACHE_HOME"
    )


def failing(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["pathlib.Path.write_text", "pathlib.Path.replace", "tempfile.mkdtemp"])
@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "No space left on device: make room there"),
        (errno.EDQUOT, "quota exceeded: make room there"),
        (errno.EROFS, "Read-only file system: make it writable"),
        (errno.EACCES, "Permission denied: make it writable"),
    ],
)
def test_a_full_or_closed_disk_is_told_in_one_line(
    call: str, number: int, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(call, failing(number))
        assert f"{says}, or set XDG_CACHE_HOME to another folder" in refusal()
    assert list(folder.iterdir()) == []
    assert adds(compile_library([ADD], C.toolchain))


@pytest.mark.parametrize("home", ["cache", "./cache", "~/cache"])
def test_a_relative_path_is_ignored_and_told(home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    with pytest.warns(UserWarning, match=r"XDG_CACHE_HOME is no absolute path .* the cache is .*home"):
        assert adds(compile_library([ADD], C.toolchain))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_relative_path_is_told_once_by_all_processes(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("from derive import Spec\nf = Spec('x**2')\n")
    words = ("-m", "derive", "build", "own.py", "--out", "out")
    environment = {**os.environ, "XDG_CACHE_HOME": "cache", "HOME": str(tmp_path / "home")}
    for command in (words, (*words[:2], "verify", "--out", "out", "--points", "64")):
        done = subprocess.run(
            [sys.executable, *command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stderr.count("XDG_CACHE_HOME is no absolute path") == 1


def test_processes_that_start_at_once_build_one_library(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-c", PROGRAM]
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    assert [process.communicate()[0].strip() for process in started] == ["3.0"] * 8
    assert len(list(folder.iterdir())) == 1


def test_an_entry_is_damaged_again_and_again_while_processes_load_it(folder: Path) -> None:
    compile_library([ADD], C.toolchain)
    kept = entry(folder)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-c", PROGRAM]
    for _ in range(2):
        kept.unlink()
        kept.write_bytes(b"\x7fELF")
        started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        assert [process.communicate()[0].strip() for process in started] == ["3.0"] * 4
