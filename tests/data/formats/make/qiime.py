"""Run by the Python that has QIIME 2: the same data as artifacts and as metadata with #q2:types."""

import sys
from pathlib import Path

import biom
import pandas as pd
import qiime2
import skbio

out, work = Path(sys.argv[1]), Path(sys.argv[2])
frame = pd.read_csv(work / "plain.tsv", sep="\t", dtype={"#OTU ID": str}).set_index("#OTU ID")
made = qiime2.Artifact.import_data(
    "FeatureTable[Frequency]", biom.Table(frame.to_numpy(), list(frame.index), list(frame.columns))
)
made.save(str(out / "throat-table.qza"))
taxonomy = pd.read_csv(work / "taxonomy.tsv", sep="\t", dtype=str).set_index("Feature ID")
qiime2.Artifact.import_data("FeatureData[Taxonomy]", taxonomy).save(str(out / "throat-taxonomy.qza"))
tree = skbio.TreeNode.read(str(out / "throat.nwk"), convert_underscores=False)
qiime2.Artifact.import_data("Phylogeny[Rooted]", tree).save(str(out / "throat-rooted-tree.qza"))
meta = pd.read_csv(work / "metadata.tsv", sep="\t", dtype={"sample": str}).set_index("sample")
meta.index.name = "sample-id"
qiime2.Metadata(meta).save(str(out / "throat-metadata-qiime2.tsv"))
# The one kind of sample metadata that is an artifact in every release: alpha diversity.
depth = pd.Series(frame.sum(), name="depth").astype(float)
qiime2.Artifact.import_data("SampleData[AlphaDiversity]", depth).save(str(out / "throat-depth.qza"))
