#!/bin/sh
# Makes the files of this folder again: tests/data/formats/make/make.sh PYTHON-OF-THE-PROJECT PYTHON-WITH-QIIME2
# Needs mothur, kraken2, MetaPhlAn 4, R with phyloseq and biomformat.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$here/base.py" "$out" "$work"
(cd "$work" && Rscript "$here/phyloseq.R" "$out" "$work")
"$2" "$here/qiime.py" "$out" "$work"

# mothur: a BIOM file becomes a shared file and a consensus taxonomy.
(
  cd "$work"
  mothur "#biom.info(biom=throat.biom)" > mothur.log
  cp throat.userLabel.shared "$out/throat-mothur.shared"
  cp throat.userLabel.cons.taxonomy "$out/throat-mothur.cons.taxonomy"
)

# MetaPhlAn and HUMAnN: profiles written by their format documents, joined by the programs' own tools.
"$1" "$here/profiles.py" "$work"
merge_metaphlan_tables.py -o "$out/metaphlan-merged.txt" --overwrite "$work"/mpa/*_profile.txt
cp "$work/mpa/ERR1_profile.txt" "$out/metaphlan-single_profile.txt"
if [ -n "${HUMANN:-}" ]; then
  PYTHONPATH="$HUMANN" "$1" "$HUMANN/humann/tools/join_tables.py" -i "$work/humann" -o "$out/humann-pathabundance.tsv"
fi

# Kraken 2: a database of four invented genomes, and reads cut from them.
mkdir -p "$out/kraken2"
kraken2-build --add-to-library "$work/kraken/genomes.fa" --db "$work/kraken/db" --no-masking > "$work/kraken.log" 2>&1
kraken2-build --build --db "$work/kraken/db" --threads 1 > "$work/kraken.log" 2>&1
for sample in K1 K2 K3; do
  kraken2 --db "$work/kraken/db" --report "$out/kraken2/$sample.kreport" --output /dev/null \
    "$work/kraken/$sample.fa" > "$work/kraken.log" 2>&1
done
