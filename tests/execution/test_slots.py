import asyncio

from embedding_bench.execution.slots import Slots, Turn


def order_of(turns: list[Turn]) -> list[Turn]:
    """Let waiters with these turns queue for the one slot, and return the order in which they got it."""

    async def run() -> list[Turn]:
        slots, served = Slots(1), []

        async def wait(turn: Turn) -> None:
            await slots.acquire(turn)
            served.append(turn)
            slots.release()

        await slots.acquire(Turn.STAGE)
        waiting = [asyncio.create_task(wait(turn)) for turn in turns]
        await asyncio.sleep(0)
        slots.release()
        await asyncio.gather(*waiting)
        return served

    return asyncio.run(run())


def test_who_is_waited_for_goes_first():
    assert order_of([Turn.TASK, Turn.STAGE, Turn.RESUME, Turn.TASK]) == [Turn.RESUME, Turn.STAGE, Turn.TASK, Turn.TASK]


def test_no_more_than_the_slots_work_at_once_and_none_is_lost():
    async def run() -> tuple[int, int]:
        slots, working, most = Slots(2), 0, 0

        async def work() -> None:
            nonlocal working, most
            await slots.acquire(Turn.TASK)
            working += 1
            most = max(most, working)
            await asyncio.sleep(0.001)
            working -= 1
            slots.release()

        await asyncio.gather(*(work() for _ in range(7)))
        return most, slots.free

    assert asyncio.run(run()) == (2, 2)


def test_a_waiter_that_gives_up_leaves_its_slot_to_the_next():
    async def run() -> int:
        slots = Slots(1)
        await slots.acquire(Turn.STAGE)
        first, second = (asyncio.create_task(slots.acquire(Turn.TASK)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        slots.release()
        await asyncio.wait_for(second, 1)
        slots.release()
        return slots.free

    assert asyncio.run(run()) == 1


def test_a_slot_that_is_granted_while_its_waiter_gives_up_is_not_lost():
    async def run() -> int:
        slots = Slots(1)
        await slots.acquire(Turn.STAGE)
        waiter = asyncio.create_task(slots.acquire(Turn.TASK))
        await asyncio.sleep(0)
        slots.release()
        waiter.cancel()
        await asyncio.wait([waiter])
        return slots.free

    assert asyncio.run(run()) == 1
