"""The one clock of what is made: the moment that is written into a result, which a build may be told."""

from __future__ import annotations

import datetime as dt
import os

from handbook_utils.errors import InputError

#: Seconds since 1970, as reproducible-builds.org has it: what is made says this moment, and is the same each time.
VARIABLE = "SOURCE_DATE_EPOCH"


def moment() -> dt.datetime:
    """Return the moment to write into what is made: that of ``SOURCE_DATE_EPOCH``, or now.

    Returns
    -------
    datetime.datetime
        In UTC, to the second.

    Raises
    ------
    InputError
        The variable is no number of seconds.

    Examples
    --------
    >>> moment().tzinfo
    datetime.timezone.utc
    """
    said = os.environ.get(VARIABLE)
    if not said:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        return dt.datetime.fromtimestamp(int(said), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(
            "The moment to write into results is not a number of seconds.",
            where=f"the environment variable {VARIABLE}",
            expected="seconds since 1970, such as 1767225600",
            found=said,
        ) from None
