"""Verifies files in the background, one after the other: a run takes all of a CPU, and minutes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from migrate.review.tui.news import News, Proved, Proving
from migrate.review.verdict import Verdict


class Prover:
    """Verifies files.

    Args:
        tell: Is called, in a thread, with what is to be shown.
        args: The arguments of the scripts.
    """

    def __init__(self, tell: Callable[[News], object], args: Sequence[str] = ()) -> None:
        self._tell = tell
        self._args = args
        self._wanted: queue.SimpleQueue[tuple[str, str, str]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._under_way = 0
        self._lock = threading.Lock()

    def prove(self, path: str, before: str, after: str) -> int:
        """Verifies a file as soon as its turn comes.

        Args:
            path: The file.
            before: What it holds.
            after: What it would hold.

        Returns:
            How many come before it.
        """
        with self._lock:
            self._under_way += 1
            ahead = self._under_way - 1
        self._wanted.put((path, before, after))
        if self._thread is None:
            # Nobody waits for it when the screen goes.
            self._thread = threading.Thread(target=self._work, name="verify", daemon=True)
            self._thread.start()
        return ahead

    def _work(self) -> None:
        while True:
            path, before, after = self._wanted.get()
            self._tell(Proving(path, "getting ready"))
            verdict = self._verdict(path, before, after)
            with self._lock:
                self._under_way -= 1
            self._tell(Proved(verdict, self._under_way))

    def _verdict(self, path: str, before: str, after: str) -> Verdict:
        from migrate.review.file import digest_of
        from migrate.review.proving import prove_text

        def announce(line: str) -> None:
            self._tell(Proving(path, line))

        try:
            return prove_text(path, before, after, self._args, announce=announce)
        except Exception as error:  # Whatever goes wrong with one script, the review goes on.
            return Verdict(path, digest_of(after), None, f"not proved: {type(error).__name__}: {error}")
