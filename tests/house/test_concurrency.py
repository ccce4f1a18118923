"""Forked children find what they need, whatever the threads of their parent were in the middle of."""

import gc
import os
import threading
import time
import warnings
import weakref
from collections.abc import Callable

import pytest

from visitcheck.concurrency import cached_property, renew_locks_in_children

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

HANGS = 600
"""Seconds after which a child is given up that would wait for ever; no busy machine is so slow."""


class Slow:
    """One whose value and whose lock a thread may be in the middle of."""

    def __init__(self) -> None:
        self.parent, self.entered, self.leave = os.getpid(), threading.Event(), threading.Event()
        self.lock = threading.RLock()
        renew_locks_in_children(self)

    def renew_locks(self) -> None:
        self.lock = threading.RLock()

    def wait(self) -> None:
        self.entered.set()
        if os.getpid() == self.parent:
            self.leave.wait(HANGS)

    @cached_property
    def value(self) -> list[int]:
        self.wait()
        return [1]

    def locked(self) -> list[int]:
        with self.lock:
            self.wait()
            return [1]


def child_ends(work: Callable[[], object]) -> bool:
    """Whether a child that does some work ends, and ends well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0 if work() == [1] else 1)
    deadline = time.monotonic() + HANGS
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            return False
        time.sleep(0.01)
    return ended[1] == 0


@pytest.mark.parametrize("asked", [lambda slow: slow.value, Slow.locked], ids=["cached property", "lock"])
def test_child_does_not_wait_for_threads_of_its_parent(asked: Callable[[Slow], object]) -> None:
    slow = Slow()
    thread = threading.Thread(target=asked, args=(slow,))
    thread.start()
    try:
        assert slow.entered.wait(HANGS)
        assert child_ends(lambda: asked(slow))
    finally:
        slow.leave.set()
        thread.join()


def test_all_get_the_value_that_was_kept_first() -> None:
    slow, values = Slow(), []
    threads = [threading.Thread(target=lambda: values.append(slow.value)) for _ in range(4)]
    for thread in threads:
        thread.start()
    slow.leave.set()
    for thread in threads:
        thread.join()
    assert len({id(value) for value in [*values, slow.value]}) == 1
    assert isinstance(Slow.value, cached_property)


def test_owners_of_locks_are_let_go() -> None:
    gone = weakref.ref(Slow())
    gc.collect()
    assert gone() is None
