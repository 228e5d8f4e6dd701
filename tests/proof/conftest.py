"""A search for witnesses that is switched off: what is proved may not hang on the points that happen to be tried."""

from __future__ import annotations

import pytest

from derive.proof import scalar
from derive.proof.refute.witness import Refuter


@pytest.fixture
def without_search(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Refuter.quick

    def blind(self: Refuter, count: int = 24) -> None:
        quick(self, count)  # that there are points at which both sides have a value is still seen

    monkeypatch.setattr(Refuter, "quick", blind)
    monkeypatch.setattr(Refuter, "thorough", lambda self: None)
    monkeypatch.setattr(scalar, "_on_boundaries", lambda failures, refuter: None)
