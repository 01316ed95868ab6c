"""The contract: what every chapter must be (CONTRIBUTING.md), as checks that name what is missing.

:func:`violations` looks at the source, :func:`executed_violations` at what a run left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.asking.values import READ
from handbook_utils.chapters.catalogue import tagged
from handbook_utils.chapters.claims import CLAIMS, claims_of, read_claims, shows_claims
from handbook_utils.chapters.code import parsed
from handbook_utils.chapters.lesson import TAG, code_share, lesson_violations, parts
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Chapter

#: Sections every chapter has, in this order; the chapter's own stand between parameters and check.
SECTIONS = (
    "What you will learn",
    "Parameters",
    "Check",
    "Exercise",
    "Quiz",
    "Key takeaways",
    "Limits",
    "References",
)
#: The answers to choose from, in the handbook's folder and in the stage of an edition.
QUIZ = Path("book") / "quiz.yml"
#: What a page for the public says before its lesson begins.
_FIRST = ("What you can do", "When to call your doctor")
_NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "socket", "urllib", "urllib3"}
_FIELD = ("reads", "study", "datasets", "analysis", "recipes", "protocols", "figures", "results")
#: Largest share of lines that may stand in code cells, by part.
_CODE = {"recipes": 0.40, "protocols": 0.40, "explainers": 0.30}
_SHARED = ("errors", "readability")
_PATH = re.compile(r"(?<![\w:/.<-])/(?:home|root|Users|tmp|work|var|opt|mnt|private)/\w")
_CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def violations(chapter: Chapter, root: Path) -> list[str]:
    """Hold a chapter's source against the contract.

    Parameters
    ----------
    chapter : Chapter
        Its front matter has been checked by reading it.
    root : pathlib.Path
        The handbook's folder, for the bibliography.

    Returns
    -------
    list of str
        What is not as it must be; empty for a good chapter.
    """
    notebook = chapter.notebook()
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [
        *_sections(prose),
        *_answer_first(chapter, prose),
        *_claims(chapter, prose, root),
        *_own_data(chapter),
        *_cells(notebook),
        *_figures(notebook),
        *_imports(notebook),
        *_exercise(notebook),
        *_words(prose),
        *_quiz(chapter, prose, root),
        *_citations(prose, root),
        *_languages(chapter),
        *_commands(chapter, prose),
        *lesson_violations(notebook),
        *_answer(chapter, notebook),
        *_code(chapter),
    ]


def _sections(prose: str) -> Iterator[str]:
    headings = re.findall(r"^## (.+?)\s*$", prose, re.MULTILINE)
    places = []
    for name in SECTIONS:
        if headings.count(name) != 1:
            yield f"section '## {name}' stands {headings.count(name)} times, not once"
        else:
            places.append(headings.index(name))
    if places != sorted(places):
        yield f"sections are not in the order {', '.join(SECTIONS)}"
    if places and not set(range(places[0], len(headings))) - set(places):
        yield "there is no section of its own between Parameters and Check"
    if len(re.findall(r"^# ", re.sub(r"(?ms)^```.*?^```", "", prose), re.MULTILINE)) != 1:
        yield "there is not exactly one title"


def _answer_first(chapter: Chapter, prose: str) -> Iterator[str]:
    """Hold a page for the public to its order: a question as people ask it, the answer, one drawing."""
    if chapter.part != "explainers":
        return
    if chapter.title != chapter.question:
        yield f"an explainer's title is its question, '{chapter.question}'"
    before = prose.partition("\n## ")[0]
    answer, drawing = before.find(":class: tip"), before.find(":::{drawing}")
    if answer < 0:
        yield "there is no short answer (a box with `:class: tip`) before the first section"
    if before.count(":::{drawing}") != 1 or drawing < answer:
        yield "there is not exactly one {drawing} under the short answer"


def _claims(chapter: Chapter, prose: str, root: Path) -> Iterator[str]:
    """Hold a page for the public to its claims, and to what it says one can do."""
    if chapter.part != "explainers":
        return
    order = [prose.find(f"\n## {name}\n") for name in (*_FIRST, SECTIONS[0])]
    if -1 in order or order != sorted(order):
        yield f"an explainer goes on with '## {_FIRST[0]}' and '## {_FIRST[1]}', before '## {SECTIONS[0]}'"
    claims = read_claims(root) if (root / CLAIMS).is_file() else []
    if not shows_claims(prose) or (claims and not claims_of(claims, chapter.slug)):
        yield f"an explainer shows its claims: {{claims}}, and in {CLAIMS.as_posix()} those whose pages name it"
    if "| How sure? | How do we know? |" in prose:
        yield f"a table of claims stands beside {CLAIMS.as_posix()}"


def _own_data(chapter: Chapter) -> Iterator[str]:
    """Hold a chapter that takes the reader's files to a check of them, before anything is executed."""
    kinds = {question.name: question.kind for question in chapter.parameters}
    if not chapter.inputs and any(kind in READ for kind in kinds.values()):
        yield "it takes files of the reader's, and front matter names no function that checks them: inputs: …"
    begins = (kinds.get("table"), kinds.get("metadata")) == ("files", "file") or kinds.get("reads") == "folder"
    if chapter.part == "recipes" and not begins:
        yield "a recipe takes the reader's table (files) and metadata (file), or reads (folder)"


def _cells(notebook: Any) -> Iterator[str]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if "parameters" not in code[0].metadata.get("tags", []):
        yield "the parameters cell is not the first code cell"
    checks = tagged(notebook, "nbval-check-output")
    if not checks:
        yield "there is no check cell (tags: nbval-check-output, check)"
    for cell in checks:
        if "check" not in cell.metadata.get("tags", []):
            yield "a check cell does not carry the tag check"
        if "print(" not in cell.source:
            yield "a check cell prints nothing"


def _figures(notebook: Any) -> Iterator[str]:
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        count = cell.source.count(".figure(")
        if count > 1:
            yield f"code cell {number} draws {count} figures; one a cell"


def _imports(notebook: Any) -> Iterator[str]:
    cells = {True: 0, False: 0}
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        names = list(_imported(cell.source))
        cells[TAG in cell.metadata.get("tags", [])] += bool(names)
        for name in names:
            parts = name.split(".")
            if parts[0] in _NETWORK:
                yield f"code cell {number} imports {name}: a chapter uses no network"
            if parts[0] == "handbook_utils" and parts[1:2] and parts[1] not in (*_FIELD, *_SHARED):
                yield f"code cell {number} imports {name}: a chapter imports the field half only"
        if re.search(r"[\"']https?://[^\"']*[\"']", cell.source) and re.search(
            r"\b(read_|open|load)\w*\(", cell.source
        ):
            yield f"code cell {number} reads from an address: a chapter uses no network"
    if cells[False] != 1 or cells[True] > 1:
        yield f"imports stand in {cells[False]} cells, not in one (and {cells[True]} tagged {TAG}, of one allowed)"


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _exercise(notebook: Any) -> Iterator[str]:
    inside = False
    gates = solved = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if "{solution-start}" in cell.source:
                inside, gates = True, gates + 1
            if "{solution-end}" in cell.source:
                inside = False
        elif inside:
            solved += 1
    if not gates or not solved:
        yield "the exercise has no solution with an executed code cell (solution-start … solution-end)"


def _quiz(chapter: Chapter, prose: str, root: Path) -> Iterator[str]:
    """Hold a quiz to its length, and one for the public to the answers that can be chosen from."""
    asked = re.findall(r"^:::\{dropdown\} (.+)$", prose.partition("## Quiz")[2].partition("\n## ")[0], re.MULTILINE)
    if len(asked) < 2:
        yield "the quiz has fewer than two questions ({dropdown} boxes)"
    path = root / QUIZ
    if chapter.part != "explainers" or not path.is_file():
        return
    answers = (yaml_text.typed(path.read_text(encoding="utf-8"), path.name) or {}).get(chapter.slug, [])
    beginnings = [str(one["asks"]) for one in answers]
    if len(asked) != len(answers) or not all(map(str.startswith, asked, beginnings)):
        yield f"{QUIZ.as_posix()} does not answer the questions of the quiz, in their order"


def _words(prose: str) -> Iterator[str]:
    if "at-a-glance" not in prose:
        yield "there is no 'At a glance' box"
    takeaways = prose.partition("## Key takeaways")[2].partition("\n## ")[0]
    links = re.findall(r"\]\(#([\w-]+)\)", takeaways)
    if not links:
        yield "the key takeaways are not linked to their sections"
    labels = set(re.findall(r"^\(([\w-]+)\)=", prose, re.MULTILINE))
    for link in links:
        if link not in labels:
            yield f"a key takeaway links to #{link}, which is no label"
    if "{bibliography}" not in prose:
        yield "there is no {bibliography}"


def _citations(prose: str, root: Path) -> Iterator[str]:
    text = (root / "book" / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))
    cited = {key.strip() for group in _CITATION.findall(prose) for key in group.split(",")}
    if not cited:
        yield "nothing is cited"
    for key in sorted(cited - known):
        yield f"citation '{key}' is not in book/references.bib"


def _languages(chapter: Chapter) -> Iterator[str]:
    names = {parameter.name for parameter in chapter.parameters}
    if "nl" in chapter.languages:
        if "lang" not in names:
            yield "a chapter in two languages has a parameter lang"
        if missing := sorted(names - set(chapter.help_nl)):
            yield f"front matter help_nl lacks the Dutch help of: {', '.join(missing)}"
    if chapter.part == "explainers" and "nl" not in chapter.languages:
        yield "an explainer is in both languages"


def _commands(chapter: Chapter, prose: str) -> Iterator[str]:
    """Hold a command for the reader's own data to what the chapter asks: whoever types it is not sent back."""
    asked = [question.name for question in chapter.parameters if question.example is not None and not question.optional]
    for command in re.findall(rf"`handbook run {re.escape(chapter.slug)}([^`]*)`", prose):
        given = set(re.findall(r"-p (\w+)", command))
        lacking = [name for name in asked if name not in given]
        if given and lacking and "--study" not in command:
            yield f"the command for one's own data does not give {', '.join(lacking)}"


def _answer(chapter: Chapter, notebook: Any) -> Iterator[str]:
    """Hold a recipe or a protocol to its answer, and to what an answer asks for: limits, and an account of the data."""
    if chapter.part == "explainers":
        return
    analysed = "\n".join(source for cell, source, lesson in parts(notebook) if cell.cell_type == "code" and not lesson)
    takes_files = any(parameter.kind in READ for parameter in chapter.parameters)
    # What a procedure cannot say is true of whoever follows it: it may be prose.
    of_recipes = ("out.limits(", *(["out.data("] if takes_files else [])) if chapter.part == "recipes" else ()
    for call in ("out.answer(", *of_recipes):
        if call not in analysed:
            yield f"the analysis does not call {call}…)"


def _code(chapter: Chapter) -> Iterator[str]:
    """Hold every chapter to its share of code."""
    share = code_share(chapter.path.read_text(encoding="utf-8"))
    if share > _CODE[chapter.part]:
        yield f"{share:.1%} of the lines are code; at most {_CODE[chapter.part]:.0%}: move it to the field half"


def executed_violations(notebook: Any) -> list[str]:
    """Hold what a run left against the contract.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed and normalised.

    Returns
    -------
    list of str
        Errors, warnings a reader would see, absolute paths, figures without a text.
    """
    return list(_left(notebook))


def _left(notebook: Any) -> Iterator[str]:
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"code cell {number} raises {output.ename}"
            if output.output_type == "stream" and output.name == "stderr":
                yield f"code cell {number} warns: {output.text.strip()[:200]}"
            data = output.get("data", {})
            shown = [output.get("text", ""), data.get("text/plain", ""), re.sub(r"base64,[^\"]+", "", _html(data))]
            for text in shown:
                if match := _PATH.search(text):
                    yield f"code cell {number} shows an absolute path: {text[match.start() :][:60]}"
            if "image/png" in data:
                yield f"code cell {number} shows a figure without out.figure, so without a text"
            for alt in re.findall(r"<img[^>]*?alt=\"([^\"]*)\"", _html(data)):
                if len(alt) < 30 or re.search(r"\.(svg|png)$", alt):
                    yield f"code cell {number}: the alt text says too little: '{alt}'"


def _html(data: Any) -> str:
    text = data.get("text/html", "")
    return text if isinstance(text, str) else ""
