"""Works are cited and listed without an English "and", which would stand on Dutch pages too."""

import re

import pytest
from pybtex.database import parse_string

from handbook_utils.chapters import handbook_root
from handbook_utils.publishing.pages.citations import Bibliography, Reference
from handbook_utils.runs.methods import say_in

BIB = """
@article{one, author={Doe, Ann}, title={One}, journal={J}, year={2020}}
@article{two, author={Doe, Ann and Poe, Bo}, title={Two}, journal={J}, year={2020}}
@article{three, author={Doe, Ann and Poe, Bo and Roe, Cy}, title={Three}, journal={J}, year={2020}}
@article{lone, author={Doe, Ann and others}, title={Lone}, journal={J}, year={2020}}
@article{many, author={Doe, Ann and Poe, Bo and others}, title={Many}, journal={J}, year={2020}}
"""


def listed(key: str) -> str:
    entries = parse_string(BIB, "bibtex").entries
    return next(iter(Bibliography().format_entries([entries[key]]))).text.render_as("text")


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("one", "Ann Doe. One."),
        ("two", "Ann Doe & Bo Poe. Two."),
        ("three", "Ann Doe, Bo Poe & Cy Roe. Three."),
        ("many", "Ann Doe, Bo Poe, et al. Many."),
    ],
)
def test_names_in_the_list(key, names):
    assert listed(key).startswith(names)


@pytest.mark.parametrize(
    ("key", "names"), [("one", "Doe"), ("two", "Doe & Poe"), ("many", "Doe et al."), ("lone", "Doe et al.")]
)
def test_names_in_the_text(key, names):
    style = Reference()
    data = {"entry": parse_string(BIB, "bibtex").entries[key], "style": style}
    assert style.person.names("author", full=False).format_data(data).render_as("text") == names
    assert style.person.author_or_editor_or_title(full=False).format_data(data).render_as("text") == names


def test_every_work_of_the_bibliography_can_be_listed_and_has_year_and_title():
    from pybtex.database import parse_file

    entries = parse_file(str(handbook_root() / "book" / "references.bib"), bib_format="bibtex").entries
    assert len(entries) > 40
    for key, entry in entries.items():
        assert entry.fields.get("title"), key
        assert entry.fields.get("year"), key
        text = next(iter(Bibliography().format_entries([entry]))).text.render_as("text")
        assert " and others" not in text, key
        doi = entry.fields.get("doi", "")
        assert not doi or doi.startswith("10."), key


def test_every_work_of_the_bibliography_is_cited_somewhere():
    root = handbook_root()
    keys = re.findall(r"^@\w+\{(\w+),", (root / "book" / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))
    said = "\n".join(
        path.read_text(encoding="utf-8")
        for folder, kind in (("notebooks", "*.md"), ("book", "*.md"), ("book", "*.yml"), ("src", "*.py"))
        for path in (root / folder).rglob(kind)
    )
    words = set(re.findall(r"\w+", said))
    assert [key for key in keys if key not in words] == []


#: Words by which what is said beside a title is known as English: a name of a journal or a site has none of them.
ENGLISH = re.compile(r"\b(as|told|reported|the|of|we|only|version|table|listed|registration|press|preprint|read)\b")


def test_what_is_said_beside_a_title_is_said_in_dutch_too():
    text = (handbook_root() / "book" / "references.bib").read_text(encoding="utf-8")
    entries = parse_string(text, "bibtex").entries
    missing = [
        f"{key}: {entry.fields[name]}"
        for key, entry in entries.items()
        for name in ("howpublished", "note")
        if ENGLISH.search(entry.fields.get(name, "")) and f"{name}_nl" not in entry.fields
    ]
    assert missing == []
    assert sum("_nl" in name for entry in entries.values() for name in entry.fields) > 20


def test_a_work_without_a_date_is_said_to_be_so_in_the_language_of_the_edition():
    fields = {"year": "n.d.", "howpublished": "As told by NRC", "howpublished_nl": "Zoals gemeld door NRC"}
    say_in("en", fields)
    assert (fields["year"], fields["howpublished"]) == ("n.d.", "As told by NRC")
    say_in("nl", fields)
    assert (fields["year"], fields["howpublished"]) == ("z.d.", "Zoals gemeld door NRC")
