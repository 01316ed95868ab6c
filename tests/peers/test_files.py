"""The files that a run hands over, read back by scikit-bio, by pandas, and by R (files.R, files.json)."""

import hashlib
import io
import json
import sys
from pathlib import Path

import biom
import numpy as np
import pandas as pd
import pytest
from skbio import DistanceMatrix, OrdinationResults, TreeNode

from handbook_utils.analysis.distance.files import analysed_files
from handbook_utils.analysis.distance.ordination import Ordination
from handbook_utils.study import Study
from handbook_utils.study.readers import read_study

SAMPLES, FEATURES = ["S1", "S2", "S 3", "0x4"], ["f1", "f2", "f3"]
COUNTS = [[5, 0, 2], [1, 7, 0], [0, 3, 3], [10, 1, 1]]
SQUARE = [[0, 0.5, 0.25, 0.125], [0.5, 0, 0.75, 0.5], [0.25, 0.75, 0, 1], [0.125, 0.5, 1, 0]]
PLACES = pd.DataFrame({"PC1": [0.5, -0.25, 0, -0.25], "PC2": [0.125, 0, -0.25, 0.125]}, index=SAMPLES)


def files() -> dict[str, bytes]:
    """Files of a study with fixed numbers, so that they are the same on every machine."""
    ranks = {"kingdom": ["Bacteria"] * 3, "genus": ["Bacteroides", "", "Blautia"]}
    study = Study.from_frame(
        pd.DataFrame(COUNTS, SAMPLES, FEATURES),
        pd.DataFrame({"group": ["a", "b", "a", "b"], "age": [30, 41.5, 28, 60]}, index=SAMPLES),
        taxonomy=pd.DataFrame(ranks, index=FEATURES),
        tree=TreeNode.read(io.StringIO("((f1:0.5,f2:0.25):0.5,f3:1.0);")),
    )
    found = Ordination(PLACES, pd.Series({"PC1": 0.75, "PC2": 0.25}), 0.0, pd.DataFrame(index=SAMPLES))
    made = analysed_files(study, DistanceMatrix(SQUARE, SAMPLES), found)
    return {name: b"".join(pieces) for name, pieces in made.items()}


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, content in files().items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_they_are_the_bytes_that_scikit_bio_and_pandas_write():
    square = np.array([[0, 1e-7, 1 / 3], [1e-7, 0, 0.1], [1 / 3, 0.1, 0]])
    distance = DistanceMatrix(square, ['a"b', "S 2", "c"])
    places = pd.DataFrame({"PC1": [1e-17, 1 / 3, -2.0], "PC2": [0.1, -0.1, 0.0]}, index=distance.ids)
    found = Ordination(places, pd.Series({"PC1": 0.75, "PC2": 0.25}), 0.0, pd.DataFrame(index=places.index))
    theirs = OrdinationResults(
        "PCoA", "a map", (places**2).sum(), samples=places, proportion_explained=found.proportions
    )
    made = analysed_files(
        Study.from_frame(pd.DataFrame(np.eye(3, dtype=int), distance.ids, ["x", "y", "z"])), distance, found
    )
    for name, written, kind in (("distances.tsv", distance, "lsmat"), ("ordination.txt", theirs, "ordination")):
        peer = io.StringIO()
        written.write(peer, format=kind)
        assert b"".join(made[name]).decode() == peer.getvalue()
    assert b"".join(made["scores.tsv"]).decode() == places.rename_axis("sample-id").to_csv(sep="\t")


def test_scikit_bio_and_biom_read_them(folder):
    distance = DistanceMatrix.read(str(folder / "distances.tsv"))
    assert list(distance.ids) == SAMPLES
    np.testing.assert_array_equal(distance.data, SQUARE)
    found = OrdinationResults.read(str(folder / "ordination.txt"))
    assert list(found.samples.index) == SAMPLES
    np.testing.assert_array_equal(found.samples, PLACES)
    np.testing.assert_allclose(found.proportion_explained, [0.75, 0.25])
    np.testing.assert_allclose(found.eigvals, (PLACES**2).sum())
    table = biom.load_table(str(folder / "table.biom"))
    assert list(table.ids()) == SAMPLES
    np.testing.assert_array_equal(table.matrix_data.toarray().T, COUNTS)
    assert {tip.name for tip in TreeNode.read(str(folder / "tree.nwk")).tips()} == set(FEATURES)


def test_they_have_the_forms_that_qiime_2_imports(folder):
    """Its own formats: lsmat, ordination, BIOM 2.1, ``Feature ID`` and ``Taxon``, metadata with ``#q2:types``."""
    assert (folder / "distances.tsv").read_text().startswith("\tS1\t")
    assert (folder / "ordination.txt").read_text().startswith("Eigvals\t2\n")
    assert (folder / "table.biom").read_bytes()[:8] == b"\x89HDF\r\n\x1a\n"
    taxonomy = (folder / "taxonomy.tsv").read_text().splitlines()
    assert taxonomy[0] == "Feature ID\tTaxon"
    assert taxonomy[1] == "f1\tk__Bacteria; p__; c__; o__; f__; g__Bacteroides"
    metadata = (folder / "metadata.tsv").read_text().splitlines()
    assert metadata[:2] == ["sample-id\tgroup\tage", "#q2:types\tcategorical\tnumeric"]
    assert (folder / "scores.tsv").read_text().splitlines()[0] == "sample-id\tPC1\tPC2"


@pytest.mark.parametrize("table", ["table.biom", "table.tsv"])
def test_the_handbook_reads_them(folder, table):
    given = {"taxonomy": folder / "taxonomy.tsv", "tree": folder / "tree.nwk"}
    study = read_study(folder / table, folder / "metadata.tsv", **given).study
    assert list(study.samples) == SAMPLES
    np.testing.assert_array_equal(study.to_frame()[FEATURES], COUNTS)
    assert study.taxonomy["genus"].to_dict() == {"f1": "Bacteroides", "f2": "", "f3": "Blautia"}
    assert study.metadata["age"].to_list() == [30, 41.5, 28, 60]


def test_r_reads_the_same_numbers_in_the_same_bytes():
    theirs = json.loads((Path(__file__).parent / "files.json").read_text(encoding="utf-8"))
    ours = files()
    for name, said in theirs["md5"].items():
        assert hashlib.md5(ours[name], usedforsecurity=False).hexdigest() == said, name
    assert theirs["samples"] == SAMPLES
    assert theirs["distances"] == SQUARE
    assert theirs["scores"] == PLACES.to_numpy().tolist()
    assert theirs["axes"] == ["PC1", "PC2"]
    assert theirs["features"] == FEATURES
    assert theirs["counts"] == np.transpose(COUNTS).tolist()
    assert theirs["lineage"][2] == "k__Bacteria; p__; c__; o__; f__; g__Blautia"
    assert theirs["group"] == ["a", "b", "a", "b"]
    assert (theirs["tips"], theirs["length"], theirs["rooted"]) == (FEATURES, 2.25, True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for file, text in files().items():
        (target / file).write_bytes(text)
