"""The store, from a thread of its own: SQLite never holds up the loop that acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from web.slack.store import Store

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Shelf:
    """Calls methods of the store that ``make`` opens: ``await shelf(Store.claim, key)``."""

    def __init__(self, make: Callable[[], Store]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="slack store")
        self._make = make
        self._store: Store | None = None

    async def __call__(
        self, method: Callable[Concatenate[Store, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What ``method`` returns; raises what it raises."""
        call = partial(self._call, method, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def close(self) -> None:
        """Close the store; jobs that were not finished are given back."""
        if self._store is not None:
            await self(Store.close)
            self._store = None
        self._thread.shutdown()

    def _call(
        self, method: Callable[Concatenate[Store, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        if self._store is None:
            self._store = self._make()
        return method(self._store, *args, **kwargs)
