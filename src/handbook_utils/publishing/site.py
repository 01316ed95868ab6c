"""What is put beside the pages of an edition, and the check that nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from handbook_utils.publishing.stage import FIGURES
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters import Catalogue
    from handbook_utils.execution import Outcome

_INSTALL = """\
# Only on Colab: fetch the handbook, its package and its data. Elsewhere this cell does nothing.
import sys

if "google.colab" in sys.modules:
    import os

    get_ipython().system("git clone --quiet --depth 1 {url} /content/handbook")
    get_ipython().run_line_magic("pip", "install --quiet /content/handbook")
    os.environ["HANDBOOK_DATA"] = "/content/handbook/data\""""


def add_downloads(stage: Path, out: Path, catalogue: Catalogue, outcomes: Mapping[str, Outcome]) -> None:
    """Put beside each chapter's page what a reader can take: the executed notebook and its Markdown source.

    Parameters
    ----------
    stage : pathlib.Path
        Where the edition's figures are.
    out : pathlib.Path
        The edition's pages.
    catalogue : Catalogue
        Where the sources are, and the address from which a notebook on Colab fetches the package.
    outcomes : mapping of str to Outcome
        By slug; a chapter that failed has nothing to take.
    """
    import nbformat

    config = yaml_text.typed((catalogue.root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    install = _INSTALL.format(url=config.get("repository", {}).get("url", ""))
    if (stage / FIGURES).is_dir():
        shutil.copytree(stage / FIGURES, out / FIGURES)
    for outcome in outcomes.values():
        if outcome.failure is not None or outcome.notebook is None:
            continue
        chapter, notebook = outcome.request.chapter, outcome.notebook
        cell = nbformat.v4.new_code_cell(install, id="install")
        taken = nbformat.NotebookNode({**notebook, "cells": [cell, *notebook.cells]})
        target = out / "notebooks" / f"{chapter.slug}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(nbformat.v4.writes(taken), encoding="utf-8")  # valid since it was executed
        shutil.copyfile(chapter.path, target.with_suffix(".md"))


class _Loaded(HTMLParser):
    """Collects what a browser would fetch by itself: not links, which a reader follows or not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "video", "audio", "embed", "track", "input"}:
            self.found += [given.get("src") or "", *re.split(r",?\s+", given.get("srcset") or "")]
        elif tag == "object":
            self.found.append(given.get("data") or "")
        elif tag == "link" and (given.get("rel") or "") not in {"canonical", "alternate", "next", "prev", "license"}:
            self.found.append(given.get("href") or "")


def loaded_from_elsewhere(site: Path) -> Iterator[tuple[Path, str]]:
    """Find what pages and style sheets of a site would load from another host.

    Parameters
    ----------
    site : pathlib.Path
        A folder of HTML and CSS.

    Yields
    ------
    tuple of pathlib.Path and str
        The file, and the address it would load.
    """
    elsewhere = re.compile(r"(?:https?:)?//")
    for path in sorted(site.rglob("*.html")):
        parser = _Loaded()
        parser.feed(path.read_text(encoding="utf-8"))
        yield from ((path, address) for address in parser.found if elsewhere.match(address))
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        for address in re.findall(
            r"url\(\s*[\"']?((?:https?:)?//[^\"')]+)|@import\s+[\"']((?:https?:)?//[^\"']+)", text
        ):
            yield path, next(filter(None, address))
