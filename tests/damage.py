"""JSON in which one value is another than it was, as after an edit or a merge, and text that is spoiled."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Place = tuple[Any, ...]
OTHERS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.lists(st.integers(), max_size=2), st.sampled_from(["x +", "1/0", "nan", "../../x", "/etc/x", "x < 0", "0" * 64]),
)  # fmt: skip


def places(whole: Any, at: Place = ()) -> Iterator[Place]:
    """The way to every value within JSON."""
    yield at
    parts = whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    for key, part in parts:
        yield from places(part, (*at, key))


def damaged(whole: Any) -> st.SearchStrategy[Any]:
    """`whole` with one value replaced, or taken out."""

    def replaced(place: Place, other: Any, is_gone: bool) -> Any:
        if not place:
            return other
        found = copy.deepcopy(whole)
        *way, last = place
        inner = found
        for key in way:
            inner = inner[key]
        if is_gone:
            del inner[last]
        else:
            inner[last] = other
        return found

    return st.builds(replaced, st.sampled_from(list(places(whole))), OTHERS, st.booleans())


def spoiled(text: str) -> st.SearchStrategy[str]:
    """`text` cut off, or with a few characters in it replaced by others."""
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, 3))
    others = st.one_of(st.text(max_size=2), st.sampled_from([*"()[]{}\"',*/^=<>-.0", "9" * 5000, "1e999", "NaN", "x"]))
    replaced = st.builds(lambda at, other: text[: at[0]] + other + text[at[0] + at[1] :], ends, others)
    return st.one_of(st.integers(0, len(text)).map(lambda end: text[:end]), replaced)
