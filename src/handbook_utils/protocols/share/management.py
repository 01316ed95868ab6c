"""The text on data management and access that goes with a crate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from handbook_utils.protocols.share.reporting import NOT_STATED

#: What never lies in a result folder, and stays all the same.
STAYS = (
    ("key file", "links codes to people; kept encrypted, apart, by the data manager"),
    ("consent forms", "bear names and signatures"),
    ("questionnaires as entered", "hold exact times and free text"),
    ("free text (remarks)", "a guard of patterns cannot know a name that stands alone"),
    ("every file that is not on the list", "what nobody decided about does not leave"),
)


#: What is known of the files of reads, without them and with them.
READS = (
    "no reads were given: names of files are planned, and checksums are empty, to be filled in when they are uploaded",
    "names and MD5 are those of the files that were given",
)


def management(said: Mapping[str, Any], decided: pd.DataFrame) -> str:
    """Write the text on data management and access, in Markdown.

    Parameters
    ----------
    said : mapping of str to object
        Parameters of ``protocols/share-the-data``.
    decided : pandas.DataFrame
        As :func:`~handbook_utils.protocols.share.crate.collect` returns it.

    Returns
    -------
    str
        Markdown.
    """
    leaves = decided.loc[decided["leaves"] == "yes", "file"].tolist()
    open_access = said["access"] == "open"
    contact = str(said["contact"]) or "the principal investigator"
    access = (
        f"The files in this crate are open to all. Exact answers of a person stay; they may be asked of: {contact}."
        if open_access
        else f"The files in this crate are given on request, after a decision of: {contact}. "
        "What may be asked, by whom and for what is in the consent form."
    )
    lines = [
        f"# Data management and access: {said['study']}",
        "",
        f"Version {said['version'] or NOT_STATED} of the protocol, {said['date']}."
        + (" SIMULATED: nobody in this study exists." if said["simulated"] else ""),
        "",
        "## What there is",
        "",
        *[f"- {name}" for name in sorted(leaves)],
        "",
        "## What leaves",
        "",
        f"Sequences go to {said['repository']}, with the sheets of this crate. Licence of what is shared openly: "
        f"{said['licence']}. {access}",
        "",
        f"Of the files of reads: {READS[bool(said['reads'])]}.",
        "",
        "Samples are named by codes that are random and hold neither initials nor dates of birth. Data under such a "
        "code are pseudonymous: they remain personal data (AVG, recital 26) as long as the key exists.",
        "",
        "## What stays",
        "",
        *[f"- {what}: {why}." for what, why in STAYS],
        *[f"- {row.file} ({row.step}): {row.why}." for row in decided[decided["leaves"] == "no"].itertuples()],
        "",
        "## Who answers for it",
        "",
        f"- principal investigator: {said['principal_investigator'] or NOT_STATED}",
        f"- data manager, who keeps the key: {said['data_manager'] or NOT_STATED}",
        f"- decides on requests: {contact}",
        "",
        "## Before it leaves",
        "",
        "A guard of patterns looked at every table in the crate. It does not know a name that stands alone, nor what a "
        "rarely known answer gives away: a person reads the tables, too.",
    ]
    return "\n".join(lines) + "\n"
