"""Many claims at once: worker processes under a watchdog, so that a claim that hangs or dies costs itself alone."""

from __future__ import annotations

import codecs
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from derive.errors import DeriveError
from derive.proof.records import parse_record, write_error, write_proof
from derive.proof.verdict import Proof, Verdict

WORKER: Final = (sys.executable, "-m", "derive.proof.worker")
READY: Final = "ready"


def prove_claims(
    lines: Iterable[str | bytes], timeout: float | None = None, processes: int | None = None
) -> Iterator[dict[str, Any]]:
    """A verdict for each claim of JSONL `lines`, in their order, as soon as it and those before it are known.

    lines: text, or UTF-8 as a file in binary mode gives it; read while answers are given. Blank lines are skipped.
    timeout: seconds after which a claim is given up; its fuel bounds it in any case.
    processes: as many as there are cores, where left out.

    A verdict is a dict of `id, verdict, almost_everywhere, holes, hypotheses, witness, derivative, claim, gap, seconds,
    message`; a line that is no claim gives the verdict "ERROR".

    >>> claims = ['{"id": 1, "function": "x**2", "wrt": "x", "claim": "2*x"}', "nonsense"]
    >>> [answer["verdict"] for answer in derive.prove_claims(claims, processes=1)]
    ['PROVED', 'ERROR']
    """
    count = processes or usable_cores()
    asked: queue.SimpleQueue[Future[dict[str, Any]] | OSError | None] = queue.SimpleQueue()
    with _Crew(count, timeout) as crew, ThreadPoolExecutor(count) as pool:
        # A thread reads, since a line that is waited for must not keep back an answer that is there.
        threading.Thread(target=_submit, args=(lines, crew, pool, asked), daemon=True).start()
        try:
            while (future := asked.get()) is not None:
                if isinstance(future, OSError):
                    raise future
                yield future.result()
        finally:
            crew.dismiss()  # whatever the threads still wait for
            pool.shutdown(wait=False, cancel_futures=True)


def _submit(
    lines: Iterable[str | bytes],
    crew: _Crew,
    pool: ThreadPoolExecutor,
    asked: queue.SimpleQueue[Future[dict[str, Any]] | OSError | None],
) -> None:
    try:
        for number, line in enumerate(lines, 1):
            line = _unmarked(line) if number == 1 else line
            if line.strip():
                asked.put(pool.submit(crew.answer, (number, line)))
    except OSError as problem:
        asked.put(problem)
    except RuntimeError:  # nobody waits for answers any more
        return
    asked.put(None)


def _unmarked(line: str | bytes) -> str | bytes:
    """The first line of a file without the mark of UTF-8 that some editors begin it with."""
    return line.removeprefix(codecs.BOM_UTF8) if isinstance(line, bytes) else line.removeprefix("\ufeff")


def usable_cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Crew:
    """As many workers as there are threads to ask them."""

    def __init__(self, count: int, timeout: float | None) -> None:
        self.workers = [_Worker(timeout) for _ in range(count)]
        self.idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self.workers:
            self.idle.put(worker)

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.stop()

    def dismiss(self) -> None:
        for worker in self.workers:
            worker.dismiss()

    def answer(self, task: tuple[int, str | bytes]) -> dict[str, Any]:
        number, line = task
        if isinstance(line, bytes):
            try:
                line = line.decode("utf-8")
            except UnicodeDecodeError as problem:
                return {"id": None, **write_error(f"line {number}: not UTF-8: {problem}", 0.0)}
        worker = self.idle.get()
        try:
            return worker.answer(number, line)
        finally:
            self.idle.put(worker)


class _Worker:
    """A process that answers a line at a time; killed when its time is over, another takes its place."""

    def __init__(self, timeout: float | None) -> None:
        self.timeout = timeout
        self.process: subprocess.Popen[str] | None = None
        self.expired = self.dismissed = False

    def answer(self, number: int, line: str) -> dict[str, Any]:
        request = json.dumps([number, line])
        began = time.monotonic()
        said = self.ask(request, self.timeout)
        if isinstance(said, str) and not self.expired:
            # What killed the process may not have been this claim: once more, in a new one.
            spent = time.monotonic() - began
            said = self.ask(request, None if self.timeout is None else self.timeout - spent)
        if isinstance(said, dict):
            return said
        message = f"--timeout {self.timeout:g} s ended this" if self.expired else f"the prover died, {said}"
        return _undecided(line, message, time.monotonic() - began)

    def ask(self, request: str, seconds: float | None) -> dict[str, Any] | str:
        """The answer; or, where the process died or was killed for its time, its last words."""
        process = self.process or self.start()
        if process is None:
            return self.stop()
        self.expired = False
        watchdog = None if seconds is None else threading.Timer(max(seconds, 0.0), self.expire)
        if watchdog is not None:
            watchdog.start()
        reply = _exchange(process, request)
        answered = reply.endswith("\n")
        if not answered:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)  # a dying process tells its exit code
        if watchdog is not None:
            watchdog.cancel()
            watchdog.join()
        last_words = "" if answered and not self.expired else self.stop()
        return dict(json.loads(reply)) if answered else last_words

    def start(self) -> subprocess.Popen[str] | None:
        """A process that is ready; None for one that died before it was."""
        self.errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 (stop closes it)
        process = self.process = subprocess.Popen(WORKER, stdin=-1, stdout=-1, stderr=self.errors, encoding="ascii")
        if self.dismissed:
            process.kill()
        assert process.stdout is not None
        return process if process.stdout.readline().strip() == READY else None

    def expire(self) -> None:
        self.expired = True
        self.kill()

    def dismiss(self) -> None:
        self.dismissed = True
        self.kill()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()

    def stop(self) -> str:
        """End the process; its exit code, and the last line that it had to say."""
        process, self.process = self.process, None
        if process is None:
            return ""
        process.kill()
        with self.errors, suppress(BrokenPipeError), process:
            process.wait()
            self.errors.seek(0)
            said = self.errors.read().strip().splitlines()
        return ": ".join([f"exit code {process.returncode}", *(line[:200] for line in said[-1:])])


def _exchange(process: subprocess.Popen[str], request: str) -> str:
    """The line with which the process answers `request`; empty if it died."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.write(request + "\n")
        process.stdin.flush()
    return process.stdout.readline()


def _undecided(line: str, message: str, seconds: float) -> dict[str, Any]:
    name = None
    with suppress(DeriveError):
        name = parse_record(line).get("id")
    return {"id": name, **write_proof(Proof(Verdict.UNDECIDED, message=message, seconds=seconds))}
