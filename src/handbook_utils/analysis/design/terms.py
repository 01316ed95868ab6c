"""Terms of a model: read from names or from a formula, and made into columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from formulaic import Formula
from formulaic.errors import FormulaicError

from handbook_utils.errors import InputError, listed, nearest

Kind = Literal["words", "number", "interaction"]

_WRAPPED = re.compile(r"^(C|log|log2|log10|sqrt)\((.+)\)$")
_RANDOM = re.compile(r"\+?\s*\(\s*1\s*\|\s*([^()]+?)\s*\)")
_SCALES = {"log": np.log, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt}


@dataclass(frozen=True, eq=False)
class Term:
    """A term of a model.

    Attributes
    ----------
    name : str
        As in a formula: ``age``, ``C(clinic)``, ``arm:week``.
    columns : tuple of str
        Metadata columns it is made of.
    kind : {"words", "number", "interaction"}
        What its columns are, or that it is made of several terms.
    block : pandas.DataFrame
        Samples × columns: a number as it is, words as membership of all groups but the first.
    """

    name: str
    columns: tuple[str, ...]
    kind: Kind
    block: pd.DataFrame

    def __str__(self) -> str:
        if self.kind == "interaction":
            return self.name
        return f"{self.name} ({'a number' if self.kind == 'number' else 'words'})"


def parts(text: str) -> list[str]:
    """Return what a text lists, separated by commas.

    Parameters
    ----------
    text : str
        An answer.

    Returns
    -------
    list of str
        Without blanks and empty parts.

    Examples
    --------
    >>> parts("sex, C(clinic) ,")
    ['sex', 'C(clinic)']
    """
    return [part.strip() for part in text.split(",") if part.strip()]


def factor(text: str, known: Collection[str], question: str = "covariates") -> tuple[str, str]:
    """Return the metadata column of a factor, and what is made of it: "", "C", "log", "log2", "log10" or "sqrt".

    Parameters
    ----------
    text : str
        As written, with or without a function around it.
    known : collection of str
        Metadata columns.
    question : str
        Which asked, for the message.

    Returns
    -------
    tuple of str
        Column, function.

    Raises
    ------
    InputError
        No such column.

    Examples
    --------
    >>> factor("C(clinic)", ["clinic", "age"]), factor("age", ["clinic", "age"])
    (('clinic', 'C'), ('age', ''))
    """
    if text in known:
        return text, ""
    wrapped = _WRAPPED.match(text)
    name = wrapped[2].strip() if wrapped else text
    if wrapped and name in known:
        return name, wrapped[1]
    raise absent(text if question == "formula" else name, question, known)


def absent(name: str, question: str, known: Collection[str]) -> InputError:
    """Return the error of a column that is not there, which tells the question and how to do without.

    Parameters
    ----------
    name : str
        What was asked for.
    question : str
        Which asked.
    known : collection of str
        Metadata columns.

    Returns
    -------
    InputError
        To be raised.
    """
    names = [str(column) for column in known]
    close = nearest(name, names)
    without = {
        "group": ' Or ask about a number: name it in exposure, with group "".',
        "exposure": ' Or compare groups: name them in group, with exposure "".',
        "formula": "",
    }.get(question, f' Or run without one: {question} "".')
    return InputError(
        f"The sample metadata has no column {name!r}.",
        where=f"parameter {question}",
        expected=f"one of {listed(names, most=12)}",
        found=name,
        remedy=(f"Did you mean '{close}'?" if close else "Choose one of the columns expected.") + without,
    )


def read_formula(text: str) -> tuple[list[tuple[str, ...]], str]:
    """Return the terms of a formula, each as its factors, and the column of a random intercept, if there is one.

    Parameters
    ----------
    text : str
        In the notation of R and formulaic: ``~ arm * week + age + (1 | person)``.

    Returns
    -------
    tuple of list of tuple of str, and str
        Terms without the intercept; the column, or "".

    Raises
    ------
    InputError
        A formula that cannot be read, has a left side, or no intercept.

    Examples
    --------
    >>> read_formula("~ arm * week + C(clinic) + (1 | who)")
    ([('arm',), ('week',), ('C(clinic)',), ('arm', 'week')], 'who')
    """
    where = "parameter formula"
    people = _RANDOM.findall(text)
    if len(people) > 1:
        raise InputError("The formula has several random terms.", where=where, expected="at most one: (1 | person)")
    fixed = _RANDOM.sub("", text).strip()
    try:
        made = list(Formula(fixed if fixed.startswith("~") else f"~ {fixed}"))
        terms = [tuple(str(part.expr) for part in term.factors) for term in made]
    except (FormulaicError, AttributeError, ValueError) as error:
        raise InputError(
            "The formula cannot be read.",
            where=where,
            expected="a right side in the usual notation, for example ~ arm * week + age",
            found=f"{text} ({str(error).splitlines()[0] if str(error) else type(error).__name__})",
            remedy="A random intercept is written (1 | person); a random slope is a question of follow-over-time.",
        ) from None
    if ("1",) not in terms:
        raise InputError("The formula leaves out the intercept.", where=where, found=text, remedy="Take out 0 or -1.")
    return [term for term in terms if term != ("1",)], people[0].strip("` ") if people else ""


def as_words(column: pd.Series) -> pd.Series:
    """Return a column as text; whole numbers without decimals, missing values as they are.

    Parameters
    ----------
    column : pandas.Series
        Of any type.

    Returns
    -------
    pandas.Series
        Of text and, where missing, None.

    Examples
    --------
    >>> as_words(pd.Series([1.0, 2.0, None])).to_list()[:2]
    ['1', '2']
    """
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype(str).where(column.notna(), None).astype(object)


def in_order(words: Collection[str]) -> list[str]:
    """Sort words, those that are numbers by their size.

    Parameters
    ----------
    words : collection of str
        Names of groups.

    Returns
    -------
    list of str
        By the alphabet where not all are numbers.

    Examples
    --------
    >>> in_order(["10", "9"]), in_order(["b", "a"])
    (['9', '10'], ['a', 'b'])
    """
    try:
        return sorted(words, key=float)
    except ValueError:
        return sorted(words)


def make_term(factors: Sequence[tuple[str, str]], frame: pd.DataFrame, levels: dict[str, list[str]]) -> Term:
    """Make the columns of a term.

    Parameters
    ----------
    factors : sequence of (column, what is made of it)
        As of :func:`factor`; more than one is an interaction.
    frame : pandas.DataFrame
        A row a sample, without missing values in these columns.
    levels : dict of str to list of str
        Columns that are words whatever they look like, with their groups in order.

    Returns
    -------
    Term
        Named as a formula writes it.

    Raises
    ------
    InputError
        Words where a number is needed, a logarithm of what is not above 0.
    """
    made = [_block(column, wrapper, frame, levels) for column, wrapper in factors]
    block, kind = made[0][0], made[0][1]
    for other, _ in made[1:]:
        block = pd.DataFrame(
            {f"{one}:{two}": block[one] * other[two] for one in block.columns for two in other.columns},
            index=frame.index,
        )
        kind = "interaction"
    name = ":".join(f"{wrapper}({column})" if wrapper else column for column, wrapper in factors)
    return Term(name, tuple(column for column, _ in factors), kind, block)


def _block(column: str, wrapper: str, frame: pd.DataFrame, levels: dict[str, list[str]]) -> tuple[pd.DataFrame, Kind]:
    values = frame[column]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if column in levels or wrapper == "C" or (not numeric and not wrapper):
        words = as_words(values)
        names = levels.get(column) or in_order(set(words))
        block = {f"{column}[{name}]": (words == name).astype(float) for name in names[1:]}
        return pd.DataFrame(block, index=frame.index), "words"
    label = f"{wrapper}({column})" if wrapper else column
    if not numeric or (wrapper.startswith("log") and (values <= 0).any()) or (wrapper == "sqrt" and (values < 0).any()):
        wrong = [str(value) for value in values.unique() if not numeric or value <= 0]
        raise InputError(
            f"'{label}' cannot be computed from the column '{column}'.",
            where="the sample metadata",
            expected="numbers" + (" above 0" if numeric else ""),
            found=listed(wrong),
            remedy=f"Write {column} for words or numbers as they are.",
        )
    numbers = values.astype(float)
    return pd.DataFrame({label: _SCALES[wrapper](numbers) if wrapper else numbers}, index=frame.index), "number"
