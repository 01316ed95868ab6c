"""Which tubes go into which extraction batch, with what: lists, and the sheet that a batch is worked from.

A batch is a plate. What a protocol says of volumes, temperatures and times is in that protocol; the sheet names it and
does not repeat it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import pandas as pd
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, collect, listed, nearest
from handbook_utils.protocols.example.cold import example_verdicts
from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.protocols.tubes import read_bench, read_tubes, read_verdicts
from handbook_utils.protocols.wells.bench import MARKS
from handbook_utils.protocols.wells.extracted import extracted_wells, still_to_extract, varying
from handbook_utils.protocols.wells.extraction import Extraction, choices_wrong, chosen
from handbook_utils.protocols.wells.plates import Layout
from handbook_utils.protocols.wells.requests import asked

#: Verdicts with which a tube is extracted.
TAKEN = ("accept", "flag")
#: Columns of ``batches.csv`` that are filled in at the bench.
TO_FILL = ("kit_lot", "bead_lot", "mock_lot", "operator", "date", "started", "finished")
_LAYOUT = ("plate", "blanks", "mocks", "ntc", "duplicates", "candidates")


def received(
    tubes: pd.DataFrame, verdicts: pd.DataFrame, bench: pd.DataFrame | None = None, where: str = "the verdicts"
) -> pd.DataFrame:
    """Return the tubes that are extracted: received, not rejected, and on the bench where that was scanned.

    Parameters
    ----------
    tubes : pandas.DataFrame
        Given out, as :func:`~handbook_utils.protocols.tubes.read_tubes` returns them.
    verdicts : pandas.DataFrame
        Columns ``tube`` and ``verdict``, and ``reasons`` where there are.
    bench : pandas.DataFrame, optional
        Column ``tube``: scanned when they were taken out of the freezer. Received tubes that are not among them are
        left out.
    where : str
        What messages call the verdicts.

    Returns
    -------
    pandas.DataFrame
        Columns of `tubes`, and ``verdict`` and ``reasons``, in the order of `tubes`.

    Raises
    ------
    InputErrors
        All at once: tubes nobody gave out, tubes without a verdict, tubes on the bench that must not be there.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> len(received(example_samples(), example_verdicts(example_samples())))
    171
    """
    known = list(tubes["sample"].astype(str))
    said = dict(zip(verdicts["tube"].astype(str), verdicts["verdict"].astype(str), strict=True))
    lines = dict(zip(verdicts["tube"].astype(str), verdicts.index, strict=True))
    errors = [
        _unknown(tube, known, f"{where}, line {lines[tube]}" if verdicts.index.name == "line" else where)
        for tube in said
        if tube not in set(known)
    ]
    silent = [tube for tube in known if tube not in said]
    if silent:
        errors.append(
            InputError(
                f"{len(silent)} tubes have no verdict.",
                where=where,
                expected="a line for every tube that was given out",
                found=listed(silent),
                remedy="Run keep-it-cold with the list of tubes given out: what never came is then missing.",
            )
        )
    present = [tube for tube in known if said.get(tube) in TAKEN]
    if bench is not None:
        at_bench = [str(tube) for tube in bench["tube"]]
        for line, tube in zip(bench.index, at_bench, strict=True):
            at = f"the scans at the bench, line {line}"
            if tube not in set(known):
                errors.append(_unknown(tube, known, at))
            elif said.get(tube) == "reject":
                errors.append(
                    InputError(
                        f"Tube {tube} is on the bench, and was rejected.",
                        where=at,
                        remedy="Put it back, or write down who decided otherwise, and change its verdict.",
                    )
                )
            elif said.get(tube) == "missing":
                errors.append(
                    InputError(
                        f"Tube {tube} is on the bench, and was never received.",
                        where=at,
                        remedy="Add its receipt to the log of scans, and judge it: how warm was it?",
                    )
                )
        present = [tube for tube in present if tube in set(at_bench)]
    if not errors and not present:
        errors.append(InputError("No tube is left to extract.", where=where, expected="tubes with accept or flag"))
    if errors:
        raise InputErrors(errors)
    why = dict(zip(verdicts["tube"].astype(str), verdicts.get("reasons", pd.Series("", verdicts.index)), strict=True))
    chosen = tubes[tubes["sample"].astype(str).isin(present)].reset_index(drop=True)
    return chosen.assign(
        verdict=[said[tube] for tube in chosen["sample"]],
        reasons=["" if pd.isna(why[tube]) else str(why[tube]) for tube in chosen["sample"]],
    )


def _unknown(tube: str, known: list[str], where: str) -> InputError:
    close = nearest(tube, known)
    return InputError(
        f"Tube {tube} was never given out.",
        where=where,
        expected="a code of the list of tubes",
        remedy=f"Is it {close}?" if close else None,
    )


def batches(layout: Layout, extraction: Extraction) -> pd.DataFrame:
    """Return the list of extraction batches, with columns to fill in at the bench.

    Parameters
    ----------
    layout : Layout
        Of all plates.
    extraction : Extraction
        The same for all.

    Returns
    -------
    pandas.DataFrame
        A row a plate; the columns of :data:`TO_FILL` are empty.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import layout
    >>> made = layout(example_samples(), candidates=1)
    >>> batches(made, Extraction("K", "kit", "0.1", 200))[["batch", "plate", "samples", "controls"]].values.tolist()
    [['E1', 1, 90, 5], ['E2', 2, 90, 5]]
    """
    rows = []
    for number, wells in layout.wells.groupby("plate"):
        rows.append(
            {
                "batch": f"E{number}",
                "plate": cast("int", number),
                "layout": layout.id,
                "samples": int((wells["content"] == "sample").sum()),
                "controls": int(wells["content"].isin(list(MARKS)).sum()),
                "protocol": extraction.protocol,
                "kit": extraction.kit,
                "bead_mm": extraction.bead_mm,
                "sample_mg": extraction.sample_mg,
                **dict.fromkeys(TO_FILL, ""),
            }
        )
    return pd.DataFrame(rows)


def steps(layout: Layout, number: int, extraction: Extraction) -> list[str]:
    """Return the numbered steps of one batch, filled in.

    Parameters
    ----------
    layout : Layout
        Of all plates.
    number : int
        Of the plate, from 1.
    extraction : Extraction
        The same for all.

    Returns
    -------
    list of str
        English, in the order of work.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import layout
    >>> made = layout(example_samples(), candidates=1)
    >>> len(steps(made, 1, Extraction("K", "kit", "0.1", 200)))
    10
    """
    wells = layout.wells[layout.wells["plate"] == number]

    def at(content: str) -> str:
        return ", ".join(wells.loc[wells["content"] == content, "well"])

    repeated = ", ".join(
        f"{well} (of {source})"
        for well, source in wells.loc[wells["content"] == "duplicate", ["well", "source"]].itertuples(index=False)
    )
    count = int((wells["content"] == "sample").sum())
    found = [
        f"Write date, operator and the lots of kit, beads and mock community on this sheet. Kit: {extraction.kit}.",
        f"Take the {count} tubes of plate {number} out of the freezer; scan each, and hold them against the bench "
        f"sheet with layout {layout.id}. Unknown, double or missing: stop, and write it down.",
        f"Mark plate {number} with layout {layout.id}, and well A1.",
        f"Put beads of {extraction.bead_mm} mm into every well that will hold something, controls too.",
        f"Weigh {extraction.sample_mg:g} mg of stool into each sample's well, column by column; tick the bench sheet.",
        f"Blanks, no stool, all reagents: {at('blank')}. Mock community, in the volume its maker gives: {at('mock')}.",
    ]
    if repeated:
        found.append(f"Second portions, taken as the first: {repeated}.")
    found += [
        (f"Leave empty until the PCR: {at('ntc')}. " if at("ntc") else "")
        + f"Seal, and follow {extraction.followed} to the end without a pause that it does not allow.",
        "Write down time and speed of bead beating, and every change from the procedure.",
        "Spin down before a seal is opened; measure DNA; seal, label, freeze; put this sheet with the bench sheet.",
    ]
    return found


def batch_pdf(layout: Layout, extraction: Extraction, *, study: str = "", version: str = "", date: str = "") -> bytes:
    """Draw the sheets that batches are worked from: A4 upright, one batch a page.

    Parameters
    ----------
    layout : Layout
        What lies where.
    extraction : Extraction
        How DNA is taken out.
    study, version, date : str
        Printed at the head; where one is empty there is a line to write it on.

    Returns
    -------
    bytes
        A PDF, the same bytes for the same arguments.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import layout
    >>> batch_pdf(layout(example_samples(), candidates=1), Extraction("K", "kit", "0.1", 200))[:5]
    b'%PDF-'
    """
    register_fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1, lang="en")
    canvas.setTitle(f"Extraction batches, layout {layout.id}" + (f", {study}" if study else ""))
    canvas.setSubject("Batch sheets")
    head = (study or "_" * 24, f"version {version or '_' * 6} · date {date or '_' * 12}")
    for number in range(1, layout.plates + 1):
        _sheet(canvas, layout, number, extraction, head)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _sheet(canvas: Canvas, layout: Layout, number: int, extraction: Extraction, head: tuple[str, str]) -> None:
    width, height = A4
    side, y = 40.0, height - 50.0
    wide = width - 2 * side

    def write(text: str, x: float, y: float, *, font: str = FONT, size: float = 10.0, room: float = wide) -> float:
        canvas.setFont(font, size)
        for one in simpleSplit(text, font, size, room):
            canvas.drawString(x, y, one)
            y -= size * 1.35
        return y

    write(f"Extraction batch E{number} of {layout.plates}", side, y, font=BOLD, size=16)
    canvas.setFont(FONT, 9)
    canvas.drawRightString(width - side, y, f"page {number} of {layout.plates}")
    y = write(f"Study: {head[0]}", side, y - 20, size=10)
    y = write(f"Layout {layout.id} · seed {layout.seed} · {layout.plate} wells · {head[1]}", side, y, size=9) - 4
    line = batches(layout, extraction).set_index("plate").loc[number]
    told = (
        ("followed", extraction.followed),
        ("beads (mm)", extraction.bead_mm),
        ("stool a well (mg)", f"{extraction.sample_mg:g}"),
        ("samples, controls", f"{line['samples']}, {line['controls']}"),
    )
    for name, text in told:
        write(name, side, y, font=BOLD)
        y = write(text, side + 120, y, room=wide - 120)
    y -= 6
    canvas.setStrokeColor(HexColor("#777777"))
    for turn, name in enumerate(("Kit lot", "Bead lot", "Mock lot", "Operator", "Date", "Started, finished")):
        x, base = side + turn % 3 * wide / 3, y - 32 * (turn // 3 + 1)
        canvas.rect(x, base, wide / 3, 32)
        write(name, x + 4, base + 21, size=8)
    y -= 84
    for turn, text in enumerate(steps(layout, number, extraction), start=1):
        canvas.line(side, y + 14, width - side, y + 14)
        write(f"{turn}.", side, y, font=BOLD)
        canvas.rect(width - side - 88, y - 4, 12, 12)
        write("initials", width - side - 70, y - 2, size=8)
        y = min(write(text, side + 24, y, room=wide - 126), y - 18) - 8
    write("Deviations (well, what was planned, what was done, decided by)", side, y, font=BOLD)
    lines = max(2, int((y - 110) // 22))
    for turn in range(lines):
        canvas.line(side, y - 22 * (turn + 1), width - side, y - 22 * (turn + 1))
    for turn, name in enumerate(("Worked by, date, signature", "Checked by, date, signature")):
        canvas.rect(side + turn * wide / 2, 34, wide / 2, 44)
        write(name, side + turn * wide / 2 + 4, 67, size=8)


def read_step(tubes: str, verdicts: str, bench: str = "") -> pd.DataFrame:
    """Read what earlier steps handed on, and return the tubes to extract.

    Parameters
    ----------
    tubes, verdicts, bench : str
        Paths; all "" for the example study, simulated.

    Returns
    -------
    pandas.DataFrame
        As of :func:`received`.

    Raises
    ------
    InputErrors
        Everything that is wrong in all files; what does not agree between them after that.
    """
    if not tubes:
        example = datasets.frame("example-study")
        return received(example, example_verdicts(example))

    def read(path: str, reader: Callable[[Path], pd.DataFrame]) -> pd.DataFrame | None:
        return reader(Path(path)) if path else None

    given, said, at_bench = collect(
        partial(read, tubes, read_tubes), partial(read, verdicts, read_verdicts), partial(read, bench, read_bench)
    )
    if given is None or said is None:  # the caller has asked for both
        raise InputError("Tubes and verdicts belong together.", expected="both parameters, or neither")
    return received(given, said, at_bench, verdicts)


def extract_and_plate(parameters: Mapping[str, Any]) -> None:
    """Check what the chapter ``protocols/extract-and-plate`` is given.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with files, extraction and plates.
    """
    tubes, verdicts, bench = (str(parameters.get(name) or "") for name in ("tubes", "verdicts", "bench"))
    errors: list[InputError] = []
    if bool(tubes) != bool(verdicts) or (bench and not tubes):
        errors.append(
            InputError(
                "Tubes, verdicts and scans at the bench belong together.",
                expected="the list of tubes and their verdicts, or neither for the example study",
                found=", ".join(n for n, path in (("tubes", tubes), ("verdicts", verdicts), ("bench", bench)) if path),
                remedy="The verdicts are written by keep-it-cold.",
            )
        )
    errors += choices_wrong(chosen(parameters))
    if not errors or errors[0].where is not None:
        try:
            asked_for = {name: parameters[name] for name in _LAYOUT if name in parameters}
            asked_for |= {
                "covariates": parameters.get("covariates", []),
                "where": tubes or "the example",
            }
            there, before = read_step(tubes, verdicts, bench), extracted_wells(str(parameters.get("ledger") or ""))
            new = still_to_extract(there, before)
            if len(new) or not len(before):
                asked_for["covariates"] = varying(new, asked_for["covariates"])
                asked(new, parameters.get("seed", 1), asked_for)
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
