"""The reader of NumPy code against NumPy; `python -m tests.attack.numpy_code 5000` does the same at length."""

from attack.numpy_code import attack


def test_what_is_read_is_what_numpy_makes_of_it():
    tally = attack(400)
    assert tally.wrong == []
    # About half of random code is refused; what people write must still be read.
    assert tally.read >= 180
