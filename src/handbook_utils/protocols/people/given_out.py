"""Codes and labels as they were given out: their criteria, the groups they could give away, and the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from handbook_utils.protocols.criteria import Criteria
from handbook_utils.protocols.people.assignment import Assignment
from handbook_utils.protocols.people.codes import ALPHABET, is_code
from handbook_utils.protocols.people.labels import Label

#: What is known beside a code.
_BESIDE = ["sex", "age_band", "centre"]
#: A group of fewer can be recognised.
_FEW = 5


@dataclass(frozen=True)
class GivenOut:
    """Everything that leaves with a code on it.

    Attributes
    ----------
    made : Assignment
        Codes and spares.
    arms : sequence of str
        Of the study: none may stand on a label.
    tubes, kits : pandas.DataFrame
        For the next steps.
    labels : sequence of Label
        Of tubes and spares.
    length : int
        Characters of a code.
    """

    made: Assignment
    arms: Sequence[str]
    tubes: pd.DataFrame
    kits: pd.DataFrame
    labels: Sequence[Label]
    length: int

    @property
    def codes(self) -> list[str]:
        """Of participants, in the order of the list."""
        return list(self.made.people["participant"])

    @property
    def kept(self) -> bool:
        """Whether a key file holds everybody."""
        return self.made.key != "not kept"

    @property
    def criteria(self) -> Criteria:
        """What must hold before a kit leaves."""
        every = [*self.codes, *self.made.spares]
        holds = sum(is_code(code) or code in self.made.imported for code in every)
        printed = {label.code for label in self.labels} & set(self.tubes["sample"])
        telling = sum(any(arm in label.below for arm in self.arms) for label in self.labels)
        return Criteria.equal(
            [
                ("participants with a code", len(self.made.people), len(set(self.codes))),
                ("codes whose check character holds", len(every), holds),
                ("codes given twice, spares included", 0, len(every) - len(set(every))),
                ("tubes with a label", len(self.tubes), len(printed)),
                ("labels that show an arm", 0, telling),
                ("people in the kits", len(self.made.people), self.kits["participant"].nunique()),
            ]
        )

    @property
    def groups(self) -> pd.DataFrame:
        """Participants by what is known beside the code."""
        return self.made.people.groupby(_BESIDE).size().rename("people").reset_index()

    @property
    def recognisable(self) -> dict[str, int]:
        """People who are ``alone`` in their group, who share it with ``few``, and the ``smallest`` group."""
        people = self.groups["people"]
        return {
            "alone": int((people == 1).sum()),
            "few": int(people[people < _FEW].sum()),
            "smallest": int(people.min()),
        }

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        return {
            "asked": "Who has which code, and which labels and kits go out?",
            "found": f"{len(self.codes)} participants have a code, on {len(self.tubes)} labelled tubes; "
            f"{len(self.made.spares)} spare labels have codes of their own. {self.criteria.sentence}",
            "rests_on": [
                "A key file holds everybody on this list, encrypted, outside this result folder."
                if self.kept
                else "No key file was written: the people are invented, and no passphrase or place for it was given.",
                f"{self.made.left} people in the key are no longer included; their codes are never given again.",
                f"{self.recognisable['few']} participants share sex, age band and centre with fewer than {_FEW - 1} "
                "others.",
            ],
        }

    def methods(self, label: str) -> str:
        """Return the methods paragraph.

        Parameters
        ----------
        label : str
            " (simulated)" where nobody exists.

        Returns
        -------
        str
            English.
        """
        key = (
            "kept in a file encrypted with a passphrase (scrypt, AES-128-CBC with HMAC-SHA-256), apart from the data"
            if self.kept
            else "not kept"
        )
        return (
            f"Participants{label} got random codes of {self.length} characters from an alphabet of {len(ALPHABET)}, "
            "the last a check "
            "character that detects every single wrong character and every swap of two neighbours. The key between "
            "screening ids and "
            f"codes was {key}. {len(self.tubes)} tubes were labelled with the code as QR code and in letters; "
            f"{len(self.made.spares)} "
            "spare labels bore codes of their own."
        )
