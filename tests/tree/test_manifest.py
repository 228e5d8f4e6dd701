"""What a manifest holds, and which manifests are refused."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.paths import catalogue_pages
from derive.tree.faults import faults
from derive.tree.manifest import Manifest, Section, read_manifest
from derive.tree.plan import Plan, catalogue_plan

SHARED = {"sympy": "1.14.0"}


def section(templates: str | None = None, **outputs: str) -> Section:
    return Section(templates, {}, {f"c/{name}.c": sha for name, sha in outputs.items()})


def written(fields: object) -> str:
    return json.dumps(fields)


def manifest(**sections: Section) -> Manifest:
    return Manifest().with_sections({f"../{name}.py": it for name, it in sections.items()}, SHARED)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    whole = manifest(f=section(f="1"), g=section("../house", g="2"))
    whole = whole.with_measured("../f.py", {"f": ("f (c, float32): raises overflow",)})
    (tmp_path / "manifest.json").write_bytes(whole.to_json())
    assert read_manifest(tmp_path) == whole


def test_a_section_replaces_that_of_its_own_specs_file_alone() -> None:
    whole = manifest(f=section(f="1"), g=section(g="2"))
    other = whole.with_sections({"../f.py": section(h="3")}, {"sympy": "1.15"})
    assert other.outputs == {"c/h.c": "3", "c/g.c": "2"}
    assert other.owner("c/g.c") == "../g.py"
    assert other.owner("c/f.c") is None


def test_a_file_is_derives_by_its_path_and_its_content() -> None:
    whole = Manifest(manifest(f=section(f="1")).specs, {}, moving={"c/f.c": ("2",)})
    assert whole.is_own("c/f.c", "1")
    assert whole.is_own("c/f.c", "2")
    assert not whole.is_own("c/f.c", "3")
    assert not whole.is_own("c/g.c", "1")


def test_the_plans_can_be_read_back_from_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    whole = manifest(f=section(f="1"), g=section("../house", g="2"), h=section(h="3"))
    stock = Plan(out, (tmp_path / "f.py", tmp_path / "h.py"))
    assert whole.plans(out) == [stock, Plan(out, (tmp_path / "g.py",), tmp_path / "house")]


def test_one_page_of_the_catalogue_stands_for_all(tmp_path: Path) -> None:
    plan = catalogue_plan(tmp_path)
    label = plan.label(catalogue_pages()[0])
    whole = Manifest().with_sections({label: section(f="1")}, SHARED)
    assert whole.plans(tmp_path) == [plan]


OUTPUT = {"templates": None, "derive": "k", "inputs": {}, "outputs": {}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        "\x00\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        '{"specs": [], "templates": null, "inputs": {}, "outputs": {}}',
        written({"specs": {"f.py": {**OUTPUT, "outputs": {"../../etc/x": ""}}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "outputs": {"/etc/x": ""}}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "outputs": {"important.txt": ""}}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "outputs": {"c/\ud800": ""}}}, "derive": {"k": {}}}),
        written({"specs": {"\ud800.py": OUTPUT}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "templates": 1}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "outputs": 1}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": OUTPUT}, "derive": {}}),
        written({"specs": {"f.py": {**OUTPUT, "measured": {"f": 1}}}, "derive": {"k": {}}}),
        written({"specs": {"f.py": {**OUTPUT, "measured": {"f": "bad"}}}, "derive": {"k": {}}}),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DeriveError, match="delete it and the files that were generated with it"):
        read_manifest(tmp_path)


WHOLE = json.loads(manifest(f=section(f="1"), g=section("../house", g="2")).to_json())


@given(st.data())
@settings(derandomize=True, max_examples=200, deadline=None)
def test_a_damaged_manifest_is_refused_or_can_be_checked(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(DeriveError):
        Path(folder, "manifest.json").write_text(json.dumps(data.draw(damaged(WHOLE))))
        found = read_manifest(Path(folder))
        assert found is not None
        for path in found.outputs:
            assert Path(folder, path).resolve().is_relative_to(Path(folder).resolve())
        plans = found.plans(Path(folder))
        assert plans == [] or faults(plans, found)


def test_targets_are_kept_and_make_plans_of_their_own(tmp_path: Path) -> None:
    sections = {"f.py": section(f="1"), "g.py": replace(section(g="2"), targets=("one",))}
    kept = Manifest().with_sections(sections, {})
    (tmp_path / "manifest.json").write_bytes(kept.to_json())
    assert read_manifest(tmp_path) == kept
    plans = [Plan(tmp_path, (tmp_path / "f.py",)), Plan(tmp_path, (tmp_path / "g.py",), None, ("one",))]
    assert kept.plans(tmp_path) == plans
    assert plans[1].command().endswith("--target one")
