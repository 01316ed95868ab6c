"""The quiz of a page: answers to choose from, which a script puts above the boxes; without it the boxes remain.

The answers stand in ``book/quiz.yml``, in both languages and in the order of the chapter's questions; the reasons stand
in the chapter. What comes with the page is sorted by the alphabet, so that the right answer has no place of its own.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from handbook_utils.chapters.contract import QUIZ
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SECTION = "quiz"
_WORDS = ("quiz_check", "quiz_right", "quiz_wrong", "quiz_why", "quiz_score", "quiz_again")


def read_quiz(root: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Return the answers by chapter: ``asks`` (how the question begins), ``right``, and a list ``wrong``.

    Parameters
    ----------
    root : str or pathlib.Path
        A handbook's folder, or the stage of an edition.

    Returns
    -------
    dict of str to list of dict
        By slug, in the order of the questions; empty where there is no such file.
    """
    path = Path(root) / QUIZ
    return _read(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else {}


@lru_cache(maxsize=2)  # every page reads the same
def _read(text: str, where: str) -> dict[str, list[dict[str, Any]]]:
    return yaml_text.typed(text, where) or {}


def choices(questions: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Return what can be answered to each question in one language.

    Parameters
    ----------
    questions : list of dict
        Of a chapter, as :func:`read_quiz` gives them.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    list of dict
        ``options``, in the order of the alphabet, and ``right``, the place of the right one.

    Examples
    --------
    >>> choices([{"asks": "Is it?", "right": {"en": "Yes"}, "wrong": [{"en": "No"}]}], "en")
    [{'options': ['No', 'Yes'], 'right': 1}]
    """
    made = []
    for question in questions:
        options = sorted([question["right"][lang], *(one[lang] for one in question["wrong"])])
        made.append({"options": options, "right": options.index(question["right"][lang])})
    return made


def _add_choices(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    questions = read_quiz(app.srcdir).get(docname.removeprefix("notebooks/"))
    section = next((one for one in doctree.findall(nodes.section) if _SECTION in one["ids"]), None)
    if questions is None or section is None or app.config.html_theme != "handbook":
        return
    lang = app.config["handbook_manifest"]["lang"]
    told = {"words": {name: WORDS[lang][name] for name in _WORDS}, "questions": choices(questions, lang)}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    up = "../" * docname.count("/")
    markup = (
        f'<script type="application/json" class="quiz">{written}</script>'
        f'<script defer src="{up}_static/quiz.js"></script>'
    )
    section += nodes.raw("", markup, format="html")


def setup_quiz(app: Sphinx) -> None:
    """Have the answers added to every page with a quiz.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.connect("doctree-resolved", _add_choices)
