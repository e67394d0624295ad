"""Slots: how many stages and tasks work at once, and who gets the next free one."""

import asyncio
import heapq
import itertools
from enum import IntEnum


class Turn(IntEnum):
    """Who goes first when a slot is free: what others wait for, then what cannot be divided, then tasks."""

    RESUME = 0  # a stage whose tasks are done
    STAGE = 1
    TASK = 2


class Slots:
    """A semaphore whose waiters have priorities; within one, the first to come is the first served."""

    def __init__(self, count: int) -> None:
        self.free = count
        self.waiting: list[tuple[Turn, int, asyncio.Future[None]]] = []
        self.numbers = itertools.count()

    async def acquire(self, turn: Turn) -> None:
        """Wait for a slot."""
        if self.free and not self.waiting:
            self.free -= 1
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self.waiting, (turn, next(self.numbers), granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # granted and cancelled at once
                self.release()
            raise

    def release(self) -> None:
        """Hand a slot to the next waiter."""
        while self.waiting:
            *_, granted = heapq.heappop(self.waiting)
            if not granted.done():
                granted.set_result(None)
                return
        self.free += 1
