"""How a chapter shows and keeps what it found: figures, tables, numbers.

In the book a result is displayed. In a run it is also kept in the result folder, when the environment variable
``HANDBOOK_RESULTS`` names one. A chapter makes one :class:`Results` and hands everything to it.
"""

from __future__ import annotations

import base64
import html
import io
import json
import mimetypes
import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from IPython.display import display

from handbook_utils.results.tables import table_page
from handbook_utils.results.warned import letters_lacking, without_path
from handbook_utils.text.numbers import spoken, with_minus, written
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from handbook_utils.figures import Drawn
    from handbook_utils.study import Study

Language = Literal["en", "nl"]

#: Bytes of the largest file that becomes part of a page.
_EMBEDDED = 1_000_000
_FILE = re.compile(r"\w[\w.-]*\.\w+")


class Results:
    """Show figures, tables and numbers in the reader's language, and keep them where a run asks for it.

    Parameters
    ----------
    lang : {"en", "nl"}
        Language of number formats: ``1,234.5`` or ``1.234,5``.
    folder : pathlib.Path, optional
        Where to keep results; by default what ``HANDBOOK_RESULTS`` names, or nowhere.

    Examples
    --------
    >>> Results("nl", folder=None).number(1234.567, 1)
    '1.234,6'
    """

    def __init__(self, lang: Language = "en", folder: Path | None = None) -> None:
        self.lang = lang
        named = os.environ.get("HANDBOOK_RESULTS")
        self.folder = folder if folder is not None else (Path(named) if named else None)
        self._left_out: list[str] = []
        if "matplotlib" in sys.modules:  # else it is done with what draws, which is 25 MB
            from handbook_utils.figures.style import use_style

            use_style()
        warnings.formatwarning = without_path

    def text(self, en: str, nl: str) -> str:
        """Choose between two languages, for what code draws or prints.

        Parameters
        ----------
        en, nl : str
            The words in each language.

        Returns
        -------
        str
            One of them.
        """
        return nl if self.lang == "nl" else en

    def number(self, value: float, digits: int = 2) -> str:
        """Write a number with this many decimals, in the reader's language.

        Parameters
        ----------
        value : float
            The number.
        digits : int
            Decimals.

        Returns
        -------
        str
            In figures.
        """
        return written(value, digits, self.lang)

    def said(self, value: float, digits: int = 2) -> str:
        """Write a number for a sentence: rounding never makes it a nothing, an all, or a certainty that it is not.

        What would be rounded to 0, up to 100, or (with decimals) up to 1 gets more decimals, and where these do not
        help, words.

        Parameters
        ----------
        value : float
            The number.
        digits : int
            Decimals that are wanted.

        Returns
        -------
        str
            In figures, or "less than" or "more than" a number.

        Examples
        --------
        >>> out = Results("en", folder=None)
        >>> [out.said(value, 0) for value in (99.2, 99.6, 100, 0.3, 0, 0.00001, 99.99999)]
        ['99', '99.6', '100', '0.3', '0', 'less than 0.001', 'more than 99.999']
        >>> out.said(0.997, 2), out.said(0.9, 0)
        ('0.997', '1')
        """
        return spoken(value, digits, self.lang)

    def numbers(self, values: Iterable[float], digits: int = 2) -> str:
        """Write several numbers, as :meth:`number` writes one.

        Parameters
        ----------
        values : iterable of float
            The numbers.
        digits : int
            Decimals of each.

        Returns
        -------
        str
            With a semicolon between them.

        Examples
        --------
        >>> Results("nl", folder=None).numbers([1, 2.345], 1)
        '1,0; 2,3'
        """
        return "; ".join(self.number(value, digits) for value in values)

    def figure(self, figure: Figure | Drawn, name: str, alt: str = "") -> None:
        """Show a figure with a text that says what it shows; keep it as SVG and 300-dpi PNG.

        Parameters
        ----------
        figure : matplotlib.figure.Figure or Drawn
            Closed afterwards. What a named plot of :mod:`handbook_utils.figures` returns brings its own text.
        name : str
            File name without ending.
        alt : str
            What a reader who cannot see the figure needs to know: what is drawn, and what it shows. Computed, so that
            it stays true for other data.

        Raises
        ------
        ValueError
            There is no text: an image without one says nothing to who cannot see it.
        """
        import matplotlib.pyplot as plt

        from handbook_utils.figures.style import Drawn, write_numbers
        from handbook_utils.figures.svg import svg_bytes

        if isinstance(figure, Drawn):
            alt = alt or figure.alt
            figure = figure.figure
        if not alt.strip():
            raise ValueError(f"figure {name!r} needs an alt text")
        alt = with_minus(alt)
        write_numbers(figure, self.number)
        with warnings.catch_warnings(record=True) as raised:
            svg = svg_bytes(figure)
            if self.folder is not None:
                target = self.folder / "figures"
                target.mkdir(parents=True, exist_ok=True)
                (target / f"{name}.svg").write_bytes(svg)
                figure.savefig(target / f"{name}.png", dpi=300)
        plt.close(figure)
        letters = letters_lacking(raised)
        boxes = self.text(
            en=f"Letters that the font of figures lacks are drawn as boxes: {letters}.",
            nl=f"Letters die het lettertype van figuren niet heeft, zijn als vakjes getekend: {letters}.",
        )
        source = base64.b64encode(svg).decode("ascii")
        image = (
            f'<img class="figure" id="figure-{html.escape(name)}" alt="{html.escape(alt)}" '
            f'src="data:image/svg+xml;base64,{source}">'
        )
        image += f"<p>{html.escape(boxes)}</p>" if letters else ""
        _display({"text/html": image, "text/plain": f"[{name}] {alt}"})

    def table(self, frame: pd.DataFrame, name: str, caption: str, digits: int = 3, index: bool = True) -> None:
        """Show a table with its caption; keep it as CSV that a spreadsheet cannot take for formulas.

        All text is escaped: names in a file are data, not HTML.

        Parameters
        ----------
        frame : pandas.DataFrame
            What is shown.
        name : str
            File name without ending.
        caption : str
            What it shows, as plain text.
        digits : int
            Decimals of numbers that are shown; the file keeps all.
        index : bool
            Whether the names of the rows belong to it.
        """
        if self.folder is not None:
            target = self.folder / "tables"
            target.mkdir(parents=True, exist_ok=True)
            safe_for_spreadsheets(frame, index=index).to_csv(target / f"{name}.csv", index=index)
        _display(self._table_bundle(frame, name, caption, digits, index))

    def _table_bundle(self, frame: pd.DataFrame, name: str, caption: str, digits: int, index: bool) -> dict[str, Any]:
        page = table_page(frame, name, caption, digits, index, self.number)
        return {"text/html": page, "text/plain": f"{caption}\n{frame.to_string(index=index)}"}

    def file(self, name: str, content: bytes | Iterable[bytes], label: str) -> None:
        """Offer a file for download; keep it in the result folder under ``files/``.

        Parameters
        ----------
        name : str
            File name with ending, without folder.
        content : bytes, or iterable of bytes
            What is in it, whole or piece by piece. It becomes part of the page; what is larger than a megabyte is in
            the result folder only, and the page says so.
        label : str
            What the link says, to which the kind and the size are added.

        Raises
        ------
        ValueError
            The name is not that of a file, or there is no label.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> Results(folder=folder).file("wells.csv", b"well", "Wells for the robot")  # doctest: +ELLIPSIS
        {...Wells for the robot (CSV, 1 kB)...}
        >>> (folder / "files" / "wells.csv").read_bytes()
        b'well'
        """
        if not _FILE.fullmatch(name):
            raise ValueError(f"{name!r} is not a file name of letters, digits, dots, hyphens and underscores")
        if not label.strip():
            raise ValueError(f"file {name!r} needs a label")
        length, small = self._kept(name, [content] if isinstance(content, bytes) else content)
        size = self.number(max(1, round(length / 1000)), 0)
        told = f"{label} ({name.rpartition('.')[2].upper()}, {size} kB)"
        if length > _EMBEDDED:
            where = self.text(en=f"in the result folder, files/{name}", nl=f"in de resultatenmap, files/{name}")
            _display(
                {"text/html": f"<p>{html.escape(f'{told}: {where}')}</p>", "text/plain": f"[{name}] {told}: {where}"}
            )
            return
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        encoded = base64.b64encode(small).decode("ascii")
        link = (
            f'<p class="download"><a id="file-{html.escape(name)}" download="{html.escape(name)}" '
            f'href="data:{kind};base64,{encoded}">{html.escape(told)}</a></p>'
        )
        _display({"text/html": link, "text/plain": f"[{name}] {told}"})

    def _kept(self, name: str, pieces: Iterable[bytes]) -> tuple[int, bytes]:
        """Write a file piece by piece; return how long it is, and what is in it where a page can hold that."""
        length, small = 0, io.BytesIO()
        with ExitStack() as opened:
            held = None
            if self.folder is not None:
                target = self.folder / "files"
                target.mkdir(parents=True, exist_ok=True)
                held = opened.enter_context((target / name).open("wb"))
            for piece in pieces:
                length += len(piece)
                if held is not None:
                    held.write(piece)
                if length <= _EMBEDDED:
                    small.write(piece)
        return length, small.getvalue()

    def value(self, name: str, value: float | str, digits: int = 2) -> None:
        """Record a number or word: prose shows it by ``{glue:text}`name` ``, a run keeps it in its summary.

        Rounding makes no certainty of it (:meth:`said`).

        Parameters
        ----------
        name : str
            By which prose shows it.
        value : float or str
            The number, which is kept unrounded, or the word.
        digits : int
            Decimals that are shown.
        """
        written = with_minus(value) if isinstance(value, str) else self.said(float(value), digits)
        self._record("values", {"name": name, "value": value if isinstance(value, str) else float(value)})
        # The mime prefix and the scrapbook entry are what the book builder's glue looks for; the cell shows nothing.
        _display(
            {"application/papermill.record/text/plain": written},
            {"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}},
        )

    def values(self, values: Mapping[str, float | str] | pd.Series, digits: int | Mapping[str, int] = 2) -> None:
        """Record several numbers or words, as :meth:`value` records one.

        Parameters
        ----------
        values : mapping of str to float or str
            By name.
        digits : int or mapping of str to int
            Decimals, of all or by name.
        """
        for name, value in values.items():
            places = digits if isinstance(digits, int) else int(digits[str(name)])
            self.value(str(name), value, places)

    def peers(self, frame: pd.DataFrame, digits: int = 6) -> None:
        """Show numbers held against a peer's, and hand them to the book's page that gathers all of them.

        Parameters
        ----------
        frame : pandas.DataFrame
            What :func:`handbook_utils.analysis.peers.held_against` returns.
        digits : int
            Decimals shown.
        """
        shown = frame[["name", "ours", "theirs", "tolerance", "source", "verdict"]]
        if self.lang == "nl":
            shown = shown.assign(**{key: frame[f"{key}_nl"] for key in ("name", "source")})
            shown = shown.replace({"verdict": {"agrees": "komt overeen", "differs": "wijkt af"}})
            shown.columns = pd.Index(["naam", "ons getal", "ander getal", "speling", "bron", "oordeel"])
        caption = self.text(
            en="Our numbers beside those of a peer, with the tolerance stated",
            nl="Onze getallen naast die van een ander, met de toegestane speling",
        )
        bundle = self._table_bundle(shown, "peers", caption, digits, index=False)
        rows = json.loads(frame.to_json(orient="records"))
        _display({**bundle, "application/vnd.handbook.peers+json": rows})

    def methods(self, text: str, cites: Sequence[str] = ()) -> None:
        """Show the methods paragraph of this analysis in a box, and keep it for the result folder's ``methods.md``.

        Parameters
        ----------
        text : str
            Sentences that a paper's methods section can take over, made from the parameters the chapter really used
            (f-strings), never typed with numbers in them. It is plain text: names from a file are escaped.
        cites : sequence of str
            Keys in ``book/references.bib`` of the works the text rests on; ``methods.md`` lists them in full.

        Raises
        ------
        ValueError
            The text is empty.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> out = Results(folder=folder)
        >>> out.methods("999 permutations within <site>.", cites=["anderson2017"])  # doctest: +ELLIPSIS
        {...999 permutations within &lt;site&gt;...}
        >>> print((folder / "methods.jsonl").read_text(encoding="utf-8").strip())
        {"text": "999 permutations within <site>.", "cites": ["anderson2017"]}
        """
        if not text.strip():
            raise ValueError("a methods paragraph needs a text")
        text = with_minus(text)
        self._record("methods", {"text": text, "cites": list(cites)})
        title = self.text(en="Methods", nl="Methoden")
        box = f'<div class="methods admonition"><p class="admonition-title">{title}</p><p>{html.escape(text)}</p></div>'
        _display({"text/html": box, "text/plain": f"{title}: {text}"})

    def answer(
        self, asked: str, found: str, *, rests_on: Sequence[str], left_out: Sequence[str] = (), name: str = "answer"
    ) -> None:
        """Show what was asked and what was found; the report of a run opens with it.

        Parameters
        ----------
        asked : str
            The question, with the names of the reader's own columns and groups.
        found : str
            The answer: the effect, its interval, and how many it rests on.
        rests_on : sequence of str
            What the answer rests on: samples, method, what it was adjusted for.
        left_out : sequence of str
            What was left out, and why; after what :meth:`data` was told to have been left out in reading.
        name : str
            Of the answer, where a chapter gives several.

        Raises
        ------
        ValueError
            Nothing was asked, or nothing found.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> out = Results(folder=folder)
        >>> out.answer("Do they differ?", "By 3 (1 to 5).", rests_on=["40 samples."])  # doctest: +ELLIPSIS
        {...<p class="found">By 3 (1 to 5).</p>...}
        >>> json.loads((folder / "answers.jsonl").read_text(encoding="utf-8"))["found"]
        'By 3 (1 to 5).'
        """
        if not asked.strip() or not found.strip():
            raise ValueError("an answer needs what was asked and what was found")
        found, rests_on = with_minus(found), [*map(with_minus, rests_on)]
        left_out = list(dict.fromkeys([*self._left_out, *left_out]))
        said = {"name": name, "asked": asked, "found": found, "rests_on": rests_on, "left_out": left_out}
        self._record("answers", said)
        title = self.text(en="Answer", nl="Antwoord")
        basis = self.text(en="What it rests on", nl="Waar dit op rust")
        without = self.text(en="What was left out", nl="Wat is weggelaten")
        box = (
            f'<div class="answer admonition" id="answer-{html.escape(name)}"><p class="admonition-title">{title}</p>'
            f'<p class="asked">{html.escape(asked)}</p><p class="found">{html.escape(found)}</p>'
            f"{_listed(basis, rests_on)}{_listed(without, left_out)}</div>"
        )
        plain = "\n".join([title, asked, found, *rests_on, *left_out])
        _display({"text/html": box, "text/plain": plain}, {"handbook": {"place": "answer"}})

    def data(self, study: Study) -> None:
        """Show what was read; a run tells it after the answer, in its log, its methods and as JSON.

        Parameters
        ----------
        study : Study
            Its ``notes`` say what was found out while it was read; what was left out then stands with the answer.
        """
        title = self.text(en="What was read", nl="Wat is gelezen")
        samples, features = study.shape
        total = self.number(float(study.depth.sum()), 0)
        if study.quantity == "counts":
            read = self.text(
                en=f"{study.name}: {samples} samples, {features} features, {total} reads.",
                nl=f"{study.name}: {samples} monsters, {features} kenmerken, {total} reads.",
            )
        else:
            read = self.text(
                en=f"{study.name}: {samples} samples, {features} features; abundances, not counts of reads.",
                nl=f"{study.name}: {samples} monsters, {features} kenmerken; hoeveelheden, geen aantallen reads.",
            )
        self._left_out = [note for note in study.notes if note.startswith("Left out")]
        notes = [read, *(note for note in study.notes if note not in self._left_out)]
        shape = {"samples": samples, "features": features, "quantity": study.quantity}
        self._record("read", {"name": study.name, **shape, "notes": [*study.notes]})
        box = f'<div class="read admonition"><p class="admonition-title">{title}</p>{_listed("", notes)}</div>'
        _display({"text/html": box, "text/plain": "\n".join([title, *notes])}, {"handbook": {"place": "data"}})

    def _record(self, what: str, said: Mapping[str, Any]) -> None:
        """Keep what was said, a line each, where a run keeps its results."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"{what}.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(said, ensure_ascii=False) + "\n")

    def limits(self, sentences: Sequence[str]) -> None:
        """Show what this analysis cannot say, as a list: sentences that are true of these data, so computed.

        Parameters
        ----------
        sentences : sequence of str
            One limit each.
        """
        sentences = [*map(with_minus, sentences)]
        _display(
            {"text/html": f'<div class="limits">{_listed("", sentences)}</div>', "text/plain": "\n".join(sentences)}
        )


def _listed(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    return (f"<p><strong>{html.escape(title)}</strong></p>" if title else "") + f"<ul>{items}</ul>"


def _display(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    display(bundle, raw=True, metadata=metadata or {})
