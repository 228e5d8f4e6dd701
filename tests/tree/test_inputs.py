"""What generated files depend on: all that a build goes through, and the modules beside a specs file."""

from __future__ import annotations

from pathlib import Path

from imports import all_imported

from derive.paths import PACKAGE
from derive.tree import inputs
from derive.tree.inputs import changed, digest, local_modules, own_inputs, shared_inputs
from derive.tree.plan import Plan, catalogue_plan


def test_the_packages_own_sources_templates_and_sympy_are_inputs() -> None:
    found = shared_inputs()
    for label in ("derive/term.py", "derive/rules/stability.py", "sympy"):
        assert label in found
    assert any(label.startswith("templates/c/") for label in found)
    assert not any("_generated" in label or label.startswith("derive/functions") for label in found)
    plan = catalogue_plan(Path("generated"))
    assert "functions/activations.py" in own_inputs(plan, plan.specs[0])


def test_no_module_that_a_build_goes_through_is_left_out() -> None:
    names = {path.relative_to(PACKAGE).parts[0] for path in all_imported(PACKAGE / "tree" / "build.py")}
    assert not names & {*inputs.ELSEWHERE}
    assert all((PACKAGE / name).exists() for name in inputs.ELSEWHERE)


def test_a_change_is_told_by_version_where_there_is_one() -> None:
    before = {"sympy": "1.13.3", "derive/term.py": digest(b"1"), "derive/old.py": digest(b"")}
    now = {"sympy": "1.14.0", "derive/term.py": digest(b"2"), "derive/new.py": digest(b"")}
    assert changed(before, now) == {
        "derive/new.py": "derive/new.py is new",
        "derive/old.py": "derive/old.py is gone",
        "derive/term.py": "derive/term.py changed since",
        "sympy": "sympy 1.14.0, was 1.13.3",
    }


def test_local_modules_follow_imports_of_imports_and_packages(tmp_path: Path) -> None:
    files = {
        "specs.py": "import sympy\nfrom shapes import curves\ndef late():\n    import helper\n",
        "helper.py": "from other import thing\n",
        "other.py": "import specs\n",
        "shapes/__init__.py": "",
        "shapes/curves.py": "from . import base\nfrom .deep.inner import y\n",
        "shapes/base.py": "",
        "shapes/deep/__init__.py": "",
        "shapes/deep/inner.py": "",
        "unrelated.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    names = {path.relative_to(tmp_path).as_posix() for path in local_modules(tmp_path / "specs.py")}
    assert names == {*files} - {"specs.py", "unrelated.py"}


def test_a_specs_file_that_does_not_parse_still_has_a_hash(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text("def (")
    assert "f.py" in own_inputs(Plan(tmp_path, (tmp_path / "f.py",)), tmp_path / "f.py")
