"""Worker processes: they answer, and none outlives what it worked for."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import active_children

import pytest

from derive.workers import workers


def test_they_answer_in_order() -> None:
    with workers(2) as pool:
        assert list(pool.map(abs, [-3, 2, -1])) == [3, 2, 1]


def test_nobody_waits_for_them_where_something_is_raised() -> None:
    def interrupted() -> None:
        with workers(2) as pool:
            pool.map(time.sleep, [60, 60, 60])
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - began < 30
    assert not active_children()


def test_ctrl_c_is_for_the_process_that_asked() -> None:
    with workers(1) as pool:
        pool.submit(os.getpid).result()
        os.kill(pool.submit(os.getpid).result(), signal.SIGINT)
        assert pool.submit(abs, -1).result() == 1
