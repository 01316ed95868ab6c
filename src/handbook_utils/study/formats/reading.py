"""Which format a file has, and its table."""

from __future__ import annotations

import glob
import importlib
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import handbook_utils.study.formats as package
from handbook_utils.asking.paths import paths_of
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study.cells.abundances import name_by_ids
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, opened
from handbook_utils.study.formats.format import Format
from handbook_utils.study.tables import Table


@lru_cache(maxsize=1)
def known() -> tuple[Format, ...]:
    """Return every format that is read, found among the modules of this package; by order, program and name."""
    found: list[Format] = []
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.ispkg and module.name.count(".") > package.__name__.count(".") + 1:
            found += importlib.import_module(module.name).FORMATS
    return tuple(sorted(found, key=lambda format_: (format_.order, format_.program.casefold(), format_.name)))


def recognised(content: Content, choices: Choices | None = None) -> Format:
    """Return the format of a content: the one that fits, or the one that was asked for.

    Parameters
    ----------
    content : Content
        Of a file.
    choices : Choices, optional
        Where it says ``table_format``, that is taken.

    Returns
    -------
    Format
        Of those that :func:`known` lists.

    Raises
    ------
    InputError
        Two formats fit, and none was asked for; or what was asked for is none or does not fit.
    """
    asked = (choices or Choices()).table_format
    fitting = [format_ for format_ in known() if format_.fits(content)]
    if asked:
        names = {format_.name: format_ for format_ in known()}
        if asked not in names:
            close = nearest(asked, names)
            raise InputError(
                f"There is no format '{asked}'.",
                where="parameter table_format",
                expected="a name that handbook formats lists",
                found=asked,
                remedy=f"Did you mean '{close}'?" if close else "See: handbook formats",
            )
        if names[asked] not in fitting:
            raise InputError(
                f"This file is not of the format '{asked}'.",
                where=content.where,
                expected=names[asked].sign,
                found=f"what fits {listed([format_.name for format_ in fitting])}",
                remedy="Leave table_format out, or choose one of those.",
            )
        return names[asked]
    best = [format_ for format_ in fitting if format_.order == fitting[0].order]
    if len(best) > 1:
        raise InputError(
            "This file can be read as two formats.",
            where=content.where,
            expected="one of " + listed([f"'{format_.name}' ({format_.sign})" for format_ in best], most=6),
            found="signs of each",
            remedy=f"Say which: table_format '{best[0].name}', for example.",
        )
    return best[0]


@contextmanager
def _safely(where: str, what: str) -> Iterator[None]:
    """Turn what a damaged file does to a reader into a message: of what is damaged anything may be missing.

    Raises
    ------
    InputError
        In place of any other error.
    """
    try:
        yield
    except (InputError, InputErrors):
        raise
    except (ValueError, LookupError, TypeError, OverflowError, ArithmeticError, StopIteration) as error:
        raise InputError(
            "This file is cut off or damaged.",
            where=where,
            expected=f"a whole {what}",
            found=f"{type(error).__name__}: {error}",
            remedy="Export it again. If it is whole, report it as a file that is not read.",
        ) from None


def read_table(named: str | Path, choices: Choices | None = None) -> Table:
    """Read a feature table of any known format, not yet oriented where its format does not say.

    Parameters
    ----------
    named : str or pathlib.Path
        A file; for reports of a sample each also a folder, a pattern or names separated by ``os.pathsep``.
    choices : Choices, optional
        What was answered about the file; by default only what is certain is taken.

    Returns
    -------
    Table
        With a note on its format.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    choices = choices or Choices()
    several = _several(named)
    if several:
        return _joined(several, choices)
    content = opened(Path(named))
    if content.artifact and not content.artifact.type.startswith("FeatureTable"):
        raise InputError(
            "This artifact is not a feature table.",
            where=content.where,
            expected="FeatureTable[Frequency]",
            found=content.artifact.type,
            remedy="Were the files exchanged?",
        )
    format_ = recognised(content, choices)
    with _safely(content.where, format_.name):
        table = format_.read(content, choices)
    if content.artifact and not any(content.artifact.uuid in note for note in table.notes):
        table.notes.insert(0, f"Format: {content.artifact.note}.")
    if format_.order == 1:
        table.notes.insert(1, f"Known as {format_.name} ({format_.program}) by {format_.sign}.")
    if table.taxonomy is None:
        name_by_ids(table)
    return table


def _joined(contents: list[Content], choices: Choices) -> Table:
    made = [recognised(content, choices) for content in contents]
    if len({format_.name for format_ in made}) > 1:
        by_name = {format_.name: content.where for format_, content in zip(made, contents, strict=True)}
        raise InputError(
            "These reports are of different programs.",
            where=str(Path(contents[0].where).parent),
            expected="reports of one program",
            found=listed([f"{name} ({Path(where).name})" for name, where in by_name.items()]),
            remedy="Give a pattern that only reports of one program match, such as 'reports/*.kreport'.",
        )
    join = made[0].join
    if join is None:
        raise InputError(
            "Several files of this format cannot be read together.",
            where=listed([content.where for content in contents]),
            expected="reports of a sample each",
            found=made[0].name,
            remedy="Give one of them.",
        )
    with _safely(listed([content.where for content in contents], most=3), made[0].name):
        table = join(contents, choices)
    table.notes.insert(1, f"Known as {made[0].name} ({made[0].program}) by {made[0].sign}.")
    return table


def _several(named: str | Path) -> list[Content]:
    """Return the reports that a folder, a pattern or a list of names means; none where it means one file.

    Raises
    ------
    InputError
        Nothing matches; a folder without reports; reports and other files together.
    """
    path, text = Path(named), str(named)
    if path.is_file():
        return []
    if path.is_dir():
        found = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
    elif os.pathsep in text:
        found = paths_of(text)
    elif glob.has_magic(text):
        found = [Path(part) for part in sorted(glob.glob(text))]  # noqa: PTH207 - the pattern may be absolute
        if not found:
            raise InputError(
                "No file has a name of this pattern.",
                where=text,
                expected="reports, such as 'reports/*.kreport'",
                found="none",
                remedy="Check the folder and the pattern.",
            )
    else:
        return []
    contents, others = [], []
    for file in found:
        try:
            content = opened(file)
        except InputError:
            if not path.is_dir():
                raise
            others.append(file)
            continue
        joins = any(format_.join is not None and format_.fits(content) for format_ in known())
        if joins:
            contents.append(content)
        else:
            others.append(file)
    if path.is_dir() and not contents:
        return []
    if others:
        raise InputError(
            "Several files can be read together only where all are reports of one sample each.",
            where=listed([str(file) for file in others]),
            expected="reports of Kraken 2, Bracken, KrakenUniq, Centrifuge, ganon, KMCP, Kaiju, MetaPhlAn or emu",
            found=f"another format in {len(others)} of {len(found)} files",
            remedy="Give a pattern that only reports match, such as 'reports/*.kreport'. Join tables with their own "
            "programs: combine_bracken_outputs.py, merge_metaphlan_tables.py, humann_join_tables.",
        )
    return contents
