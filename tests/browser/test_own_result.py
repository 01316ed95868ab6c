"""One's own result: files are read as the handbook reads them, compared as the chapter does, and sent nowhere."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser

from handbook_utils import datasets
from handbook_utils.analysis.diversity.alpha import hill_at_size
from handbook_utils.analysis.models.placement import (
    UNNAMED,
    part_below,
    place,
    reference_ranges,
    share_intervals,
    taxon_name,
    unusual_in_reference,
    unusual_taxa,
    within_person_sd,
)
from handbook_utils.chapters import handbook_root
from handbook_utils.publishing.pages.explorables import EXPLORE, facts_of
from handbook_utils.publishing.pages.own_result import own_result_words
from handbook_utils.recipes.explorables import LEAST_READS, varieties
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import open_study

HERE = Path(__file__).parent
FORMATS = HERE.parents[0] / "data" / "formats"
FACTS = facts_of(handbook_root(), "result")
TOLERANCE = 1e-6
#: Of the files of other programs that are text, so many at least are read and not refused.
LEAST_READ = 30
LARGEST = 400_000


def told(texts: dict[str, str]) -> dict[str, dict]:
    node = compute_driver_executable()[0]
    given = json.dumps({"facts": FACTS, "texts": texts})
    command = [node, HERE / "own.js", EXPLORE.parent]
    done = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def genera(study: Study) -> list[dict[str, float]]:
    """Return what Python reads, by sample: genera by the names that the page gives them."""
    taxonomy = study.taxonomy
    rank = "" if taxonomy is None else next((one for one in taxonomy if str(one).casefold() == "genus"), "")
    frame = (study.agglomerate(rank) if rank else study).to_frame()
    names = []
    for label in map(str, frame.columns):
        name = taxon_name(label.partition(" [ref_")[0])
        first, *others = name.split()
        short = name not in FACTS["taxa"] and len(others) == 1 and others[0].islower()
        names.append(first if short else name)
    found = frame.T.groupby(names).sum().T
    return [{name: float(value) for name, value in row.items() if value} for _, row in found.iterrows()]


def test_files_of_many_programs_are_read_as_the_handbook_reads_them_or_refused() -> None:
    texts = {}
    for path in sorted(one for one in FORMATS.rglob("*") if one.is_file() and "make" not in one.parts):
        content = path.read_bytes()
        if len(content) < LARGEST and path.suffix != ".md" and path.name != "records.csv":
            code = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
            texts[str(path)] = content.decode(code, errors="replace")
    read = 0
    for name, found in told(texts).items():
        if "why" in found:
            assert found["why"] in own_result_words(handbook_root(), "en")["why"]
            continue
        study = open_study(name, "")
        ours, theirs = genera(study), [{k: v for k, v in one.items() if v} for one in found["samples"].values()]
        if any(note.startswith("Format: Kraken 2 report") for note in study.notes):
            # Reads that stop at a genus are the genus's, in the browser too; those that stop above have no name there.
            ours = genera(open_study(name, "", choices=Choices(rank="genus")))
            for one in theirs:
                assert one.pop(UNNAMED, 0) >= 0, name
        if not any(genus in FACTS["taxa"] and genus != UNNAMED for one in ours for genus in one):
            continue  # Python reads samples for bacteria here, and would find nothing in common
        read += 1
        assert theirs == [pytest.approx(one, rel=TOLERANCE) for one in ours], name
        assert found["counts"] == (study.quantity == "counts"), name
    assert read >= LEAST_READ


OWN_FILES = {
    # what people's own files have: text, and why it is refused ("" where it is read)
    "a self-test in per cent": (
        "Bacterie;Percentage\nBacteroides;40,5 %\nFaecalibacterium;39,5 %\nRoseburia;20,0 %\n",
        "",
    ),
    "rounded per cents": ("Genus\tmonster\nBacteroides\t40\nFaecalibacterium\t39\nRoseburia\t20\n", ""),
    "species": ("name,reads\nFaecalibacterium prausnitzii,300\nBacteroides vulgatus,300\n", ""),
    "a total row": ("#OTU ID\tS1\tS2\nBacteroides\t400\t200\nRoseburia\t200\t500\nTotal\t600\t700\n", ""),
    "a column of numbers": ("#OTU ID\tlength\tS1\nBacteroides\t250\t400\nRoseburia\t250\t200\n", ""),
    "commas in comments": ("# made by x, y, z\n#OTU ID\tS1\nBacteroides\t400\nRoseburia\t200\n", ""),
    "tabs at the ends": ("#OTU ID\tS1\t\nBacteroides\t400\t\nRoseburia\t200\t\n", ""),
    "long": ("OTU,Sample,Abundance,Genus\na,S1,400,Bacteroides\nb,S1,200,Roseburia\n", ""),
    "a line for each rank": (
        "tax_name,tax_rank,count,count_norm\nroot,root,700,1000000\nBacteria,superkingdom,690,985714\n"
        "Bacteroides,genus,400,571428\nBacteroides vulgatus,species,300,428571\nRoseburia,genus,200,285714\n",
        "",
    ),
    "a report of Kraken": (
        "10.00\t70\t70\tU\t0\tunclassified\n90.00\t630\t5\tR\t1\troot\n89.00\t625\t0\tD\t2\t  Bacteria\n"
        "89.00\t625\t25\tF\t815\t    Bacteroidaceae\n85.00\t600\t150\tG\t816\t      Bacteroides\n"
        "50.00\t450\t350\tS\t820\t        Bacteroides uniformis\n14.00\t100\t100\tS1\t9\t          strain\n",
        "",
    ),
    "points between thousands": ("Genus;Aantal\nBacteroides;6.034\nRoseburia;1.200.000\nBlautia;71\n", ""),
    "shares of three decimals": ("Genus;Aandeel\nBacteroides;60.345\nRoseburia;39.000\nBlautia;0.655\n", ""),
    "unassigned": ("#taxonomy\tS1\nBacteroides\t400\nRoseburia\t200\nunassigned\t900\n", ""),
    "thousands by a low line": ("#OTU ID\tS1\nBacteroides\t1_000\nRoseburia\t200\n", "no-number"),
    "a blank": ("#OTU ID\tS1\tS2\nBacteroides\t1000\t\nRoseburia\t200\t1\n", "no-number"),
    "a name twice": ("Taxon,S1\nBacteroides,1000\nBacteroides,3\n", "twice"),
    "metadata": ("sample,age,bmi\nS1,33,22.5\nS2,41,27.1\n", "no-names"),
    "words": ("sample,group\nS1,a\nS2,b\n", "no-numbers"),
    "functions": ("# Gene Family\tS1\nUniRef90_A\t100.5\nUniRef90_B\t20.5\n", "functions"),
    "letters": ("#OTU ID\tS1\na\t1\nb\t3\n", "no-names"),
    "a spreadsheet": ("PK\x03\x04", "not-text"),
    "biom": ('{"id": null, "format": "BIOM"}', "biom"),
    "prose": ("This is a letter\nand no table\n", "no-table"),
    "nothing": ("\n\n", "empty"),
    "a cell too many": ("#OTU ID\tS1\nBacteroides\t400\t5\nRoseburia\t200\n", "ragged"),
    "below zero": ("#OTU ID\tS1\nBacteroides\t-400\nRoseburia\t200\n", "below-zero"),
}


def test_what_own_files_have_is_read_or_refused_with_the_reason() -> None:
    found = told({name: text for name, (text, _) in OWN_FILES.items()})
    assert {name: one.get("why", "") for name, one in found.items()} == {
        name: why for name, (_, why) in OWN_FILES.items()
    }
    for name in ("a total row", "commas in comments", "tabs at the ends", "a column of numbers", "long", "unassigned"):
        [first, *_] = found[name]["samples"].values()
        assert first == {"Bacteroides": 400, "Roseburia": 200}, name
    assert found["a self-test in per cent"]["counts"] is found["rounded per cents"]["counts"] is False
    assert found["a line for each rank"]["samples"] == {"count": {"Bacteroides": 400, "Roseburia": 200, "Unknown": 100}}
    # Reads that stop at a genus are its own; what stops above has no name, and what at the root or nowhere is nobody's.
    report = found["a report of Kraken"]
    assert report["left"] == ["unclassified"]
    assert {k: v for k, v in report["samples"]["1"].items() if v} == {"Bacteroides": 600, "Unknown": 25}
    [points] = found["points between thousands"]["samples"].values()
    assert points == {"Bacteroides": 6034, "Roseburia": 1_200_000, "Blautia": 71}
    assert found["shares of three decimals"]["samples"]["Aandeel"]["Bacteroides"] == pytest.approx(60.345)
    assert found["a column of numbers"]["left"] == ["length"]
    assert found["species"]["samples"] == {"reads": {"Faecalibacterium": 300, "Bacteroides": 300}}
    for lang in ("en", "nl"):
        assert {why for _, why in OWN_FILES.values()} - {""} <= set(own_result_words(handbook_root(), lang)["why"])


def strangers(count: int) -> pd.DataFrame:
    """Draw samples that lie between those of the group: reads of two of them, thinned, and at times a name unknown."""
    generator = np.random.default_rng(20)
    twins = datasets.load("twins")
    frame = twins.to_frame()[(twins.depth >= LEAST_READS).to_numpy()]
    rows = {}
    for number in range(count):
        two = frame.iloc[generator.choice(len(frame), 2, replace=False)].sum().to_numpy(dtype=np.int64)
        rows[f"own{number}"] = generator.binomial(two, generator.uniform(0.55, 1))
    made = pd.DataFrame(rows, index=frame.columns).T
    made["Newgenus"] = generator.integers(0, 200, count)
    return made


def test_numbers_are_those_of_the_chapter() -> None:
    frame = strangers(50)
    text = "genus\t" + "\t".join(frame.index) + "\n"
    text += "".join(f"{genus}\t" + "\t".join(map(str, frame[genus])) + "\n" for genus in frame)
    found = told({"own": text})["own"]["compared"]
    reference = datasets.load("twins")
    unusual_counts = None
    for name in frame.index:
        mine = Study.from_frame(frame.loc[[name]].astype(float), quantity="counts", name="own")
        placed = place(mine, reference, name, person="person", least_reads=LEAST_READS)
        shares, ranges = share_intervals(placed.counts), reference_ranges(placed.reference)
        known = placed.repeated.without_empty_features().features
        if unusual_counts is None:
            unusual_counts = unusual_in_reference(placed.reference)
            everyone = varieties(placed.repeated)
            others = np.log(everyone[placed.reference.samples.intersection(everyone.index)])
            sd, _ = within_person_sd(np.log(everyone), placed.person)
        told_here = found[name]
        assert told_here["shared"] == pytest.approx(placed.shared, rel=TOLERANCE)
        for one in told_here["largest"]:
            assert [one[part] for part in ("share", "low", "high")] == pytest.approx(shares.loc[one["name"]].tolist())
            if one["name"] in known:
                assert one["usual"] == pytest.approx(ranges.loc[one["name"], ["low", "high"]].tolist(), rel=TOLERANCE)
        unusual = unusual_taxa(placed.counts, ranges.loc[known])
        assert [(one["name"], one["more"]) for one in told_here["unusual"]] == list(unusual["more"].items())
        assert told_here["asMany"] == pytest.approx((unusual_counts >= len(unusual)).mean())
        assert told_here["any"] == pytest.approx((unusual_counts > 0).mean())
        named = placed.counts.drop(UNNAMED)
        part = named.sum() / placed.counts.sum()
        score = hill_at_size(named[named > 0].to_numpy(dtype=np.int64), 1, max(1.0, part * LEAST_READS))
        assert told_here["variety"] == pytest.approx(score, rel=TOLERANCE)
        standing = part_below(np.log(score), others, sd, seed=1)
        assert [told_here[one] for one in ("below", "low", "high")] == pytest.approx(
            [standing.size, standing.low, standing.high], abs=TOLERANCE
        )


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_reader_opens_a_file_prints_and_deletes_and_nothing_is_sent(
    site: Path, browser: Browser, lang: str, tmp_path: Path
) -> None:
    frame = strangers(2)
    file = tmp_path / "mine.tsv"
    frame.T.rename_axis("genus").to_csv(file, sep="\t")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto((site / lang / "book" / "your-own-result.html").as_uri())
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.locator(".own-result input").set_input_files(file)
    page.locator(".own-result h2").first.wait_for()
    assert page.locator(".own-result h2").count() == 4
    first = page.locator(".own-result .shown").inner_text()
    page.locator(".own-result select").select_option(index=1)
    assert page.locator(".own-result .shown").inner_text() != first
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [one for one in heard if "logo" not in one] == []  # axe, below, reads the page's own styles again
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert Axe().run(page).response["violations"] == []
    page.emulate_media(media="print", color_scheme="light")
    assert page.locator(".own-result table").first.is_visible()
    assert not page.locator(".own-result input").is_visible()
    page.emulate_media(media="screen")
    page.locator(".own-result button").last.click()
    assert page.locator(".own-result .shown").inner_text() == ""
    assert own_result_words(handbook_root(), lang)["words"]["gone"] in page.locator(".own-result").inner_text()
    assert page.locator(".own-result input").evaluate("input => input.files.length") == 0
    page.locator(".own-result input").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": b"a,b\nx,y\n"}
    )
    page.wait_for_function("document.querySelector('.own-result [aria-live]').textContent.length > 60")
    assert own_result_words(handbook_root(), lang)["why"]["no-numbers"] in page.locator(".own-result").inner_text()
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert [one for one in heard if not one.startswith("file:")] == []
    context.close()
