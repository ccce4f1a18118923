"""What lets threads share an object, and a forked child use it whatever the threads of its parent were doing."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakValueDictionary

_T = TypeVar("_T")


class cached_property(functools.cached_property[_T]):  # noqa: N801 - the standard library's name
    """An attribute worked out when it is first asked for, without a lock, as from Python 3.12 on.

    Before, all instances of a class share a lock: threads wait for each other, and a child that is forked while a
    thread holds it waits for ever. Here a race works the value out twice, and all get the one that was kept first.
    """

    if not TYPE_CHECKING:

        def __get__(self, instance: object, owner: type[object] | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self.attrname, self.func(instance))


class OwnerOfLocks(Protocol):
    """An object whose locks are made anew in a child process."""

    def renew_locks(self) -> None:
        """Put free locks in place of those the object has: whichever thread held them is not in the child."""


_OWNERS: WeakValueDictionary[int, Any] = WeakValueDictionary()  # by `id`: not all can be hashed


def renew_locks_in_children(owner: OwnerOfLocks) -> None:
    """Have the locks of an object made anew in each child that is forked while it lives."""
    _OWNERS[id(owner)] = owner


def _renew_locks() -> None:
    for owner in list(_OWNERS.values()):
        owner.renew_locks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)
