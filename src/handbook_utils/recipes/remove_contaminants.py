"""What ``recipes/remove-contaminants`` asks of the reader's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handbook_utils.analysis.taxa.wells import Wells
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import column_checks, study_of
from handbook_utils.study import Study

#: Words that laboratories write for wells without a sample.
_BLANK = re.compile(
    r"(extraction|negative|neg|pcr|reagent|kit|field|library)?[ _.-]*(blank|control|ctrl|ntc|negative|neg|water|h2o)s?"
    r"[ _.-]*\d*",
    re.IGNORECASE,
)


def remove_contaminants(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/remove-contaminants`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there; neither blanks nor DNA concentrations, or not those that the method asks for; too
        few samples; a taxon of the positive control that is not there; wells that cannot be read.
    """
    study = study_of(parameters, "lung")
    collect(
        *column_checks(
            study,
            parameters,
            ["kind"] if parameters["kind"] else [],
            ["concentration", "batch", "well", "plate"],
        )
    )
    if not parameters["kind"]:
        _ask_about_blanks(study)
    given = {name: parameters[name] for name in ("kind", "blank", "concentration", "batch", "rank")}
    wells = Wells.of(study, positive=parameters["positive"], **given)
    kind, blank, method = given["kind"], given["blank"], parameters["method"]
    samples = int((~wells.blanks).sum())
    known = samples - len(wells.without_concentration) if wells.concentration is not None else 0
    there = {"blanks": bool(wells.blanks.any()), "concentrations": known >= 4}
    needed = {"auto": [], "frequency": ["concentrations"], "prevalence": ["blanks"]}.get(method, list(there))
    if samples < 2 or not any(there.values()) or not all(there[name] for name in needed):
        kinds = [f"{name} ({count})" for name, count in study.column(kind).value_counts().items()] if kind else []
        raise InputError(
            "Nothing tells contaminants from what lives in the samples.",
            where=f"sample metadata, columns {kind or 'kind'} and {parameters['concentration'] or 'concentration'}",
            expected=f"two samples or more, and {' and '.join(needed) or 'blanks or concentrations'}: wells called "
            f"'{blank}', DNA concentrations above 0 of at least four samples",
            found=f"{listed(kinds) or 'no column of kinds'}; {known} concentrations",
            remedy="Give kind and blank (the column that tells blanks, and its word for them), or concentration.",
        )
    absent = sorted(set(parameters["expected"]) - set(map(str, wells.study.features)))
    if absent:
        raise InputError(
            "Taxa of the positive control are not in the table.",
            where="parameter expected",
            expected="taxa as the table names them, at the rank that is judged",
            found=listed(absent),
            remedy='Write them as the table does, or run without: expected "".',
        )
    wells.leaked(parameters["well"], parameters["plate"], seed=1)


def _ask_about_blanks(study: Study) -> None:
    """Ask about a column that seems to tell blanks from samples; wells without a sample are not samples unasked."""
    for column in study.metadata.columns:
        counts = study.metadata[column].astype("string").value_counts()
        words = [str(word) for word in counts.index if _BLANK.fullmatch(str(word).strip())]
        # Half of a case-control study is called control, too; blanks are few.
        if words and counts[words].sum() * 5 <= counts.sum():
            raise InputError(
                "Some of these samples seem to be blanks, and nothing says whether they are.",
                where=f"sample metadata, column {column}",
                expected="kind and blank: the column that tells blanks, and its word for them",
                found=listed([f"{word} ({counts[word]})" for word in words]),
                remedy=f"Blanks: -p kind {column} -p blank {words[0]!r}. "
                f"Samples like the others: -p kind {column} -p blank none.",
            )
