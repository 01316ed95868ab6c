"""What a yes-or-no test says about people, in counts of people (natural frequencies)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tested:
    """People by what they have and what a test said.

    Attributes
    ----------
    found, missed : float
        People who have the condition, with a positive and with a negative test.
    alarmed, cleared : float
        People who do not have it, with a positive and with a negative test.
    """

    found: float
    missed: float
    alarmed: float
    cleared: float

    @property
    def positive(self) -> float:
        """People with a positive test."""
        return self.found + self.alarmed

    @property
    def right_when_positive(self) -> float:
        """Share of positive tests that are right (positive predictive value)."""
        return self.found / self.positive

    @property
    def right_when_negative(self) -> float:
        """Share of negative tests that are right (negative predictive value)."""
        return self.cleared / (self.cleared + self.missed)


def tested(people: int, share: float, sensitivity: float, specificity: float) -> Tested:
    """Count what a test says of a group of people, on average.

    Parameters
    ----------
    people : int
        People tested.
    share : float
        Share of them who have the condition (0 to 1).
    sensitivity : float
        Share of those with it whose test is positive.
    specificity : float
        Share of those without it whose test is negative.

    Returns
    -------
    Tested
        Counts; they need not be whole.

    Examples
    --------
    Gigerenzer's mammography example: of 1,000 women 10 have cancer, 90% of them test positive, and 9% of the others.

    >>> women = tested(1000, 0.01, 0.9, 0.91)
    >>> round(women.found), round(women.alarmed), round(women.right_when_positive, 2)
    (9, 89, 0.09)
    """
    with_it = people * share
    without = people - with_it
    found, cleared = with_it * sensitivity, without * specificity
    return Tested(found, with_it - found, without - cleared, cleared)
