"""The questions a design is made from, and the factors of the terms that their answers name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from handbook_utils.analysis.design.terms import absent, factor, parts, read_formula, written
from handbook_utils.errors import InputError, InputErrors, listed

#: The questions a design is made from, as the parameters of chapters name them.
QUESTIONS = (
    *("group", "levels", "reference", "exposure", "covariates", "person", "strata", "nested_in", "time"),
    *("interactions", "contrast", "missing", "formula", "minimum"),
)


def asked_in(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the questions of a design among the parameters of a chapter.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter.

    Returns
    -------
    dict of str to object
        As :func:`handbook_utils.analysis.design.design_of` takes them.

    Examples
    --------
    >>> asked_in({"table": "my.biom", "group": "arm", "minimum": 5})
    {'group': 'arm', 'minimum': 5}
    """
    return {name: parameters[name] for name in QUESTIONS if name in parameters}


def columns_asked(parameters: Mapping[str, object], rows: pd.DataFrame) -> list[str]:
    """Return the columns that a design would be made of.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter.
    rows : pandas.DataFrame
        Sample metadata.

    Returns
    -------
    list of str
        Each once. A level or a contrast may be called as a column is, and is none.

    Raises
    ------
    InputError, InputErrors
        As :func:`factors_asked`.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["low", "high"], "low": [1, 2], "age": [30, 40]})
    >>> columns_asked({"group": "arm", "levels": ["low", "high"], "covariates": ["log(age)"]}, rows)
    ['age', 'arm']
    """
    asked = {name: as_text(parameters.get(name, "")) for name in QUESTIONS}
    return used_columns(factors_asked(asked, rows), asked)


def as_text(answer: object) -> str:
    """Return an answer as a formula has it: several names with commas between them.

    Parameters
    ----------
    answer : object
        A text, a number, or a list of names.

    Returns
    -------
    str
        Without blanks around it.
    """
    return ", ".join(map(str, answer)) if isinstance(answer, (list, tuple)) else str(answer).strip()


def used_columns(factors: list[list[tuple[str, str]]], asked: dict[str, str]) -> list[str]:
    """Return the columns of factors, and those that say which samples belong together.

    Parameters
    ----------
    factors : list of list of (str, str)
        Of :func:`factors_asked`.
    asked : dict of str to str
        Questions with their answers.

    Returns
    -------
    list of str
        Each once.
    """
    blocks = [*parts(asked["strata"]), asked["nested_in"], asked["person"]]
    return list(dict.fromkeys([column for term in factors for column, _ in term] + [name for name in blocks if name]))


def factors_asked(asked: dict[str, str], rows: pd.DataFrame) -> list[list[tuple[str, str]]]:
    """Return the terms, each as its factors, and fill in what a formula answers.

    Parameters
    ----------
    asked : dict of str to str
        Questions with their answers; person, group and exposure are filled in from a formula.
    rows : pandas.DataFrame
        Sample metadata.

    Returns
    -------
    list of list of (str, str)
        Of each term its factors: column, and what is made of it.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, a formula that cannot be read, nothing asked, or a curve of what is asked about.
    """
    known, errors = [str(name) for name in rows.columns], []
    texts: list[tuple[str, ...]] = []
    if asked["formula"]:
        texts, person = read_formula(asked["formula"])
        asked["person"] = asked["person"] or person
        doubled = [name for name in ("covariates", "time", "interactions") if asked[name]]
        if doubled:
            raise InputError(
                f"The model is given twice, by formula and by {listed(doubled)}.",
                where="parameter formula",
                remedy=f'Put these terms into the formula, and {doubled[0]} "".',
            )
    else:
        wanted = [*parts(asked["covariates"]), asked["time"], asked["group"], asked["exposure"]]
        crossed = [tuple(part.strip() for part in pair.split(":")) for pair in parts(asked["interactions"])]
        texts = [(name,) for name in [*wanted, *(name for pair in crossed for name in pair)] if name] + crossed
    made: list[list[tuple[str, str]]] = []
    for names in texts:
        if set(names) & {asked["group"], asked["exposure"]} - set(known):
            continue  # told once, with its parameter
        try:
            term = [factor(name, known, _question(name, asked)) for name in names]
        except InputError as error:
            errors.append(error)
            continue
        # The group is words already, and C(arm) is arm.
        term = [(column, "" if column == asked["group"] else wrapper) for column, wrapper in term]
        if term not in made:
            made.append(term)
    columns = {name: [asked[name]] if asked[name] else [] for name in ("group", "exposure", "person", "nested_in")}
    for question, wanted_columns in {**columns, "strata": parts(asked["strata"])}.items():
        errors += [absent(name, question, known) for name in wanted_columns if name not in known]
    if asked["group"] and asked["exposure"]:
        errors.append(
            InputError(
                "Both group and exposure are given.",
                where="parameters group and exposure",
                expected="one of them",
                remedy="Name the other one in covariates.",
            )
        )
    if errors:
        raise InputErrors(errors) if len(errors) > 1 else errors[0]
    _say_what_is_asked(asked, made, rows)
    return made


def _question(name: str, asked: dict[str, str]) -> str:
    """Return the question that a factor answers."""
    if asked["formula"]:
        return "formula"
    if name in parts(asked["covariates"]):
        return "covariates"
    return "time" if name == asked["time"] else "interactions"


def _say_what_is_asked(asked: dict[str, str], made: list[list[tuple[str, str]]], rows: pd.DataFrame) -> None:
    named = asked["group"] or asked["exposure"]
    if not named:
        if not made or not asked["formula"]:
            raise InputError(
                "Nothing is asked.",
                where="parameters group, exposure and formula",
                expected="one of them",
                remedy="Name the column of groups in group, or a column of numbers in exposure.",
            )
        column, wrapper = made[0][0]
        numeric = pd.api.types.is_numeric_dtype(rows[column]) and not pd.api.types.is_bool_dtype(rows[column])
        number = numeric and wrapper != "C" and rows[column].nunique() > 2
        asked["exposure" if number else "group"] = column
        made[:] = [[(name, "" if name == asked["group"] else how) for name, how in term] for term in made]
        named = column
    if not any(len(term) == 1 and term[0][0] == named for term in made):
        raise InputError(
            f"The formula has no term '{named}'.",
            where="parameter formula",
            expected=f"the term that is asked about, {named}, by itself",
            found=asked["formula"],
            remedy=f"Add {named} to the formula, or name one of its terms in group or exposure.",
        )
    _one_line(asked, made)


def _one_line(asked: dict[str, str], made: list[list[tuple[str, str]]]) -> None:
    """Refuse an exposure in several columns: none of them alone answers what is asked."""
    dose = asked["exposure"]
    own = [term[0] for term in made if len(term) == 1 and term[0][0] == dose]
    if dose and (len(own) > 1 or own[0][1].startswith("poly")):
        told = " + ".join(written(*one) for one in own)
        raise InputError(
            f"What is asked about, {dose}, is a curve in this model, which no one number tells.",
            where="parameter formula",
            expected=f"one column of {dose}: {dose}, log({dose}), sqrt({dose}) or I({dose}**2)",
            found=told,
            remedy=f"Keep one of these in the formula; or cut {dose} into groups in a column of the metadata, and name "
            "it in group.",
        )


def named(factors: list[list[tuple[str, str]]], exposure: str) -> str:
    """Return the name of the term of an exposure.

    Parameters
    ----------
    factors : list of list of (str, str)
        As of :func:`factors_asked`.
    exposure : str
        Its column.

    Returns
    -------
    str
        As a formula writes it.

    Examples
    --------
    >>> named([[("age", "")], [("dose", "log")]], "dose")
    'log(dose)'
    """
    return written(*next(term[0] for term in factors if len(term) == 1 and term[0][0] == exposure))
