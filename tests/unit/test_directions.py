"""The two halves of the package never mix (CONTRIBUTING.md)."""

import ast
from pathlib import Path

import handbook_utils

PACKAGE = Path(handbook_utils.__file__).parent
FIELD = {"reads", "study", "datasets", "analysis", "protocols", "recipes", "figures", "results"}
MACHINERY = {"session", "chapters", "execution", "runs", "publishing", "cli", "cli_key", "doctor"}
#: What both halves may use: it knows neither microbes nor notebooks.
SHARED = {"errors", "asking", "home", "readability", "text"}
TOOLS = {
    "papermill",
    "sphinx",
    "nbformat",
    "nbclient",
    "jupytext",
    "myst_nb",
    "jupyter_book",
    "nbconvert",
    "jupyter_client",
}


def imports() -> list[tuple[str, str, str]]:
    """Every import: file, half-side module it stands in, module it names."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(path.name, here, name) for name in names]
    return found


def test_every_module_belongs_to_a_half():
    modules = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("_", "."))}
    assert modules <= FIELD | MACHINERY | SHARED | {"py"}


def test_the_field_knows_nothing_of_the_machinery():
    wrong = [
        (file, name)
        for file, here, name in imports()
        if here in FIELD
        and (name.split(".")[0] in TOOLS or (name.startswith("handbook_utils.") and name.split(".")[1] in MACHINERY))
    ]
    assert wrong == []


def test_what_both_use_knows_neither():
    wrong = [
        (file, name)
        for file, here, name in imports()
        if here in SHARED
        and (name.split(".")[0] in TOOLS or (name.startswith("handbook_utils.") and name.split(".")[1] not in SHARED))
    ]
    assert wrong == []


def test_the_machinery_knows_nothing_of_microbes():
    # datasets answers for checksums; the preloaded kernel imports what chapters import, and uses none of it.
    allowed = {"datasets"}
    wrong = [
        (file, name)
        for file, here, name in imports()
        if here in MACHINERY
        and not here.startswith("cli")
        and file != "preload.py"
        and name.startswith("handbook_utils.")
        and name.split(".")[1] in FIELD - allowed
    ]
    assert wrong == []


def test_no_module_is_called_utils_or_helpers():
    assert [path.name for path in PACKAGE.rglob("*.py") if path.stem in ("utils", "helpers", "misc", "common")] == []
