"""`made`: a claim from a seed. The right gradient comes from the attack's own differentiation, then disguised; a
mutation may have made it wrong. What is right is not told: the oracle judges."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from .disguise import disguised
from .drafts import Draft
from .formula import write
from .functions import JUMPING, SETTINGS, Functions
from .indexed import indexed
from .known import pieces, powers, specials
from .mutations import MUTATIONS
from .oracle import Question
from .places import special
from .slopes import slope

# How often each sort of function is drawn.
SORTS: Final = ("smooth",) * 4 + ("kinked",) * 5 + ("jumping",) + ("indexed",) * 4 + ("known",) * 4
KNOWN: Final = {"power": powers, "special": specials, "pieces": pieces}
MUTATED: Final = 0.6  # of the claims
# That a claim has no value on a region may be left undecided, so few of them are drawn.
SELDOM: Final = {"not real": 0.3}
GENERIC: Final = 4  # points at which a proof is looked at, besides the special ones
MOST_SPECIAL: Final = 8


@dataclass(frozen=True)
class Claim:
    kind: str
    question: Question
    points: tuple[dict[str, Any], ...]
    special: tuple[dict[str, Any], ...]


def made(seed: int) -> Claim:
    """The claim of a seed: the same on every machine."""
    rng = Random(seed)
    sort = rng.choice(SORTS)
    if sort == "indexed":
        return indexed(rng)
    if sort == "known":
        kind = rng.choice(list(KNOWN))
        return _claim(rng, f"known: {kind}", KNOWN[kind](rng))
    return _scalar(rng, sort)


def _scalar(rng: Random, sort: str) -> Claim:
    setting = rng.choice(SETTINGS)
    functions = Functions(rng, setting)
    draw = {
        "smooth": functions.smooth,
        "kinked": functions.kinked,
        "jumping": lambda: functions.kinked(JUMPING),
    }[sort]
    function = functions.of_x(draw)
    claim = disguised(slope(function, "x"), rng, rng.randrange(4))
    draft = Draft(function, claim, setting, setting.point(rng), setting.assume)
    kind = "right"
    if rng.random() < MUTATED:
        kind = rng.choices(list(MUTATIONS), [SELDOM.get(kind, 1.0) for kind in MUTATIONS])[0]
        draft = MUTATIONS[kind](draft, rng)
    return _claim(rng, f"{sort}: {kind}", draft)


def _claim(rng: Random, kind: str, draft: Draft) -> Claim:
    if not draft.special:
        draft = draft.at(x=draft.base["x"])
    bends = special((draft.function, draft.claim), "x", draft.base)
    generic = [{**draft.base, **draft.setting.point(rng)} for _ in range(GENERIC)]
    question = Question(write(draft.function), "x", write(draft.claim), draft.assume)
    return Claim(kind, question, tuple(generic), (*draft.special, *bends)[:MOST_SPECIAL])
