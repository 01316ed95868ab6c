"""Sphinx, for each edition in a process of its own, forked from one that has imported what all of them need.

That one is ``python -m handbook_utils.publishing.render``.

The configuration is Jupyter Book's, made from ``_config.yml`` by Jupyter Book itself, less what an executed, offline
book has no use for: thebe, comments, toggle buttons (disclosure boxes are HTML's own) and its theme.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

from handbook_utils.errors import InputError
from handbook_utils.publishing.sparing import spare_repeated_work
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text
from handbook_utils.text.untrusted import end_with_parent

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from handbook_utils.publishing.dutch import Messages

_UNUSED = {
    "jupyter_book",
    "sphinx.ext.intersphinx",
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_jupyterbook_latex",
    "sphinx_multitoc_numbering",
    "sphinx_thebe",
    "sphinx_togglebutton",
}
#: What a process is told when there is a stage, and when every chapter is staged; no page is called so.
BEGIN, ALL = "", "*"
_WARNING = re.compile(
    r"^(?:(?P<where>\S.*?)(?::(?P<line>\d+))?: )?(?P<kind>WARNING|ERROR|CRITICAL|SEVERE): (?P<text>.*)"
)


def configuration(stage: Path, lang: str) -> dict[str, Any]:
    """Return Sphinx' configuration for an edition.

    Parameters
    ----------
    stage : pathlib.Path
        As :class:`handbook_utils.publishing.stage.Stage` leaves it.
    lang : str
        The edition's language.

    Returns
    -------
    dict
        By the names Sphinx gives them.
    """
    from jupyter_book.config import get_final_config

    given = yaml_text.typed((stage / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    config: dict[str, Any]
    config, _ = get_final_config(user_yaml=given, cli_config={"latex_individualpages": False})
    options = config["html_theme_options"]
    for name in ("comments_config", "use_jupyterbook_latex", "use_multitoc_numbering"):
        config.pop(name, None)  # of extensions that are left out
    config |= {
        "extensions": [name for name in config["extensions"] if name not in _UNUSED],
        "html_theme": "handbook",
        "html_theme_options": {name: options.get(name, "") for name in ("repository_url", "repository_branch")},
        "html_title": config["handbook_titles"][lang],
        "html_css_files": [],
        "html_additional_pages": {"search": "search.html"},
        "html_js_files": [],
        "html_last_updated_fmt": "%Y-%m-%d",
        "exclude_patterns": [
            *config.get("exclude_patterns", []),
            *(path.relative_to(stage).with_suffix(".md").as_posix() for path in stage.rglob("*.ipynb")),
        ],
        "external_toc_path": str(stage / "_toc.yml"),
        "language": lang,
        "locale_dirs": ["locale"],
        "gettext_compact": False,
        "gettext_auto_build": True,
        "nb_execution_mode": "off",
        "nb_code_prompt_show": WORDS[lang]["code_show"],
        "nb_code_prompt_hide": WORDS[lang]["code_hide"],
        "nitpicky": True,
        "numfig_format": {"exercise": f"{WORDS[lang]['exercise']} %s"},
    }
    return config


def _application(stage: Path, out: Path, lang: str, builder: str, warnings: io.StringIO, processes: int = 1) -> Sphinx:
    from sphinx.application import Sphinx
    from sphinx.util.console import nocolor

    spare_repeated_work()
    nocolor()
    config = configuration(stage, lang)
    trees = f"{out}.doctrees"
    app = Sphinx(str(stage), None, str(out), trees, builder, config, status=None, warning=warnings)
    logging.getLogger("sphinx").setLevel(logging.WARNING)  # what it tells besides is made, and read by nobody

    def share_out(_app: Sphinx, _env: object) -> None:
        app.parallel = processes

    # Pages are shared out only when all have been read: reading them in two processes took longer than in one.
    app.connect("env-check-consistency", share_out)
    return app


def _read_as_they_come(app: Sphinx, told: TextIO) -> None:
    """Let Sphinx read a chapter only when a line of ``told`` has said that it is there; prose is read meanwhile."""
    came: set[str] = set()

    def wait_for(name: str) -> None:
        while name not in came:
            line = told.readline()
            if not line:
                sys.exit(1)  # who stages the chapters is gone
            came.add(line.rstrip("\n"))

    def in_order_of_arrival(_app: Sphinx, _env: object, names: list[str]) -> None:
        places = {name: place for place, name in enumerate(app.config["handbook_manifest"]["pages"])}
        names.sort(key=lambda name: places[name] if _chapter(name) else -1)

    def before_reading(_app: Sphinx, _env: object, name: str) -> None:
        if _chapter(name):
            wait_for(name)

    app.connect("env-before-read-docs", in_order_of_arrival)
    app.connect("env-purge-doc", before_reading)
    app.connect("env-updated", lambda _app, _env: wait_for(ALL))


def _chapter(page: str) -> bool:
    return page.startswith("notebooks/")


def _problems_in(warnings: str, stage: Path) -> list[InputError]:
    """Read Sphinx' warnings as mistakes in the pages.

    Examples
    --------
    >>> print(_problems_in("/s/book/a.md:3: WARNING: not there [ref]", Path("/s"))[0])
    not there [ref]
      where:    book/a.md, line 3
    """
    found: list[tuple[str, str | None]] = []
    for line in warnings.splitlines():
        match = _WARNING.match(line)
        if match is None:
            if found and line.strip():
                found[-1] = (f"{found[-1][0]} {line.strip()}", found[-1][1])
            continue
        where = (match["where"] or "").replace(f"{stage}/", "").replace(".ipynb", ".md").replace(".rst", ".md")
        # In a translated text Sphinx counts lines anew; where that text stands it says before.
        where, _, number = where.removesuffix(":<translated>").partition(":")
        number = number or match["line"]
        where += f", line {number}" if number else ""
        found.append((match["text"], where or None))
    return [InputError(text, where=where) for text, where in dict.fromkeys(found)]


def render(stage: Path, out: Path, lang: str, processes: int, told: TextIO) -> list[InputError]:
    """Make the pages of one edition.

    Parameters
    ----------
    stage : pathlib.Path
        As :class:`handbook_utils.publishing.stage.Stage` leaves it; chapters may still be to come.
    out : pathlib.Path
        Where the HTML goes.
    lang : str
        The edition's language.
    processes : int
        How many write pages.
    told : file
        What :func:`tell` says of chapters: each in a line when it is there.

    Returns
    -------
    list of InputError
        Everything Sphinx warned about.
    """
    warnings = io.StringIO()
    app = _application(stage, out, lang, "html", warnings, processes)
    _read_as_they_come(app, told)
    # publishing/search.py makes an index of the pages that come out of this.
    setattr(app.builder, "search", False)  # noqa: B010 - only builders of HTML have it
    app.build()
    return _problems_in(warnings.getvalue(), stage)


def messages_of(stage: Path, out: Path) -> dict[str, Messages]:
    """Read every translatable text of the bilingual pages, by page, in the order of the page.

    Parameters
    ----------
    stage : pathlib.Path
        With all pages of the English edition.
    out : pathlib.Path
        A folder for what Sphinx writes beside.

    Returns
    -------
    dict of str to dict
        Texts by page.
    """
    warnings = io.StringIO()
    app = _application(stage, out, "en", "dummy", warnings)
    app.build()
    found: dict[str, Messages] = app.env.domaindata["handbook"]["messages"]
    return found


@dataclass
class Edition:
    """An edition in the making: what its process is told, and what it answers.

    Attributes
    ----------
    process : subprocess.Popen
        Of which it is forked.
    told, heard, said : file
        Lines for it, its answer, and what it said when it broke down.
    """

    process: subprocess.Popen[bytes]
    told: TextIO
    heard: TextIO
    said: IO[bytes]


def start(folders: Mapping[str, tuple[Path, Path]], processes: int = 1) -> dict[str, Edition]:
    """Start processes for :func:`render`, which do their imports and then wait to be told that there are stages.

    Where :func:`tell` never says so, they end with this process.

    Parameters
    ----------
    folders : mapping of str to pair of pathlib.Path
        Where the pages of an edition will be, and where it is written, by its language.
    processes : int
        That write pages of an edition side by side.

    Returns
    -------
    dict of str to Edition
        With open pipes, by language.
    """
    asked, ours, theirs = [], {}, []
    for lang, (stage, out) in folders.items():
        (told, tells), (hears, heard) = os.pipe(), os.pipe()
        asked.append((str(stage), str(out), lang, told, heard))
        ours[lang] = (os.fdopen(tells, "w"), os.fdopen(hears))
        theirs += [told, heard]
    command = [sys.executable, "-m", "handbook_utils.publishing.render", json.dumps(asked), str(processes)]
    said = tempfile.TemporaryFile()  # noqa: SIM115 - end closes it
    process = subprocess.Popen(command, pass_fds=theirs, stderr=said)
    for descriptor in theirs:
        os.close(descriptor)
    return {lang: Edition(process, *ends, said) for lang, ends in ours.items()}


def tell(edition: Edition, page: str) -> None:
    """Tell a started process that a page is staged, :data:`BEGIN` before the first and :data:`ALL` after the last.

    Parameters
    ----------
    edition : Edition
        Of :func:`start`.
    page : str
        Name of the page, or one of the two words.
    """
    with contextlib.suppress(BrokenPipeError):  # it has ended, and finish says why
        print(page, file=edition.told, flush=True)


def finish(edition: Edition) -> list[InputError]:
    """Wait for a process that has been told of all pages, and return what :func:`render` returned.

    Parameters
    ----------
    edition : Edition
        Of :func:`start`.

    Returns
    -------
    list of InputError
        Everything Sphinx warned of.

    Raises
    ------
    RuntimeError
        Sphinx itself broke down.
    """
    with contextlib.suppress(BrokenPipeError):
        edition.told.close()
    answer = edition.heard.read()
    if not answer:
        edition.process.wait()
        edition.said.seek(0)
        raise RuntimeError(f"Sphinx ended with {edition.process.returncode}:\n{edition.said.read().decode().strip()}")
    return [InputError(problem, where=where) for problem, where in json.loads(answer)]


def end(editions: Mapping[str, Edition]) -> None:
    """End all that :func:`start` has started, whatever it is at, and wait until nobody writes pages any more.

    Parameters
    ----------
    editions : mapping of str to Edition
        Of :func:`start`.
    """
    for edition in editions.values():
        edition.process.kill()
        with contextlib.suppress(BrokenPipeError):
            edition.told.close()
    for edition in editions.values():
        edition.heard.read()  # to its end, which comes when the last that could write there has ended
        edition.heard.close()
        edition.process.wait()
        edition.said.close()


def _import_all(stage: Path, lang: str) -> None:
    """Import what an edition needs, and read the names of authors, which are the same in each."""
    from pybtex.database.input.bibtex import Parser
    from pybtex.richtext import Text

    config = configuration(stage, lang)
    for name in config["extensions"]:
        import_module(name)
    spare_repeated_work()
    for file in config.get("bibtex_bibfiles", []):
        for work in Parser("utf-8").parse_file(stage / file).entries.values():
            for field in work.fields.values():
                Text.from_latex(field)


def _made(stage: str, out: str, lang: str, told: int, heard: int) -> None:
    with os.fdopen(told) as lines:
        problems = render(Path(stage), Path(out), lang, int(sys.argv[2]), lines)
    with os.fdopen(heard, "w") as answer:
        json.dump([(error.problem, error.where) for error in problems], answer)


if __name__ == "__main__":
    # A process that ends with its pages needs no collector, which took a fifth of its time in walks through all trees.
    gc.disable()
    from sphinx.application import builtin_extensions

    # Whoever started it, and has been killed, leaves nobody at work in its folder.
    end_with_parent()
    os.register_at_fork(after_in_child=end_with_parent)
    for name in builtin_extensions:
        import_module(name)
    editions = json.loads(sys.argv[1])
    for *_, told, _ in editions:
        if not os.read(told, 1):  # the end of the line that says BEGIN, or whoever should say so is gone
            sys.exit(1)
    _import_all(Path(editions[0][0]), editions[0][2])
    running = []
    for edition in editions:
        running.append(os.fork())
        if not running[-1]:
            for other in editions:
                if other is not edition:
                    os.close(other[3])
                    os.close(other[4])
            try:
                _made(*edition)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)  # taking down all trees one by one takes another second
    for edition in editions:
        os.close(edition[3])
        os.close(edition[4])
    ended = [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in running]
    sys.exit(next(filter(None, ended), 0))
