"""Worker processes that end with the work that they are for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """As many processes. Where something is raised meanwhile, such as Ctrl-C, they are killed, and not waited for."""
    before = {*active_children()}
    with ProcessPoolExecutor(processes, initializer=_leave_ctrl_c) as pool:
        is_done = False
        try:
            yield pool
            is_done = True
        finally:
            for process in () if is_done else {*active_children()} - before:
                process.kill()


def _leave_ctrl_c() -> None:
    """A terminal sends Ctrl-C to all of its processes; the one that asked for the work ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
