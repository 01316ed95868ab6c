"""One run as one HTML file: it opens anywhere, asks nothing of the network, runs no script, and prints on A4.

The executed notebook's Markdown is MyST, rendered here by markdown-it (MyST's own parser) with the directives and roles
that chapters use. Sphinx would need a project, a theme and scripts for the same page.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook_utils.runs.crate import InputFile
from handbook_utils.runs.methods import Reference
from handbook_utils.runs.page import Page
from handbook_utils.runs.words import WORDS, Language

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: break-word; color: #1b1b1b; background: #fff;
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, nav, footer { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; border-bottom: 3px solid #0b5f8a; }
h1, h2, h3, h4 { line-height: 1.25; color: #0b3d57; }
h2 { margin-top: 2.2em; border-bottom: 1px solid #c8d3da; }
a { color: #0b5f8a; }
a:focus, summary:focus, [tabindex]:focus { outline: 3px solid #b35900; outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem 1rem; z-index: 1; }
img, svg { max-width: 100%; height: auto; }
pre { overflow-x: auto; padding: .6rem .8rem; background: #f3f5f6; border-left: 3px solid #93a4ae;
  font-size: .88rem; line-height: 1.4; }
code { font-family: "DejaVu Sans Mono", Consolas, Menlo, monospace; font-size: .92em; overflow-wrap: anywhere; }
pre code { overflow-wrap: normal; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .93rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #c8d3da; padding: .25rem .6rem; text-align: left; vertical-align: top; }
thead th { background: #e8eff3; }
td { font-variant-numeric: tabular-nums; }
tr:has(> td:first-child:empty) { height: 10mm; }
th code, td code { overflow-wrap: normal; }
footer td code { overflow-wrap: anywhere; }
.admonition { margin: 1.2rem 0; padding: .4rem 1rem; border-left: 4px solid #0b5f8a; background: #eef5f9; }
.answer { border-color: #00664a; background: #eaf5f1; }
.answer .found { font-size: 1.12rem; font-weight: 600; }
.answer .asked { font-style: italic; }
.warning, .caution, .danger, .attention, .error { border-color: #b35900; background: #fdf3e8; }
.admonition-title { font-weight: 700; margin: .3rem 0; }
details { margin: .8rem 0; padding: .2rem .8rem; border: 1px solid #c8d3da; border-radius: 4px; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
figure { margin: 1rem 0; }
figcaption { font-size: .93rem; }
.error pre { border-color: #a40000; }
footer { margin-top: 3rem; border-top: 1px solid #c8d3da; padding-bottom: 2rem; font-size: .9rem; }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  body { font-size: 10.5pt; }
  header, main, nav, footer { max-width: none; padding: 0; }
  nav, .skip, details.code { display: none; }
  details::details-content { content-visibility: visible; height: auto; }
  pre { white-space: pre-wrap; }
  .scroll { overflow: visible; }
  img, figure, tr, ol, li, .admonition, details:not(:has(pre, table)) { break-inside: avoid; }
  table:not(:has(tbody > tr:nth-child(6))) { break-inside: avoid; }
  main > pre, details > pre { font-size: 7.5pt; line-height: 1.3; }
  h1, h2, h3, h4, caption, thead, summary { break-after: avoid; }
  thead { display: table-header-group; }
  h2 { margin-top: 1.2em; }
  table { font-size: .88rem; }
  img { max-height: 190mm; width: auto; }
  /* Forms are filled in by hand, and are not parted. */
  table:has(td:first-child:empty) { width: 100%; break-inside: avoid; }
}
"""
# Nothing may be loaded and nothing may run, even if a file of the reader's holds markup that slipped through.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def report_html(
    notebook: Any,
    *,
    references: Mapping[str, Reference],
    source: Path | None = None,
    inputs: Mapping[str, InputFile] | None = None,
    translations: Mapping[str, str] | None = None,
    failed: str = "",
) -> str:
    r"""Render an executed notebook as one self-contained, accessible HTML file.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed and normalised, with ``handbook_run`` in its metadata.
    references : mapping of str to Reference
        What citations refer to.
    source : pathlib.Path, optional
        The chapter's file: pictures are looked for from its folder.
    inputs : mapping of str to InputFile, optional
        The reader's own files, by name.
    translations : mapping of str to str, optional
        Prose in Dutch, by the English paragraph; the report is then in Dutch.
    failed : str, optional
        Why the run did not finish; shown at the top.

    Returns
    -------
    str
        HTML, without script and without anything that is loaded from elsewhere.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> run = {"slug": "recipes/a", "title": "Count", "parameters": {}, "versions": {}, "python": "3.12.1"}
    >>> cells = [new_markdown_cell("# Count\n\nTwo $\\alpha$ & a <b>.")]
    >>> page = report_html(new_notebook(cells=cells, metadata={"handbook_run": run}), references={})
    >>> "<h1>Count</h1>" in page, "<math" in page, "<script" in page
    (True, True, False)
    """
    run = notebook.metadata["handbook_run"]
    lang: Language = "nl" if translations else "en"
    page = Page(
        lang=lang,
        values=recorded_values(notebook),
        references=references,
        source=source,
        translations=translations or {},
    )
    page.shows_code = not run.get("own", False)
    title = html.escape(page.said(str(run["title"])))
    body = [page.cell(cell) for cell in notebook.cells]
    body.append(page.close())
    body[:0] = [*page.placed["answer"], *page.placed["data"]]
    words = WORDS[lang]
    contents = "".join(f'<li><a href="#{anchor}">{text}</a></li>' for anchor, text in page.sections)
    alarm = (
        f'<div class="admonition error" role="alert"><p class="admonition-title">{words["failed"]}</p>'
        f"<pre>{html.escape(failed)}</pre></div>"
        if failed
        else ""
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#content">{words["skip"]}</a>\n'
        f"<header><h1>{title}</h1></header>\n"
        f'<nav aria-label="{words["contents"]}"><ul>{contents}</ul></nav>\n'
        f'<main id="content">\n{alarm}{"".join(body)}</main>\n'
        f"<footer>{_provenance(run, words, inputs or {}, page.placed['parameters'])}</footer>\n</body>\n</html>\n"
    )


def recorded_values(notebook: Any) -> dict[str, str]:
    """Return what the chapter recorded by ``Results.value``, as its prose shows it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed.

    Returns
    -------
    dict of str to str
        By name.
    """
    values = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            text = output.get("data", {}).get("application/papermill.record/text/plain")
            if name is not None and text is not None:
                values[name] = "".join(text)
    return values


def _provenance(
    run: Mapping[str, Any], words: Mapping[str, str], inputs: Mapping[str, InputFile], parameters: Sequence[str]
) -> str:
    made = words["made"].format(
        slug=run["slug"], executed=str(run.get("executed", "")).replace("T", " "), python=run["python"]
    )

    def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
        lines = "".join(
            f'<tr><th scope="row">{html.escape(str(name))}</th>'
            + "".join(f"<td><code>{html.escape(str(value))}</code></td>" for value in values)
            + "</tr>"
            for name, *values in rows
        )
        if not lines:
            return ""
        head = "".join(f'<th scope="col">{text}</th>' for text in heads)
        return f"<table><caption>{heads[0]}</caption><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"

    files = [(name, file.size, file.sha256) for name, file in inputs.items()]
    return (
        f"<h2>{words['provenance']}</h2><p>{html.escape(made)}</p>"
        + table((words["inputs"], words["bytes"], "SHA-256"), files)
        + "".join(parameters)
        + table((words["package"], words["version"]), run["versions"].items())
        + table((words["data"], "SHA-256"), run.get("data", {}).items())
        + (f"<p>{words['source']}<code>{html.escape(run['source'])}</code></p>" if run.get("source") else "")
    )
