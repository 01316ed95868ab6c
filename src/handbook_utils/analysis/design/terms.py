"""Terms of a model: read from names or from a formula, and made into columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.errors import InputError, listed, nearest

Kind = Literal["words", "number", "interaction"]

_WRAPPED = re.compile(r"^(?:np\.|numpy\.)?(C|log|log2|log10|sqrt)\(([^(),]+)\)$")
_POWER = re.compile(r"^(I)\(([^(),]+?)\s*(?:\*\*|\^)\s*([2-5])\)$")
_POLY = re.compile(r"^(poly)\(([^(),]+?)\s*,\s*(?:degree\s*=\s*)?([1-5])\)$")
#: A column's power outside of I(): in the notation of formulas it is the column itself.
_BARE_POWER = re.compile(r"[\w.`]\s*(?:\*\*|\^)")
_CALL = re.compile(r"[\w.]+\((?:[^()]|\([^()]*\))*\)")
_RANDOM = re.compile(r"\s*\+?\s*\(\s*1\s*\|\s*([^()]+?)\s*\)")
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
    factors : tuple of str
        What it is made of, as in a formula: ``arm`` and ``log(age)``.
    block : pandas.DataFrame
        Samples × columns: a number as it is, words as membership of all groups but the first.
    """

    name: str
    columns: tuple[str, ...]
    kind: Kind
    factors: tuple[str, ...]
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
    """Return the metadata column of a factor, and what is made of it.

    That is "", "C", "log", "log2", "log10", "sqrt", a power ("I 2") or all powers up to one ("poly 2"). A formula is
    read and never executed: what is not in this list is refused.

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
        No such column, or a function that is not known.

    Examples
    --------
    >>> factor("C(clinic)", ["clinic", "age"]), factor("age", ["clinic", "age"])
    (('clinic', 'C'), ('age', ''))
    >>> factor("I(age ** 2)", ["age"]), factor("np.log(age)", ["age"]), factor("poly(age, 3)", ["age"])
    (('age', 'I 2'), ('age', 'log'), ('age', 'poly 3'))
    """
    if text in known:
        return text, ""
    made = _WRAPPED.match(text) or _POWER.match(text) or _POLY.match(text)
    if made is None and "(" in text:
        raise InputError(
            f"'{text}' is not a function of a column that is known here.",
            where=f"parameter {question}",
            expected="C(x), log(x), log2(x), log10(x), sqrt(x) or I(x**2)"
            + (", or poly(x, 2)" if question == "formula" else "; in a formula poly(x, 2), too"),
            found=text,
            remedy="Compute it, add it to the metadata as a column, and name that column.",
        )
    name = made[2].strip("` ") if made else text
    if made and name in known:
        return name, " ".join(made.groups()[::2])
    raise absent(name, question, known)


def written(column: str, wrapper: str) -> str:
    """Write a factor as a formula does.

    Parameters
    ----------
    column : str
        Metadata column.
    wrapper : str
        What is made of it, as of :func:`factor`.

    Returns
    -------
    str
        The name of the term.

    Examples
    --------
    >>> written("age", ""), written("age", "log"), written("age", "I 2"), written("age", "poly 2")
    ('age', 'log(age)', 'I(age**2)', 'poly(age, 2)')
    """
    function, _, degree = wrapper.partition(" ")
    if function == "I":
        return f"I({column}**{degree})"
    inside = f"{column}, {degree}" if degree else column
    return f"{function}({inside})" if function else column


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


def fixed_part(text: str) -> str:
    """Return a formula without its random intercept.

    Parameters
    ----------
    text : str
        In the notation of R and formulaic.

    Returns
    -------
    str
        All other terms, wherever the random one stood.

    Examples
    --------
    >>> fixed_part("~ arm + (1 | who) + age")
    '~ arm + age'
    """
    return _RANDOM.sub("", text).strip()


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
    fixed = fixed_part(text)
    bare = _BARE_POWER.search(_CALL.sub("f", fixed))
    if bare:
        raise InputError(
            "In a formula a power of a column is that column itself.",
            where=where,
            expected="powers inside I(), for example I(age**2)",
            found=text,
            remedy="Write I(age**2), or poly(age, 2) for a line and a bend.",
        )
    from formulaic import Formula  # dear to import, and few write a formula
    from formulaic.errors import FormulaicError

    try:
        made = list(Formula(fixed if fixed.startswith("~") else f"~ {fixed}"))
        terms = [tuple(str(part.expr) for part in term.factors) for term in made]
    except (FormulaicError, AttributeError, ValueError, SyntaxError, TypeError, RecursionError, LookupError) as error:
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
        Of text; missing where the column is.

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
    as_written = tuple(written(column, wrapper) for column, wrapper in factors)
    return Term(":".join(as_written), tuple(column for column, _ in factors), kind, as_written, block)


def _block(column: str, wrapper: str, frame: pd.DataFrame, levels: dict[str, list[str]]) -> tuple[pd.DataFrame, Kind]:
    values = frame[column]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if column in levels or wrapper == "C" or (not numeric and not wrapper):
        words = as_words(values)
        names = levels.get(column) or in_order(set(words))
        block = {f"{column}[{name}]": (words == name).astype(float) for name in names[1:]}
        return pd.DataFrame(block, index=frame.index), "words"
    label, (function, _, degree) = written(column, wrapper), wrapper.partition(" ")
    wrong = values if not numeric else values.iloc[:0]
    if numeric and wrapper.startswith("log"):
        wrong = values[values <= 0]
    elif numeric and wrapper == "sqrt":
        wrong = values[values < 0]
    if len(wrong):
        raise InputError(
            f"'{label}' cannot be computed from the column '{column}'.",
            where="the sample metadata",
            expected="numbers" + ("" if not numeric else " of 0 or more" if wrapper == "sqrt" else " above 0"),
            found=listed([str(value) for value in wrong.unique()]),
            remedy=f"Write {column} for words or numbers as they are.",
        )
    numbers = values.astype(float)
    if function == "poly":
        return _powers(numbers, int(degree), label), "number"
    if function == "I":
        numbers = numbers ** int(degree)
    return pd.DataFrame({label: _SCALES[function](numbers) if function in _SCALES else numbers}), "number"


def never_below_0(wrapper: str) -> bool:
    """Tell whether what is made of a number is never below 0: a square root, an even power.

    Parameters
    ----------
    wrapper : str
        What is made of it, as of :func:`factor`.

    Returns
    -------
    bool
        Whether it is not.

    Examples
    --------
    >>> never_below_0("sqrt"), never_below_0("I 2"), never_below_0("I 3"), never_below_0("log")
    (True, True, False, False)
    """
    function, _, degree = wrapper.partition(" ")
    return function == "sqrt" or (function == "I" and int(degree) % 2 == 0)


def undone(scaled: npt.NDArray[np.float64], wrapper: str) -> npt.NDArray[np.float64]:
    """Return the numbers of which something was made: a logarithm, a square root, a power.

    Parameters
    ----------
    scaled : numpy.ndarray of float
        What was made of them, as in a term.
    wrapper : str
        What is made of them, as of :func:`factor`; "": nothing.

    Returns
    -------
    numpy.ndarray of float
        0 where no number has such a root or even power.

    Examples
    --------
    >>> undone(np.log10([1.0, 20.0]), "log10").round(6).tolist(), undone(np.array([9.0, -1.0]), "I 2").tolist()
    ([1.0, 20.0], [3.0, 0.0])
    """
    function, _, degree = wrapper.partition(" ")
    if function == "I":
        root = np.abs(scaled) ** (1 / int(degree))
        return np.asarray(np.sign(scaled) * root if int(degree) % 2 else np.where(scaled > 0, root, 0.0))
    if function == "sqrt":
        return np.asarray(np.maximum(scaled, 0.0) ** 2)
    bases = {"log": np.e, "log2": 2.0, "log10": 10.0}
    return np.asarray(bases[function] ** scaled if function in bases else scaled)


def _powers(numbers: pd.Series, degree: int, label: str) -> pd.DataFrame:
    """Return powers of a number, each without what the lower ones tell, of length 1: as R's ``poly``."""
    if numbers.nunique() <= degree:
        raise InputError(
            f"'{label}' needs more different values than its degree.",
            where=f"the sample metadata, column {numbers.name}",
            expected=f"{degree + 1} different values or more",
            found=str(numbers.nunique()),
            remedy=f"Write C({numbers.name}), which takes each value as a group of its own.",
        )
    centred = ((numbers - numbers.mean()) / numbers.std()).to_numpy()
    made = [np.full(len(centred), len(centred) ** -0.5)]
    for power in range(1, degree + 1):
        column = centred**power
        for lower in made + made:  # twice, for rounding
            column = column - lower * (lower @ column)
        made.append(column / np.linalg.norm(column))
    return pd.DataFrame({f"{label}[{n}]": column for n, column in enumerate(made[1:], 1)}, index=numbers.index)
