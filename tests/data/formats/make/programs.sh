#!/bin/sh
# Makes the files of ../programs again: make/programs.sh PYTHON-OF-THE-PROJECT
# Needs kraken2, centrifuge, sortmerna, mothur, vsearch, R with dada2 and phyloseq; taxpasta and kraken-biom (PyPI);
# and the scripts of KrakenTools, Bracken and Emu in the folders KRAKENTOOLS, BRACKEN and
# EMU, and a Python with pysam for the last, EMU_PYTHON.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")/programs
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
"$python" "$here/profiles.py" "$work"
"$python" "$here/amplicons.py" "$work"
cd "$work"

# Kraken 2 with what its databases need for Bracken; the same reads and genomes as in ../kraken2.
kraken2-build --add-to-library kraken/genomes.fa --db kraken/db --no-masking
kraken2-build --build --db kraken/db --threads 1
mkdir -p reports bracken
for sample in K1 K2 K3; do
  kraken2 --db kraken/db --report "reports/$sample.kreport" --output "reports/$sample.kraken" "kraken/$sample.fa"
  # This build leaves the codes of domains and phyla empty (../README.md); the scripts of others want them.
  "$python" - "reports/$sample.kreport" <<'PY'
import sys
path = sys.argv[1]
rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
code = {"root": "R", "Bacteria": "D", "Bacteroidetes": "P", "Firmicutes": "P", "Proteobacteria": "P"}
for row in rows:
    row[3] = row[3].strip() or code[row[5].strip()]
open(path, "w", encoding="utf-8").write("".join("\t".join(row) + "\n" for row in rows))
PY
  "$python" "$KRAKENTOOLS/kreport2mpa.py" -r "reports/$sample.kreport" -o "reports/$sample.mpa" --display-header --read_count
done
cp reports/K1.kreport "$out/kraken2.kreport"
"$python" "$KRAKENTOOLS/combine_mpa.py" -i reports/K1.mpa reports/K2.mpa reports/K3.mpa -o "$out/krakentools-combine_mpa.txt"
"$python" "$KRAKENTOOLS/combine_kreports.py" -r reports/K1.kreport reports/K2.kreport reports/K3.kreport \
  --sample-names K1 K2 K3 -o "$out/krakentools-combine_kreports.txt"
kraken2 --db kraken/db --output kraken/db/database.kraken kraken/genomes.fa
kmer2read_distr --seqid2taxid kraken/db/seqid2taxid.map --taxonomy kraken/db/taxonomy --kraken kraken/db/database.kraken \
  --output kraken/db/database100mers.kraken -k 35 -l 100 -t 1
"$python" "$BRACKEN/src/generate_kmer_distribution.py" -i kraken/db/database100mers.kraken -o kraken/db/database100mers.kmer_distrib
for sample in K1 K2 K3; do
  "$python" "$BRACKEN/src/est_abundance.py" -i "reports/$sample.kreport" -k kraken/db/database100mers.kmer_distrib -l S -t 1 \
    -o "bracken/$sample.bracken" --out-report "bracken/$sample.kreport"
done
cp bracken/K1.bracken "$out/bracken.bracken"
cp bracken/K1.kreport "$out/K1-bracken.kreport"
"$python" "$BRACKEN/analysis_scripts/combine_bracken_outputs.py" --files bracken/K1.bracken bracken/K2.bracken bracken/K3.bracken \
  --names K1,K2,K3 -o "$out/bracken-combine_bracken_outputs.txt"
kraken-biom reports/K1.kreport reports/K2.kreport reports/K3.kreport --fmt json -o "$out/kraken-biom.biom"
kraken-biom reports/K1.kreport reports/K2.kreport reports/K3.kreport --fmt tsv -o "$out/kraken-biom.tsv"

taxpasta merge -p kraken2 --wide --taxonomy kraken/db/taxonomy --add-name --add-rank --add-lineage -o "$out/taxpasta-wide.tsv" reports/K?.kreport
taxpasta merge -p kraken2 --wide -o "$out/taxpasta-numbers.tsv" reports/K?.kreport
taxpasta merge -p kraken2 --long -o "$out/taxpasta-long.csv" reports/K?.kreport
taxpasta merge -p bracken --wide --taxonomy kraken/db/taxonomy --add-name -o "$out/taxpasta-bracken.biom" bracken/K?.bracken

# Centrifuge.
mkdir -p centrifuge
sed -E 's/^>(g[0-9]+).*/>\1/' kraken/genomes.fa > centrifuge/genomes.fa
sed -n -E 's/^>g([0-9]+)$/g\1\t\1/p' centrifuge/genomes.fa > centrifuge/conversion.tsv
centrifuge-build --conversion-table centrifuge/conversion.tsv --taxonomy-tree kraken/db/taxonomy/nodes.dmp \
  --name-table kraken/db/taxonomy/names.dmp centrifuge/genomes.fa centrifuge/index
for sample in K1 K2 K3; do
  centrifuge -f -x centrifuge/index -U "kraken/$sample.fa" -S "centrifuge/$sample.hits" --report-file "centrifuge/$sample.centrifuge.txt"
done
cp centrifuge/K1.centrifuge.txt "$out/centrifuge.centrifuge.txt"
centrifuge-kreport -x centrifuge/index centrifuge/K1.hits > "$out/K1-centrifuge.kreport"

# SortMeRNA: how many reads map to each reference, and alignments as BLAST writes them.
mkdir -p sortmerna
sortmerna --ref amplicons/references.fa --reads amplicons/plain.fa --workdir sortmerna --otu_map --blast '1 cigar qcov' --id 0.97 \
  --coverage 0.97 --threads 1 --fastx
cp "$(find sortmerna/out -name 'otu_map*')" "$out/sortmerna-otu_map.txt"
head -20 "$(find sortmerna/out -name 'aligned.blast*')" > "$out/sortmerna-aligned.blast"

# vsearch and mothur.
vsearch --usearch_global amplicons/all.fa --db amplicons/references.fa --id 0.97 --otutabout "$out/vsearch-otutabout.txt" \
  --biomout vsearch-biomout.biom --mothur_shared_out "$out/vsearch.shared"
cp vsearch-biomout.biom "$out"  # it holds the name it is written to
vsearch --usearch_global amplicons/A1.fa --db amplicons/references.fa --id 0.97 --blast6out hits --maxhits 1
head -20 hits > "$out/vsearch-blast6out.txt"
(
  cd amplicons
  mothur "#unique.seqs(fasta=plain.fa, format=name); count.seqs(name=current, group=all.groups)"
  cp plain.count_table "$out/mothur-compressed.count_table"
  mothur "#count.seqs(count=plain.count_table, compress=f)"
  cp "$(ls -t ./*.count_table | head -1)" "$out/mothur-full.count_table"
)
(cd amplicons && Rscript "$here/amplicons.R" "$out" "$work")
mkdir -p emu
cp "$here"/../documented/emu/*.tsv emu
"$EMU_PYTHON" "$EMU/emu" combine-outputs emu species --counts
cp emu/emu-combined-species-counts.tsv "$out/emu-combined-species-counts.tsv"
