"""What must not be in the result folder of somebody's own data: words of the bundled studies."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook_utils import datasets

#: Words of the titles that anybody's study may have.
ORDINARY = frozenset(
    [
        "after",
        "bacteria",
        "been",
        "communities",
        "community",
        "controls",
        "detail",
        "disorders",
        "eight",
        "example",
        "expected",
        "extraction",
        "female",
        "fields",
        "first",
        "from",
        "gene",
        "genes",
        "gives",
        "human",
        "interest",
        "lineage",
        "lists",
        "maker",
        "metadata",
        "microbes",
        "microbiome",
        "mock",
        "mocks",
        "names",
        "people",
        "protocols",
        "reads",
        "real",
        "reference",
        "related",
        "sale",
        "samples",
        "search",
        "searches",
        "sequencer",
        "shares",
        "silva",
        "simulated",
        "small",
        "species",
        "standards",
        "stool",
        "strains",
        "study",
        "that",
        "their",
        "them",
        "times",
        "values",
        "week",
        "what",
        "with",
        "wrote",
        "years",
    ]
)
KINDS = {".html", ".md", ".csv", ".yml", ".json", ".ipynb", ".txt", ".svg", ".tsv"}


def bundled_words() -> set[str]:
    """Names of the bundled data sets, the words of their titles, the groups in them, and their papers."""
    words = set()
    for resource in json.loads((datasets.root() / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        title = resource["title"].partition(":")[0]
        words |= {resource["dataset"], *re.findall(r"[a-z]{4,}", title.casefold())}
        words |= {doi for doi in [resource["sources"][0].get("path", "").removeprefix("https://doi.org/")] if doi}
        fields = resource.get("schema", {}).get("fields", [])
        groups = [value for field in fields for value in field.get("constraints", {}).get("enum", [])]
        words |= {value for value in groups if re.fullmatch(r"[A-Z][A-Za-z]{5,}", str(value))}
    return {word.casefold() for word in words} - ORDINARY


@pytest.fixture(scope="session")
def leaks() -> Callable[[Path], list[str]]:
    """Give what finds words of bundled studies in a result folder: file and word."""
    words = bundled_words()
    assert {"throat", "twins", "smokers", "nonsmoker", "airway", "obese"} <= words
    pattern = re.compile(r"(?<![a-z])(" + "|".join(sorted(map(re.escape, words))) + r")(?![a-z])")

    def found(folder: Path) -> list[str]:
        lost = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            text = path.read_text(encoding="utf-8").casefold() if path.suffix in KINDS and path.is_file() else ""
            # An image in a drawing is written in lines; letters in it are no words.
            text = re.sub(r"base64,[a-z0-9+/=\n]+", "", text)
            lost += [f"{name}: {word}" for word in sorted(set(pattern.findall(f"{name.casefold()} {text}")))]
        return lost

    return found
