"""Criteria that were written down before: what was wanted, what was found, and whether that is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import pandas as pd

__all__ = ["Criteria"]


@dataclass(frozen=True)
class Criteria:
    """Criteria with what was wanted and found.

    Attributes
    ----------
    rows : tuple of tuple
        ``(criterion, wanted, found, met)``.

    Examples
    --------
    >>> made = Criteria.equal([("tubes with a label", 3, 3), ("codes given twice", 0, 1)])
    >>> made.frame.loc["codes given twice", "accepted"]
    'NO'
    >>> made.sentence
    '1 of 2 criteria are met. Not met: codes given twice (wanted 0, found 1).'
    """

    rows: tuple[tuple[str, object, object, bool], ...]

    @classmethod
    def equal(cls, rows: Iterable[tuple[str, object, object]]) -> Self:
        """Return criteria that are met where what was found equals what was wanted.

        Parameters
        ----------
        rows : iterable of tuple
            What is asked, what was wanted, what was found.

        Returns
        -------
        Criteria
            In their order.
        """
        return cls(tuple((criterion, wanted, found, wanted == found) for criterion, wanted, found in rows))

    @property
    def frame(self) -> pd.DataFrame:
        """By criterion: ``wanted``, ``found``, ``accepted`` ("yes" or "NO")."""
        made = pd.DataFrame(self.rows, columns=["criterion", "wanted", "found", "accepted"]).set_index("criterion")
        made["accepted"] = ["yes" if met else "NO" for *_, met in self.rows]
        return made

    @property
    def sentence(self) -> str:
        """How many are met, and which are not."""
        missed = [
            f"{criterion} (wanted {wanted}, found {found})" for criterion, wanted, found, met in self.rows if not met
        ]
        count = f"{len(self.rows) - len(missed)} of {len(self.rows)} criteria are met."
        return f"{count} Not met: {'; '.join(missed)}." if missed else f"All {len(self.rows)} criteria are met."
