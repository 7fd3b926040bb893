"""Knows whether the live server, which answers in threads of this process, is done."""

import threading
from typing import Self

from django.core.signals import request_finished, request_started


class OpenRequests:
    """Counts the requests between their first step and their answer's last byte, from `with` on."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        request_started.connect(self._started)
        request_finished.connect(self._finished)
        return self

    def __exit__(self, *exception: object) -> None:
        request_started.disconnect(self._started)
        request_finished.disconnect(self._finished)

    def wait_for_none(self, *, seconds: float = 20) -> None:
        """Returns once nothing is being answered; raises TimeoutError after `seconds`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._count == 0, timeout=seconds):
                raise TimeoutError(f"{self._count} requests are still open after {seconds} seconds.")

    def _started(self, **signal: object) -> None:
        self._add(1)

    def _finished(self, **signal: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        # A test client in the test's own thread sends both signals too, one after the other.
        with self._changed:
            self._count += number
            self._changed.notify_all()
