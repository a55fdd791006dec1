"""One clock per database: `halle_now()` = `clock_timestamp()` + an offset, zero outside test and demo instances."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from bus import env


def now(tx: Connection) -> datetime:
    """This instant by the database, UTC; the only `now` that windows, timers and validity know."""
    instant: datetime = tx.execute(text("select halle_now()")).scalar_one()
    return instant


def move(tx: Connection, offset: timedelta) -> None:
    """Set the offset of a test or demo instance (HALLE_MOVABLE_CLOCK=1); refused anywhere else."""
    if not env.switch("HALLE_MOVABLE_CLOCK"):
        raise RuntimeError("this instance's clock cannot be moved: HALLE_MOVABLE_CLOCK is not 1")
    tx.execute(text('update clock set "offset" = :offset'), {"offset": offset})
