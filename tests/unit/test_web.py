"""What stands around the pages for the web: addresses, what robots read, the way back, how to cite."""

import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from matplotlib import image

from handbook_utils.errors import InputError
from handbook_utils.publishing.chromium import HEIGHT, WIDTH, remembered_files
from handbook_utils.publishing.pages.illustrations import DRAWINGS
from handbook_utils.publishing.web.address import site_address
from handbook_utils.publishing.web.pictures import CARDS, add_pictures
from handbook_utils.publishing.web.root import write_root
from handbook_utils.publishing.web.surroundings import alternates, crumbs_to, surround

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://example.org/handbook"
TITLES = {"en": "Handbook", "nl": "Handboek"}
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def config(folder: Path, address: str) -> Path:
    (folder / "_config.yml").write_text(f"html:\n  baseurl: {address!r}\n", encoding="utf-8")
    return folder


def test_the_configuration_says_where_the_site_is_and_who_builds_says_it_first(tmp_path: Path) -> None:
    assert site_address(config(tmp_path, f"{ADDRESS}/")) == ADDRESS
    assert site_address(tmp_path, "http://localhost:8000") == "http://localhost:8000"
    assert site_address(config(tmp_path, "")) == ""


def test_no_address_of_somebody_else_is_built_in() -> None:
    assert site_address(ROOT) == ""


@pytest.mark.parametrize("wrong", ["example.org", "ftp://example.org", "https://", "https://example.org?x=1"])
def test_what_is_no_address_is_refused_with_where_it_stands(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError, match="no address of a site") as refused:
        site_address(config(tmp_path, wrong))
    assert "_config.yml" in str(refused.value.where)
    with pytest.raises(InputError) as refused:
        site_address(tmp_path, wrong)
    assert refused.value.where == "--address"


def published(site: Path, address: str) -> Path:
    for lang in TITLES:
        for name in ("book/index", "book/only" if lang == "en" else "book/index"):
            path = site / lang / f"{name}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'<link rel="canonical" href="{address}/{lang}/{name}.html">', encoding="utf-8")
        # A page that is the same in every edition is named once, and a page without an address of its own never.
        same = f'<link rel="canonical" href="{address}/en/recipe.html">'
        (site / lang / "recipe.html").write_text(same, encoding="utf-8")
        (site / lang / "search.html").write_text("<title>Search</title>", encoding="utf-8")
    write_root(site, list(TITLES), TITLES, "book/index", address)
    return site


def test_the_sitemap_lists_each_page_once_with_its_languages(tmp_path: Path) -> None:
    site = published(tmp_path, ADDRESS)
    tree = ElementTree.parse(site / "sitemap.xml").getroot()  # noqa: S314 - our own
    pages = {entry.findtext(f"{SITEMAP}loc"): entry for entry in tree}
    assert set(pages) == {
        f"{ADDRESS}/{name}.html" for name in ("en/book/index", "nl/book/index", "en/book/only", "en/recipe")
    }
    links = {link.get("hreflang"): link.get("href") for link in pages[f"{ADDRESS}/nl/book/index.html"] if link.attrib}
    assert links == {
        "en": f"{ADDRESS}/en/book/index.html",
        "nl": f"{ADDRESS}/nl/book/index.html",
        "x-default": f"{ADDRESS}/en/book/index.html",
    }
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (site / "robots.txt").read_text()


def test_without_an_address_there_is_no_sitemap_and_robots_may_read_all(tmp_path: Path) -> None:
    site = published(tmp_path, "")
    assert not (site / "sitemap.xml").exists()
    assert (site / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"
    assert "canonical" not in (site / "index.html").read_text()


def test_an_address_that_is_none_is_answered_in_every_language(tmp_path: Path) -> None:
    said = (published(tmp_path, ADDRESS) / "404.html").read_text(encoding="utf-8")
    assert re.findall(r'<section lang="(\w+)">', said) == ["en", "nl"]
    assert 'href="nl/book/index.html"' in said
    assert 'base.href = "/handbook/"' in said
    assert "noindex" in said


def context_of(pagename: str, lang: str, address: str, **more: object) -> dict[str, object]:
    told = {
        "lang": lang,
        "languages": ["en", "nl"],
        "address": address,
        "pages": {"book/a": {"languages": ["en", "nl"]}, "notebooks/recipes/r": {"languages": ["en"]}},
    }
    config = {"handbook_manifest": told}
    app = SimpleNamespace(
        srcdir=ROOT,
        config=type("Config", (dict,), {"author": "A. Author", "html_theme_options": {"repository_url": "https://r"}})(
            config
        ),
        env=SimpleNamespace(
            titles={"book/about": SimpleNamespace(astext=lambda: "About")},
            domaindata={"handbook": {"drawings": {"notebooks/explainers/e": "gut"}}},
        ),
    )
    context = {"title": "<em>A</em> page", "body": "", "last_updated": "2026-11-29", "site_title": "Handbook"}
    context |= {"css_files": [], "script_files": [], **more}
    surround(app, pagename, "page.html", context, None)  # type: ignore[arg-type]
    return context


def test_a_page_names_its_address_its_picture_and_how_to_cite_it() -> None:
    context = context_of("book/a", "nl", ADDRESS)
    assert context["canonical"] == f"{ADDRESS}/nl/book/a.html"
    assert context["card"] == f"{ADDRESS}/nl/_static/card.png"
    assert str(context["citation"]).startswith("A. Author (2026). A page. In: Handbook, versie ")
    assert str(context["citation"]).endswith(f"{ADDRESS}/nl/book/a.html")
    assert context["foot"] == {"book/about": "About"}
    assert "page=nl%2Fbook%2Fa" in str(context["feedback"])


def test_a_page_with_a_drawing_is_previewed_by_it_where_there_is_a_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDBOOK_CHROMIUM", "a-chromium")
    shown = context_of("notebooks/explainers/e", "nl", ADDRESS)
    assert shown["card"] == f"{ADDRESS}/nl/_static/cards/gut.png"
    assert "dikke darm" in str(shown["card_alt"])
    assert context_of("book/a", "nl", ADDRESS)["card"] == f"{ADDRESS}/nl/_static/card.png"
    monkeypatch.setenv("HANDBOOK_CHROMIUM", "")
    assert context_of("notebooks/explainers/e", "nl", ADDRESS)["card"] == f"{ADDRESS}/nl/_static/card.png"


def test_every_drawing_becomes_a_picture_of_the_size_of_a_preview(tmp_path: Path) -> None:
    remembered_files(add_pictures(ROOT, tmp_path / "nl", "nl", "Handboek"), tmp_path / "cache")
    names = {path.stem for path in (ROOT / DRAWINGS).glob("*.svg")}
    made = {path.stem: image.imread(path) for path in (tmp_path / "nl" / "_static" / CARDS).glob("*.png")}
    assert set(made) == names
    for pixels in made.values():
        assert pixels.shape[:2] == (HEIGHT, WIDTH)
        assert pixels[: HEIGHT - 100, :, :3].min() < 0.5  # something is drawn


def test_a_page_that_is_not_translated_is_found_in_its_own_language() -> None:
    assert context_of("notebooks/recipes/r", "nl", ADDRESS)["canonical"] == f"{ADDRESS}/en/notebooks/recipes/r.html"


def test_without_an_address_nothing_pretends_to_have_one() -> None:
    context = context_of("book/a", "en", "")
    assert context["canonical"] == ""
    assert context["card"] == "../_static/card.png"
    assert str(context["citation"]).endswith("https://r")
    assert alternates({"lang": "en", "languages": ["en"], "address": ""}, "book/a") == []


def test_a_page_takes_only_the_files_it_needs() -> None:
    files = ["_static/clipboard.min.js", "_static/handbook.js", "_static/doctools.js", "_static/sphinx-design.min.css"]
    plain = context_of("book/a", "en", "", script_files=files, css_files=files)
    assert plain["script_files"] == ["_static/handbook.js"]
    coded = context_of("book/a", "en", "", script_files=files, body='<div class="highlight">')
    assert coded["script_files"] == ["_static/clipboard.min.js", "_static/handbook.js"]


def test_the_way_back_leads_through_the_contents() -> None:
    page = {"name": "c", "title": "C", "below": [], "english": True}
    below = {"name": "b", "title": "B", "below": [page], "english": True}
    top = {"name": "a", "title": "A", "below": [below], "english": False}
    assert [crumb.name for crumb in crumbs_to([{"pages": []}, {"pages": [top]}], "c")] == ["a", "b"]
    assert crumbs_to([{"pages": [top]}], "elsewhere") == []


def test_every_form_that_a_page_opens_is_there() -> None:
    address = str(context_of("book/a", "en", "")["feedback"])
    form = re.search(r"template=([\w.]+)", address)
    assert form
    text = (ROOT / ".github/ISSUE_TEMPLATE" / form[1]).read_text(encoding="utf-8")
    assert "id: page" in text
