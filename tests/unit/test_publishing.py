"""The book of a small handbook: what is published, what is refused, and what stays when something is not right."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import polib
import pytest

from handbook_utils.chapters import Catalogue
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.publishing import build_book, render, update_catalogues
from handbook_utils.publishing.book import fingerprint
from handbook_utils.publishing.site import loaded_from_elsewhere
from handbook_utils.publishing.stage import Stage, reading_ease
from handbook_utils.publishing.translate import merged
from handbook_utils.runs.mathml import mathml
from handbook_utils.text import durable

CHAPTER = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
handbook:
  part: PART
  question: How much is one and two?
  audience: [AUDIENCE]
  minutes: 1
  data: []
  languages: LANGUAGES
  needs: Two numbers.
---

# Add SLUG

One sentence for everybody who reads.

(SLUG-sum)=
## Parameters

```{code-cell} ipython3
:tags: [parameters]
second: int = 2  # what is added [1..9]
lang: str = "en"  # language of figures and tables {en | nl}
```

```{code-cell} ipython3
import matplotlib.pyplot as plt
import pandas as pd

from handbook_utils.results import Results

out = Results(lang)
```

The sum is {glue:text}`sum`, or $\\frac{6}{2}$ {cite:p}`anderson2017`.
One more sentence.

| Left | Right |
|---|---|
| one | two |

```{code-cell} ipython3
total = 1 + second
out.value("sum", float(total), 1)
out.table(pd.DataFrame({"n": [total]}), "sums", "All sums", index=False)
fig, ax = plt.subplots()
ax.plot([1, total])
out.figure(fig, "line", alt=out.text(en=f"A line that ends at {total}.", nl=f"Een lijn die eindigt bij {total}."))
```

```{exercise}
:label: SLUG-exercise-1
Add three.
```

```{solution-start} SLUG-exercise-1
```

```{code-cell} ipython3
from IPython.display import display

row = {"chapter": "PART/SLUG", "name": "sum", "ours": 3.0, "theirs": 3.0, "source": "Euclid", "tolerance": 0.0,
       "verdict": "agrees"}
wrong = row | {"name": "other sum", "theirs": 4.0, "verdict": "differs"}
display({"application/vnd.handbook.peers+json": [row, wrong], "text/plain": "3"}, raw=True)
```

```{solution-end}
```

:::{dropdown} Is it three?
Yes: {term}`sum`.
:::

:::{claims}
:::

:::{advice} rest
:::

```{bibliography}
:filter: docname in docnames
```
"""
CLAIMS = """
- subject: sums/three
  claim: {en: One and two are three., nl: Eén en twee is drie.}
  pages: [explainers/both, recipes/english]
  verdict: sure
  kind: [calculation]
  how: {en: a sum, nl: een som}
  certainty: not graded
  population: {en: everyone, nl: iedereen}
  sources: [anderson2017]
  searched: {what: sums, where: a school book, date: 2020-01-01}
  review: 2021-01-01
"""
ADVICE = """
rest:
  text: {en: "The council says: rest {cite:p}`anderson2017`.", nl: "De raad zegt: rust {cite:p}`anderson2017`."}
  searched: {what: sums, where: a school book, date: 2020-01-01}
  review: 2021-01-01
"""
ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(root: Path) -> None:
    """Fill every empty translation with something that is recognisably another text."""
    update_catalogues(root)
    for path in (root / "locale").rglob("*.po"):
        catalogue = polib.pofile(str(path), wrapwidth=0)
        for entry in catalogue:
            entry.msgstr = entry.msgstr or f"Dutch-{entry.msgid}"
        write(path, str(catalogue))


def sample(root: Path) -> Path:
    for name in ("_config.yml", "requirements.lock", "book/_static/logo.svg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    parts = {"explainers": ("both", "[en, nl]", "public"), "recipes": ("english", "[en]", "students")}
    sections = []
    for part, (slug, languages, audience) in parts.items():
        text = CHAPTER.replace("PART", part).replace("SLUG", slug).replace("LANGUAGES", languages)
        text = text.replace("AUDIENCE", audience)
        write(root / f"notebooks/{part}/{slug}.md", text)
        write(root / f"book/{part}.md", f"# All {part}\n\nSee [](../notebooks/{part}/{slug}.md).\n")
        sections.append(f"- file: book/{part}\n        sections:\n          - file: notebooks/{part}/{slug}\n")
    write(root / "book/index.md", "# Sums\n\nFor everyone.\n")
    for name in ("glossary", "checked"):
        shutil.copyfile(ROOT / f"book/{name}.md", root / f"book/{name}.md")
        sections.append(f"- file: book/{name}\n")
    chapters = "      ".join(sections)
    write(
        root / "_toc.yml",
        f"format: jb-book\nroot: book/index\nparts:\n  - caption: Sums\n    chapters:\n      {chapters}",
    )
    write(root / "book/claims.yml", CLAIMS)
    write(root / "book/advice.yml", ADVICE)
    columns = "en,nl,nl_public,definition_en,definition_nl,not_nl"
    write(root / "data/terms.csv", f"{columns}\nsum,som,alles bij elkaar,What adding gives.,Wat optellen geeft.,zom\n")
    write(
        root / "book/references.bib",
        "@article{anderson2017, author={Anderson, M. J.}, title={On sums}, journal={Sums}, year={2017}}\n",
    )
    translate(root)
    return root


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = sample(tmp_path_factory.mktemp("sums"))
    report = build_book(root)
    assert report.failures == ()
    assert report.index == root / "_build/html/index.html"
    assert report.pages == len(list((root / "_build/html").glob("??/**/*.html")))
    return root


def page(root: Path, name: str) -> str:
    return (root / "_build/html" / name).read_text(encoding="utf-8")


def test_the_site_is_whole_and_loads_nothing_from_elsewhere(book: Path) -> None:
    site = book / "_build/html"
    assert (site / ".nojekyll").is_file()
    assert list(loaded_from_elsewhere(site)) == []
    assert [path for path in site.rglob("*") if "jupyter_execute" in path.parts or path.name == ".buildinfo"] == []
    chooser = page(book, "index.html")
    assert 'href="en/book/index.html"' in chooser
    assert 'href="nl/book/index.html"' in chooser


def test_every_address_inside_the_site_leads_somewhere(book: Path) -> None:
    site = book / "_build/html"
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for address in re.findall(r'(?:href|src)="([^"#?]+)[^"]*"', text):
            if not re.match(r"[a-z]+:", address):
                assert (path.parent / address).resolve().exists(), f"{path.relative_to(site)}: {address}"


def test_no_absolute_path_of_this_machine_is_published(book: Path) -> None:
    for path in (book / "_build/html").rglob("*"):
        if path.suffix in {".html", ".js", ".ipynb", ".md"}:
            text = path.read_text(encoding="utf-8")
            assert str(book) not in text
            assert str(ROOT) not in text


def test_the_switch_leads_to_the_same_page_of_the_other_edition(book: Path) -> None:
    english = page(book, "en/notebooks/recipes/english.html")
    assert '<html lang="en"' in english
    assert 'href="../../../nl/notebooks/recipes/english.html"' in english
    dutch = page(book, "nl/notebooks/recipes/english.html")
    assert '<html lang="nl"' in dutch
    assert '<article lang="en">' in dutch
    assert "Dit hoofdstuk is er alleen in het Engels." in dutch


def test_the_dutch_edition_translates_prose_titles_captions_numbers_and_figures(book: Path) -> None:
    dutch = page(book, "nl/notebooks/explainers/both.html")
    assert "Dutch-Add both" in dutch
    assert 'Dutch-The sum is <span class="pasted-text">3,0</span>' in dutch
    assert "Dutch-one</p>" in dutch
    assert 'alt="Een lijn die eindigt bij 3."' in dutch
    assert '<p class="caption">Dutch-Sums</p>' in dutch
    assert "Dutch-Is it three?" in dutch
    assert "Uitwerking van Opdracht 1" in dutch
    english = page(book, "en/notebooks/explainers/both.html")
    assert 'is <span class="pasted-text">3.0</span>' in english
    assert "Dutch-" not in english


def test_claims_are_shown_in_the_words_of_the_edition_and_those_that_are_due_are_named(book: Path) -> None:
    dutch = page(book, "nl/notebooks/explainers/both.html")
    assert "<p>Eén en twee is drie.</p>" in dutch
    assert "<p>zeker</p>" in dutch
    assert "Deze hadden we al opnieuw moeten opzoeken" in dutch
    assert "One and two" not in dutch
    assert re.search(r"<p>De raad zegt: rust <span[^>]*>\(<a [^>]*href=\"#id", dutch)
    english = page(book, "en/notebooks/explainers/both.html")
    assert "<p>One and two are three.</p>" in english
    assert re.search(r'a sum <span[^>]*>\(<a [^>]*href="#id', english)
    assert "Looked up on 1 January 2020; to be looked up again by 1 January 2021." in english


def test_a_page_for_the_public_prints_how_easy_it_is_to_read(book: Path) -> None:
    found = reading_ease(book, "notebooks/explainers/both", "nl")
    assert found is not None
    dutch = page(book, "nl/notebooks/explainers/both.html")
    assert f'<p class="reading">Leesbaarheid van de tekst voor iedereen: {round(found.score)} volgens Flesch' in dutch
    assert f"gemiddeld {found.words_per_sentence:.1f}".replace(".", ",") + " woorden per zin" in dutch
    assert '<p class="reading">Reading ease of the' in page(book, "en/notebooks/explainers/both.html")
    assert 'class="reading"' not in page(book, "nl/notebooks/recipes/english.html")


def test_formulas_figures_tables_and_citations_are_written_out(book: Path) -> None:
    text = page(book, "en/notebooks/recipes/english.html")
    assert "<mfrac>" in text
    assert "data:image" not in text
    figure = re.search(r'<img class="figure"[^>]* src="([^"]+\.svg)">', text)
    assert figure
    assert (book / "_build/html/en/notebooks/recipes" / figure[1]).resolve().is_file()
    assert '<div class="scroll" role="region" tabindex="0" aria-label="All sums"><table' in text
    assert 'href="#id' in text
    assert "On sums" in text
    assert '<details class="solution"' in text


def test_the_glossary_and_the_checked_numbers_come_from_their_sources(book: Path) -> None:
    assert "Wat optellen geeft." in page(book, "nl/book/glossary.html")
    assert "What adding gives." in page(book, "en/book/glossary.html")
    assert 'href="../../book/glossary.html#term-sum"' in page(book, "nl/notebooks/recipes/english.html")
    checked = page(book, "en/book/checked.html")
    assert len(re.findall(r"<td[^>]*>Euclid</td>", checked)) == 4
    assert "4, of which 2 agree and 2 differ" in checked
    assert checked.count('scope="rowgroup"') == 2
    assert '<a href="../notebooks/recipes/english.html">' in checked
    assert re.search(r"<td[^>]*>agrees</td>", checked)


def test_the_first_use_of_a_term_shows_its_definition(book: Path) -> None:
    english = page(book, "en/notebooks/explainers/both.html")
    assert english.count('class="term"') == english.count('class="meaning"') == 1
    assert 'href="../../book/glossary.html#term-sum" aria-describedby="tip-term-sum">sum</a>' in english
    assert "What adding gives.</span>" in english
    # An English chapter of the Dutch edition has English terms, explained in English.
    assert "What adding gives.</span>" in page(book, "nl/notebooks/recipes/english.html")
    for lang in ("en", "nl"):
        assert 'class="term"' not in page(book, f"{lang}/book/glossary.html")


def test_a_chapter_says_how_it_was_made_and_can_be_taken_along(book: Path) -> None:
    text = page(book, "en/notebooks/explainers/both.html")
    assert "How this page was made" in text
    assert '<th scope="row"><code>second</code></th><td><code>2</code></td>' in text
    assert '<th scope="row"><code>numpy</code></th>' in text
    folder = book / "_build/html/en/notebooks/explainers"
    taken = nbformat.read(folder / "both.ipynb", as_version=4)
    nbformat.validate(taken)
    assert nbformat.writes(taken) == (folder / "both.ipynb").read_text(encoding="utf-8")
    assert any(cell.cell_type == "code" and cell.outputs for cell in taken.cells)
    assert (folder / "both.md").read_text() == (book / "notebooks/explainers/both.md").read_text()
    url = re.search(r"^  url: https://(\S+)$", (book / "_config.yml").read_text(), re.MULTILINE)
    assert url
    assert f"https://{url[1]}/edit/main/notebooks/explainers/both.md" in text
    repository = url[1].partition("/")[2]
    assert f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab%2Ftree%2Fnotebooks%2Fexplainers%2Fboth.md" in text
    assert f"/github/{repository}/blob/gh-pages/en/notebooks/explainers/both.ipynb" in text


def test_an_unchanged_book_is_not_made_again(book: Path) -> None:
    index = book / "_build/html/index.html"
    before = index.stat().st_ino
    report = build_book(book)
    assert report.unchanged
    assert index.stat().st_ino == before


def test_what_is_compiled_while_chapters_run_is_no_source(book: Path) -> None:
    import handbook_utils

    before = fingerprint(book, ("en",))
    compiled = Path(handbook_utils.__file__).parent / "__pycache__" / "kernels.probe.nbi"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"compiled")
    try:
        assert fingerprint(book, ("en",)) == before
    finally:
        compiled.unlink()


def copied(book: Path, target: Path) -> Path:
    return Path(shutil.copytree(book, target / "copy"))


def test_an_edit_to_prose_renders_and_does_not_execute(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    path = root / "notebooks/recipes/english.md"
    write(path, path.read_text(encoding="utf-8").replace("One more sentence.", "Another sentence."))
    report = build_book(root, ("en",))
    assert not report.unchanged
    assert all(outcome.cached for outcome in report.outcomes)
    assert "Another sentence." in page(root, "en/notebooks/recipes/english.html")
    assert not (root / "_build/html/nl").exists()


def test_a_chapter_that_fails_leaves_a_notice_and_the_others(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    path = root / "notebooks/recipes/english.md"
    write(path, path.read_text(encoding="utf-8").replace("total = 1 + second", "total = 1 + missing_name"))
    report = build_book(root)
    assert len(report.failures) == 1
    failure = report.failures[0]
    assert (failure.chapter, failure.cell, failure.error) == ("recipes/english", 3, "NameError")
    assert failure.parameters["second"] == 2
    for lang, said in (("en", "not available in this build"), ("nl", "niet beschikbaar in deze uitgave")):
        notice = page(root, f"{lang}/notebooks/recipes/english.html")
        assert said in notice
        assert "missing_name" in notice
        assert "<mfrac>" in page(root, f"{lang}/notebooks/explainers/both.html")
    assert not build_book(root).unchanged


def test_sphinx_stops_where_who_stages_the_chapters_is_gone(book: Path, tmp_path: Path) -> None:
    catalogue = Catalogue.read(book)
    editions = render.start({"en": (tmp_path / "stage", tmp_path / "pages")})
    Stage(tmp_path / "stage", catalogue, catalogue.chapters, "en", ("en",))
    render.tell(editions["en"], render.BEGIN)
    with pytest.raises(RuntimeError, match="ended with 1"):
        render.finish(editions["en"])  # no more will be told, and no chapter was
    render.end(editions)
    assert not list((tmp_path / "pages").rglob("*.html"))


def test_what_a_killed_build_left_is_cleared_and_what_a_living_one_makes_is_not(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    left = root / "_build/.book-left"
    write(left / "html/index.html", "half-made")
    write(left / ".lock", "")
    write(root / "book/index.md", "# Sums\n\nFor everyone, again.\n")
    with durable.working_folder(root / "_build", ".book-") as living:
        write(living / "html/index.html", "half-made")
        build_book(root, ("en",))
        assert (living / "html/index.html").is_file()
    assert not left.exists()
    assert "half-made" not in page(root, "index.html")


def test_a_missing_translation_is_named_and_the_old_book_stays(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    path = root / "notebooks/explainers/both.md"
    write(path, path.read_text(encoding="utf-8").replace("One more sentence.", "A new sentence."))
    before = page(root, "nl/notebooks/explainers/both.html")
    with pytest.raises(InputErrors) as caught:
        build_book(root)
    line = path.read_text(encoding="utf-8").splitlines().index("A new sentence.")
    said = str(caught.value)
    assert "no Dutch for: The sum is {glue:text}`sum`" in said
    assert f"notebooks/explainers/both.md, line {line} (nl)" in said
    assert "no longer on the page" in said
    assert page(root, "nl/notebooks/explainers/both.html") == before
    assert {entry.name for entry in (root / "_build").iterdir()} == {"book.json", "cache", "html", ".placing.lock"}


def test_a_fuzzy_translation_and_lost_numbers_are_named(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    path = root / "locale/nl/LC_MESSAGES/notebooks/explainers/both.po"
    catalogue = polib.pofile(str(path), wrapwidth=0)
    next(entry for entry in catalogue if entry.msgid == "Add three.").flags.append("fuzzy")
    next(entry for entry in catalogue if "glue:text" in entry.msgid).msgstr = "De som is drie."
    write(path, str(catalogue))
    with pytest.raises(InputErrors) as caught:
        build_book(root)
    assert "may be out of date (marked fuzzy) of: Add three." in str(caught.value)
    assert "not the same computed numbers" in str(caught.value)


def test_a_reference_that_leads_nowhere_is_named(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    path = root / "notebooks/recipes/english.md"
    write(path, path.read_text(encoding="utf-8").replace("One more sentence.", "See {ref}`nowhere`."))
    with pytest.raises(InputErrors) as caught:
        build_book(root, ("en",))
    assert "nowhere" in str(caught.value)
    line = next(n for n, text in enumerate(path.read_text().splitlines(), start=1) if text.startswith("The sum"))
    assert f"notebooks/recipes/english.md, line {line}\n" in f"{caught.value}\n"


def test_a_formula_that_cannot_be_written_is_named(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    write(root / "book/index.md", "# Sums\n\nFor $\\unheard{x}$.\n")
    with pytest.raises(InputErrors, match=r"unheard cannot be written as MathML") as caught:
        build_book(root, ("en",))
    assert "book/index.md, line 3" in str(caught.value)


def test_a_table_of_contents_without_its_file_stops_everything(tmp_path: Path) -> None:
    write(tmp_path / "_toc.yml", "format: jb-book\nroot: book/index\nchapters:\n  - file: book/gone\n")
    write(tmp_path / "book/index.md", "# Sums\n")
    with pytest.raises(InputErrors, match=r"a page that is not there: book/gone"):
        build_book(tmp_path)
    assert not (tmp_path / "_build").exists()


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no edition in the language 'de'"):
        build_book(tmp_path, ("de",))


def test_catalogues_are_stable_and_keep_what_was_translated(book: Path, tmp_path: Path) -> None:
    root = copied(book, tmp_path)
    assert update_catalogues(root).written == ()
    path = root / "book/index.md"
    write(path, "# Sums\n\nFor everybody.\n")
    report = update_catalogues(root)
    assert report.written == (root / "locale/nl/LC_MESSAGES/book/index.po",)
    assert report.missing == {"book/index": 1}
    entry = next(entry for entry in polib.pofile(str(report.written[0])) if entry.msgid == "For everybody.")
    assert entry.fuzzy
    assert entry.msgstr == "Dutch-For everyone."
    assert str(root) not in report.written[0].read_text(encoding="utf-8")


def test_a_text_that_is_gone_is_kept_as_obsolete_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "page.po"
    first = merged({"One text.": 1, "Something else.": 2}, path, "page")
    for entry in first:
        entry.msgstr = f"Dutch-{entry.msgid}"
    write(path, str(first))
    write(path, str(merged({"One text.": 1}, path, "page")))
    assert [entry.msgid for entry in polib.pofile(str(path)) if entry.obsolete] == ["Something else."]
    back = merged({"One text.": 1, "Something else.": 2}, path, "page")
    assert {entry.msgid: entry.msgstr for entry in back if not entry.obsolete} == {
        "One text.": "Dutch-One text.",
        "Something else.": "Dutch-Something else.",
    }


@pytest.mark.parametrize(
    ("latex", "holds"),
    [
        (r"\sum_{i=1}^{n} p_i^q", "<munderover>"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\operatorname{clr}(x)", "<mo>clr</mo>"),
    ],
)
def test_formulas_the_chapters_use(latex: str, holds: str) -> None:
    assert holds in mathml(latex, display=True)


def test_what_a_page_would_load_is_found(tmp_path: Path) -> None:
    write(tmp_path / "a.html", '<script src="https://x.org/a.js"></script><a href="https://x.org">a link</a>')
    write(tmp_path / "b.css", "@import url(//x.org/font.css); a { background: url(https://x.org/b.png) }")
    found = [address for _, address in loaded_from_elsewhere(tmp_path)]
    assert found == ["https://x.org/a.js", "//x.org/font.css", "https://x.org/b.png"]


def test_the_record_of_a_build_says_nothing_of_the_machine(book: Path) -> None:
    told = json.loads((book / "_build/book.json").read_text(encoding="utf-8"))
    assert sorted(told) == ["fingerprint", "index", "pages"]
