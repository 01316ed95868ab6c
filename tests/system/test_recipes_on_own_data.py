"""Every recipe, by the command a reader types, on a study with names of its own in place of the bundled one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.asking.kept import kept_in
from handbook_utils.chapters import Catalogue
from handbook_utils.cli import main
from handbook_utils.execution import attempt

ROOT = Path(__file__).parents[2]
NAMES = {"person": "deelnemer", "visit": "moment", "group": "gewicht"}
GROUPS = {"lean": "slank", "obese": "obesitas"}

RECIPES = [
    chapter
    for chapter in Catalogue.read(ROOT).chapters
    if chapter.part == "recipes" and {"table", "metadata"} <= {question.name for question in chapter.parameters}
]

#: What this reader answers where a recipe asks it; what takes long is cut down.
ANSWERS = {
    "person": "deelnemer",
    "group": "gewicht",
    "reference": "slank",
    "other": "obesitas",
    "time": "moment",
    "moment": "moment",
    "before": "1",
    "after": "2",
    "kind": "soort",
    "blank": "leeg",
    "rank": "",
    "least_depth": "500",
    "permutations": "99",
    "resamples": "10",
    "simulations": "3",
    "starts": "2",
    "trials": "20",
}


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> Path:
    """Twenty-four of the twins at two moments, as a reader would have them: feature table and metadata in TSV."""
    folder = tmp_path_factory.mktemp("own")
    twins = datasets.load("twins")
    told = twins.metadata[twins.metadata["group"].isin(list(GROUPS))]
    twice = told.groupby("person").filter(lambda rows: set(rows["visit"].astype(str)) >= {"1", "2"})
    people = [name for group in GROUPS for name in twice.loc[twice["group"] == group, "person"].unique()[:12]]
    rows = twice[twice["person"].isin(people)].rename(columns=NAMES)
    rows["gewicht"] = rows["gewicht"].astype(str).map(GROUPS)
    counts = twins.to_frame().loc[rows.index].astype(int)
    counts = counts.loc[:, counts.sum() > 0]

    drawn = np.random.default_rng(1).multinomial(2000, np.resize([0.9, 0.02], 5) / np.resize([0.9, 0.02], 5).sum(), 4)
    blanks = pd.DataFrame(0, index=[f"leeg{number}" for number in range(1, 5)], columns=counts.columns)
    blanks.iloc[:, :5] = drawn
    kinds = pd.concat([rows.assign(soort="monster"), pd.DataFrame({"soort": "leeg"}, index=blanks.index)])

    first = rows[rows["moment"].astype(str) == "1"]

    # A table whose features are called by their bases, as DADA2 writes it: genes drawn here, and their names.
    letters = np.random.default_rng(2).choice(list("ACGT"), (30, 150))
    genes = ["".join(row) for row in letters]
    sequenced = counts.loc[first.index].iloc[:, :30].set_axis(genes, axis=1)
    lines = [
        f">Bacteria;Stam{n % 3};Klasse{n % 5};Orde{n % 5};Familie{n % 10};\n{gene}\n" for n, gene in enumerate(genes)
    ]
    (folder / "genes.fasta").write_text("".join(lines), encoding="utf-8")

    for name, table, metadata in (
        ("sequenced", sequenced[sequenced.sum(axis=1) > 0], first[sequenced.sum(axis=1) > 0]),
        ("all", counts, rows),
        ("first", counts.loc[first.index], first),
        ("blanks", pd.concat([counts, blanks]), kinds),
    ):
        table.T.rename_axis("#OTU ID").to_csv(folder / f"{name}.tsv", sep="\t")
        metadata.rename_axis("sample-id").to_csv(folder / f"{name}-metadata.tsv", sep="\t")
    return folder


@pytest.fixture
def kept(monkeypatch) -> list[int]:
    """Count what was kept for the kernel; where it runs, the table is away, so that it can read none."""
    counted: list[int] = []
    whole = attempt.attempt

    def without_the_table(request, *others):
        counted.append(len(list(kept_in().glob("*.npz"))))
        table = Path(str(request.parameters["table"]))
        away = table.rename(table.with_suffix(".away"))
        try:
            return whole(request, *others)
        finally:
            away.rename(table)

    monkeypatch.setattr(attempt, "attempt", without_the_table)
    return counted


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda chapter: chapter.slug)
def test_a_recipe_runs_on_a_study_with_names_of_its_own(studies, tmp_path, monkeypatch, capsys, recipe, leaks, kept):
    monkeypatch.chdir(tmp_path)
    asked = [question.name for question in recipe.parameters]
    answers = {name: value for name, value in ANSWERS.items() if name in asked}
    if "mock" in asked:
        # The wells that are blank elsewhere stand for mocks here.
        answers |= {"mock": "D6300", "positive": answers.pop("blank")}
    sequenced = "sequenced" if "sequences" in asked else ""
    name = sequenced or ("blanks" if "blank" in asked else "all" if "person" in asked else "first")
    given = {"table": studies / f"{name}.tsv", "metadata": studies / f"{name}-metadata.tsv", **answers}
    given |= {"genes": studies / "genes.fasta"} if "genes" in asked else {}
    arguments = [part for key, value in given.items() for part in ("-p", key, str(value))]
    with pytest.raises(SystemExit) as ended:
        main(["run", recipe.slug, *arguments, "-o", "run"])
    assert ended.value.code in (0, None), capsys.readouterr()
    assert kept == [1], "the table is read once in a run"
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert f"{name}.tsv" in report
    assert all(value in report for value in answers.values())
    assert (tmp_path / "run" / "values.csv").stat().st_size > 0
    if "out.answer(" in recipe.path.read_text(encoding="utf-8"):
        assert leaks(tmp_path / "run") == []
        assert 'class="answer' in report
