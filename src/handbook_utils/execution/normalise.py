"""Make an executed notebook depend on nothing but its source, parameters, data and versions."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.asking import Answers, written
from handbook_utils.asking.paths import paths_of, without_folders
from handbook_utils.asking.values import PATHS, Value

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter

_HEADINGS = {"en": ("Parameter", "Value", "Meaning"), "nl": ("Parameter", "Waarde", "Betekenis")}
_STATES = {
    "en": {"given": "given", "default": "default", "none": "none", "example": "example"},
    "nl": {"given": "gegeven", "default": "standaard", "none": "geen", "example": "voorbeeld"},
}
_CAPTION = {"en": "Parameters of this run", "nl": "Parameters van deze uitvoering"}


def normalised(notebook: Any, chapter: Chapter, answers: Answers, root: Path, *, own: bool = False) -> Any:
    """Take out of an executed notebook what changes from run to run.

    The cell papermill injects gives way to a table under the parameters cell; timings, counters of the tools and
    absolute paths go.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As papermill left it; changed in place.
    chapter : Chapter
        What was run.
    answers : Answers
        All its parameters, and where each value comes from.
    root : pathlib.Path
        The handbook's folder, which is not named in outputs.
    own : bool
        Whether this is a run on the reader's own data: its parameters cell then shows what it was run with.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.
    """
    kept = [cell for cell in notebook.cells if not _injected(cell)]
    read = [parameter.name for parameter in chapter.parameters if parameter.kind in PATHS]
    given = [path.parent for name in read for path in paths_of(str(answers.values[name]))]
    paths = {f"{folder}/": "" for folder in sorted(given, key=lambda folder: -len(folder.parts))}
    paths |= {f"{root}/": "", f"{sys.prefix}/": "", f"{Path.home()}/": "~/"}
    for number, cell in enumerate(kept):
        cell.id = f"cell-{number:03d}"
        for tool in ("papermill", "execution"):
            cell.metadata.pop(tool, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]  # papermill gives every cell tags; its source, and so the cache, has none
        for output in cell.get("outputs", []):
            _clean(output, paths)
        if "outputs" in cell:
            cell.outputs = _merged(cell.outputs)
        if "parameters" in cell.metadata.get("tags", []):
            cell.outputs = [_table(chapter, answers)] if chapter.parameters else []
            cell.source = _with_values(chapter, answers.values) if own else cell.source
    for number, cell in enumerate((cell for cell in kept if cell.cell_type == "code" and cell.execution_count), 1):
        cell.execution_count = number
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    notebook.cells = kept
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return notebook


def _injected(cell: Any) -> bool:
    tags = cell.metadata.get("tags", [])
    return "injected-parameters" in tags or any(tag.startswith("papermill-error-cell") for tag in tags)


def _merged(outputs: list[Any]) -> list[Any]:
    """Join what was written to one stream in a row: in how many pieces it arrived is chance."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _with_values(chapter: Chapter, values: Mapping[str, Value]) -> str:
    """Write the parameters cell with what a run was given, the reader's files by name."""
    named = without_folders({question.name: question.kind for question in chapter.questions}, values)
    asked = [
        question.model_copy(update={"default": named[question.name]})
        for question in chapter.questions
        if question.name in named
    ]
    return "\n".join(question.model_copy(update={"example": None, "optional": False}).line() for question in asked)


def _clean(output: Any, paths: Mapping[str, str]) -> None:
    def cleaned(text: str) -> str:
        for path, shown in paths.items():
            text = text.replace(path, shown)
        # Addresses of objects are another thing in every process.
        return re.sub(r" at 0x[0-9a-f]{6,}", "", text)

    if "text" in output:
        output.text = cleaned(output.text)
    if "traceback" in output:
        output.traceback = [cleaned(line) for line in output.traceback]
    for kind, content in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(content, str):
            output.data[kind] = cleaned(content)


def _table(chapter: Chapter, answers: Answers) -> Any:
    from nbformat.v4 import new_output

    effective = answers.values
    lang = str(effective.get("lang", "en"))
    helps = {parameter.name: parameter.help for parameter in chapter.questions}
    if lang == "nl":
        helps |= {question.name: question.help_nl for question in chapter.questions if question.help_nl}
    kinds = {parameter.name: parameter.kind for parameter in chapter.questions}
    shown = {name: _shown(value, kinds[name]) for name, value in effective.items()}
    own = "given" in answers.states.values()
    words = _STATES[lang]
    told = {name: words[state] for name, state in answers.states.items() if own or state == "example"}
    origin = {name: f" <small>({told[name]})</small>" if name in told else "" for name in effective}
    # A long name may be broken at its underscores: on a phone its meaning needs the room
    named = {name: html.escape(name).replace("_", "_<wbr>") for name in effective}
    rows = "".join(
        f'<tr><th scope="row"><code>{named[name]}</code></th><td>{html.escape(shown[name]) or "–"}{origin[name]}</td>'
        f"<td>{html.escape(helps[name])}</td></tr>"
        for name in effective
    )
    head = "".join(f'<th scope="col">{heading}</th>' for heading in _HEADINGS[lang])
    page = (
        f'<table class="table parameters"><caption>{_CAPTION[lang]}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
    plain = "\n".join(f"{name} = {value}" for name, value in shown.items())
    return new_output("display_data", data={"text/html": page, "text/plain": plain})


def _shown(value: Value, kind: str) -> str:
    if kind in PATHS:  # where it lies is nobody's business in a report that is sent on
        return ", ".join(path.name for path in paths_of(str(value)))
    return written(value)
