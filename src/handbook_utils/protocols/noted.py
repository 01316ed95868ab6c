"""What people write into a study's ledger in their own words: deviations, trainings and approvals."""

from __future__ import annotations

import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.privacy import examine as privacy

#: Of what a person may write.
KINDS = ("deviation", "training", "approval")


def noted(ledger: Ledger, kind: str, subject: str, what: str, by: str, decision: str = "") -> Event:
    """Return what a person wrote as an event for the ledger, which nothing is ever taken out of.

    Parameters
    ----------
    ledger : Ledger
        Of the study; it knows which tubes and codes there are.
    kind : {"deviation", "training", "approval"}
        What it is that is written down.
    subject : str
        A tube or code that was given out, or a procedure with its version.
    what, decision : str
        In words.
    by : str
        Initials.

    Returns
    -------
    Event
        Of this kind and subject, with what was said; not yet in the ledger.

    Raises
    ------
    InputError
        Another kind; nothing is said; nobody signs; a deviation without a decision; personal data, for it would stay.

    Examples
    --------
    >>> from pathlib import Path
    >>> noted(Ledger(Path("none.sqlite")), "training", "collect-at-home 1.0", "read and shown", "AB").detail["what"]
    'read and shown'
    """
    if kind not in KINDS:
        raise InputError("This cannot be recorded.", expected=", ".join(KINDS), found=kind)
    lacking = [name for name, text in (("what", what), ("by", by), ("subject", subject)) if not text.strip()]
    lacking += ["decision"] if kind == "deviation" and not decision.strip() else []
    if lacking:
        raise InputError(f"The {kind} is not complete.", expected=listed(lacking), found="nothing")
    known = ledger.subjects("label", "code", "spare")
    told = pd.DataFrame({"subject": ["" if subject in known else subject], "what": [what], "decision": [decision]})
    found = privacy.examine(told)
    if found:
        raise InputError(
            "The ledger holds no personal data, and nothing is ever taken out of it.",
            where=found[0].column,
            expected=f"no {found[0].what}",
            found=found[0].shown,
            remedy="Say it with the code.",
        )
    detail = {"what": what, "by": by} | ({"decision": decision} if decision else {})
    return Event(kind, subject, detail)
