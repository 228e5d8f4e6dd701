"""The reader of C against a C compiler; `python -m tests.attack.c_code 5000` does the same at length."""

import pytest

from attack.c_code import attack, can_run


@pytest.mark.skipif(not can_run(), reason="needs gcc and its sanitizers")
def test_what_is_read_is_what_the_compiler_makes_of_it():
    tally = attack(250)
    assert tally.wrong == []
    # Most random code is refused or has no defined behaviour; a good part must still be read.
    assert tally.read >= 50
