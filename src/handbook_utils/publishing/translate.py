"""The Dutch of the prose: gettext catalogues, one a page, under ``locale/nl/LC_MESSAGES``.

A page that is bilingual has a Dutch text for every text of its English one; what lacks, is fuzzy or no longer belongs
to anything is reported with its page and line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handbook_utils.publishing.dutch import Messages, catalogue_path

if TYPE_CHECKING:
    import polib

_GLUE = re.compile(r"\{glue:text\}`([^`]+)`")


def problems(messages: Messages, locale: Path, docname: str) -> Iterator[tuple[int, str]]:
    """Say which texts of a bilingual page have no Dutch, or one that may be out of date.

    Parameters
    ----------
    messages : dict of str to int
        The English texts of the page, with their lines.
    locale : pathlib.Path
        The folder of catalogues.
    docname : str
        The page.

    Yields
    ------
    tuple of int and str
        The line in the page, and what is wrong.
    """
    import polib

    path = catalogue_path(locale, docname)
    known = {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete} if path.is_file() else {}
    for text, line in messages.items():
        if not re.search(r"[^\W\d_]", text):
            continue
        entry = known.get(text)
        if entry is None or not entry.msgstr:
            yield line, f"no Dutch for: {text}"
        elif entry.fuzzy:
            yield line, f"the Dutch may be out of date (marked fuzzy) of: {text}"
        elif sorted(_GLUE.findall(text)) != sorted(_GLUE.findall(entry.msgstr)):
            yield line, f"the Dutch has not the same computed numbers as: {text}"
    for text in known:
        if text not in messages:
            yield 0, f"Dutch of a text that is no longer on the page: {text}"


@dataclass(frozen=True)
class CatalogueReport:
    """What bringing the catalogues in step found.

    Attributes
    ----------
    pages : int
        Bilingual pages.
    written : tuple of pathlib.Path
        Catalogues that changed.
    missing : dict of str to int
        Texts without Dutch, or with fuzzy Dutch, by page; pages without any are not in it.
    """

    pages: int
    written: tuple[Path, ...]
    missing: dict[str, int]

    def __str__(self) -> str:
        lines = [f"{self.pages} pages in two languages, {len(self.written)} catalogues changed."]
        lines += [f"  {name}: {count} texts need Dutch" for name, count in self.missing.items()]
        return "\n".join(lines)


def update_catalogues(root: Path) -> CatalogueReport:
    """Bring the Dutch catalogues in step with the English pages.

    New texts get an empty translation; texts that changed a little keep the old one, marked fuzzy; texts that are gone
    are kept at the end as obsolete. The files say nothing of dates, machines or line numbers, so that they change only
    when a text does.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    CatalogueReport
        What changed, and how much is still to translate.

    Raises
    ------
    InputError, InputErrors
        The table of contents or a page is not right.
    """
    from handbook_utils.chapters import Catalogue
    from handbook_utils.publishing.render import messages_of
    from handbook_utils.publishing.stage import Stage

    catalogue = Catalogue.read(root)
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name) / "stage"
        Stage(stage, catalogue, catalogue.chapters, "en", ["en", "nl"], executed=False)
        found = messages_of(stage, Path(name) / "out")
    written, missing = [], {}
    for docname in catalogue.files:
        if docname not in found:
            continue
        path = catalogue_path(root / "locale", docname)
        made = merged(found[docname], path, docname)
        text = str(made)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
        if lacking := sum(1 for _ in problems(found[docname], root / "locale", docname)):
            missing[docname] = lacking
    return CatalogueReport(len(found), tuple(written), missing)


def merged(messages: Messages, path: Path, docname: str) -> polib.POFile:
    """Return a catalogue of these texts, in their order, with the Dutch that ``path`` already has.

    Parameters
    ----------
    messages : mapping of str to object
        Texts of the page, in English.
    path : pathlib.Path
        The catalogue there is, if there is one.
    docname : str
        The page, from the book's root, without ending.

    Returns
    -------
    polib.POFile
        A text that changed has the Dutch of the old one, marked fuzzy; what is gone stands at the end, obsolete.
    """
    import difflib

    import polib

    old = polib.pofile(str(path)) if path.is_file() else polib.POFile()
    known = {entry.msgid: entry for entry in old if entry.msgstr}
    gone = {text: entry for text, entry in known.items() if text not in messages}
    made = polib.POFile(wrapwidth=0)
    made.header = f"The Dutch of {docname}.md. `handbook translate` keeps the English in step."
    made.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "nl",
        "MIME-Version": "1.0",
    }
    for text in messages:
        entry = polib.POEntry(msgid=text, occurrences=[(f"{docname}.md", "")])
        if text in known:
            entry.msgstr = known[text].msgstr
            entry.flags = [] if known[text].obsolete else list(known[text].flags)
        elif close := difflib.get_close_matches(text, gone, n=1, cutoff=0.75):
            entry.msgstr, entry.flags = gone.pop(close[0]).msgstr, ["fuzzy"]
        made.append(entry)
    for text, entry in gone.items():
        made.append(polib.POEntry(msgid=text, msgstr=entry.msgstr, obsolete=True))
    return made
