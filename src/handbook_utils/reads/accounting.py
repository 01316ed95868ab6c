"""Where every read went: of each sample, what was read is what was kept and each loss, exactly."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

#: What was read, every way in which a read is lost, in the order of the steps, and what is left.
INPUT, KEPT = "input", "kept"
LOSSES = (
    *("without primer", "too short", "too long", "unclear base", "low quality", "expected errors", "phiX", "host"),
    *("not merged", "not like a kept sequence", "chimeric"),
)


def accounted(of_samples: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """Put the accounts of samples into a table, and see that each adds up.

    Parameters
    ----------
    of_samples : mapping of str to mapping of str to int
        Of each sample the number of reads (or pairs) by step; what is not there is 0.

    Returns
    -------
    pandas.DataFrame
        A row a sample: input, each loss, kept.

    Raises
    ------
    ValueError
        An account does not add up, or has an unknown step: a fault of this program, never of the reads.

    Examples
    --------
    >>> accounted({"A": {"input": 10, "phiX": 3, "kept": 7}}).loc["A", ["input", "phiX", "kept"]].to_dict()
    {'input': 10, 'phiX': 3, 'kept': 7}
    >>> accounted({"A": {"input": 10, "kept": 7}})
    Traceback (most recent call last):
    ValueError: sample A: 10 reads came in, and 7 are accounted for
    """
    columns = [INPUT, *LOSSES, KEPT]
    for sample, account in of_samples.items():
        unknown = set(account) - set(columns)
        told = sum(account.get(step, 0) for step in (*LOSSES, KEPT))
        if unknown:
            raise ValueError(f"sample {sample}: there is no step {', '.join(sorted(unknown))}")
        if account.get(INPUT, 0) != told or min(account.values(), default=0) < 0:
            raise ValueError(f"sample {sample}: {account.get(INPUT, 0)} reads came in, and {told} are accounted for")
    rows = [[account.get(column, 0) for column in columns] for account in of_samples.values()]
    return pd.DataFrame(rows, index=pd.Index(of_samples, name="sample"), columns=columns).astype(int)
