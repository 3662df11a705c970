"""The totals of pledges worked out once more, slowly and from the rows alone, to compare the quick fold with."""

from collections.abc import Sequence

from bot.engine.pledging.events import Row

#: After these a pledge stands (again), after those it is let go.
STANDS = ("confirmed", "postponed", "sent")
LET_GO = ("withdrawn", "lapsed", "returned")


def received(rows: Sequence[Row]) -> tuple[int, int]:
    """Hundredths received and lost on the way, after all of these rows."""
    came = cost = 0
    for row in rows:
        if row.step == "received":
            came, cost = came + row.quantity, cost + row.fee
        elif row.step == "corrected":
            came, cost = row.quantity, row.fee
        elif row.step == "returned":
            came -= row.quantity
            cost = cost if came else 0
    return came, cost


def waiting(rows: Sequence[Row]) -> int:
    """Hundredths that one signatory has in hand and another has not signed."""
    for row in reversed(rows):
        if row.step in ("received", "declined"):
            return 0
        if row.step == "acknowledged":
            return row.quantity
    return 0


def stages(rows: Sequence[Row]) -> dict[str, int]:
    """Stage -> hundredths that a pledge with these rows adds to it."""
    steps = [row.step for row in rows]
    came, cost = received(rows)
    promises = [row.quantity for row in rows if row.step in ("offered", "confirmed", "changed")]
    promise = promises[-1] if promises else 0

    turns = [step for step in steps if step in STANDS + LET_GO]
    let_go = bool(turns) and turns[-1] in LET_GO
    # A gift that was returned in part or withdrawn in part never stands again: only what lapsed does.
    let_go = let_go or any(step in ("withdrawn", "returned") for step in steps)

    moving = 0
    if "sent" in steps and not let_go:
        last = len(steps) - 1 - steps[::-1].index("sent")
        before, now = sum(received(rows[:last])), came + cost
        moving = max(rows[last].quantity - (now - before), 0)
    if came and came + cost >= promise:
        moving = 0
    moving = max(moving, waiting(rows))
    rest = 0 if let_go or "confirmed" not in steps else max(promise - came - cost - moving, 0)
    told = 0
    for row in rows:
        if row.step == "accounted":
            told = row.quantity
        elif row.step == "corrected":
            told = min(told, row.quantity)
    found = {"not_due": rest, "on_the_way": moving, "received": came, "fee": cost, "accounted": told}
    return {stage: amount for stage, amount in found.items() if amount}
