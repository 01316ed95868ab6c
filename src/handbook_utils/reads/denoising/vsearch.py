"""The engine vsearch (Rognes and others 2016, doi:10.7717/peerj.2584): the program itself, step by step."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook_utils.reads.denoising.engine import Denoised, Denoising, Pool
from handbook_utils.reads.denoising.pooled import denoise_together
from handbook_utils.reads.denoising.programs import needed, run, said
from handbook_utils.reads.fastq import BrokenReadsError, read_fastq
from handbook_utils.reads.preparing import Prepared
from handbook_utils.reads.sequences import fasta_records

_HOW = "Install it: apt-get install vsearch, or conda install -c bioconda vsearch."


class Vsearch:
    """Vsearch's UNOISE3 and UCHIME3."""

    name = "vsearch"

    def version(self) -> str:
        """Return the program and its version."""
        found = re.search(r"vsearch v(\S+?)_", said(needed("vsearch", _HOW), "--version"))
        return f"vsearch {found[1] if found else 'of an unknown version'}"

    def told(self, how: Denoising, paired: bool) -> str:
        """Say it, as :meth:`handbook_utils.reads.denoising.engine.Engine.told` says."""
        merged = f"Pairs were merged (overlap of {how.overlap} bases or more). " if paired else ""
        return (
            f"{merged}Distinct sequences with {how.least} reads or more in all samples together were denoised by "
            f"UNOISE3 (alpha {how.alpha:g}), chimeras removed by UCHIME3, and all reads counted with the nearest "
            f"sequence at {100 * (1 - how.near):g} % identity or more and {how.most} edits or fewer."
        )

    def cites(self) -> list[str]:
        """Return the keys of the works that it rests on."""
        return ["rognes2016", "edgar2016"]

    def denoise(self, samples: Sequence[Prepared], how: Denoising, folder: Path, pool: Pool | None) -> Denoised:
        """Denoise prepared reads, as :class:`handbook_utils.reads.denoising.engine.Engine` says."""
        return denoise_together(self, samples, how, folder, pool)

    def distinct(self, sample: Prepared, how: Denoising, folder: Path) -> dict[str, int]:
        """Count, as :meth:`handbook_utils.reads.denoising.pooled.Steps.distinct` says."""
        with tempfile.TemporaryDirectory(dir=folder) as place:
            reads = sample.forward
            if sample.reverse is not None:
                reads = Path(place, "merged.fastq")
                self._run(
                    *("--fastq_mergepairs", str(sample.forward), "--reverse", str(sample.reverse)),
                    *("--fastq_minovlen", str(how.overlap), "--fastq_maxdiffs", "1000"),
                    *("--fastq_maxdiffpct", f"{100 * how.differ:g}", "--fastq_allowmergestagger"),
                    *("--fastqout", str(reads), "--fastq_qmax", "93"),
                )
            try:
                return dict(Counter(record.sequence for record in read_fastq(reads)))
            except BrokenReadsError:
                return {}  # no pair was merged

    def real(self, counted: Sequence[tuple[str, int]], how: Denoising, folder: Path) -> tuple[list[str], set[str]]:
        """Denoise, as :meth:`handbook_utils.reads.denoising.pooled.Steps.real` says."""
        with tempfile.TemporaryDirectory(dir=folder) as place:
            distinct, real, clean = (Path(place, name) for name in ("distinct.fa", "real.fa", "clean.fa"))
            _write(distinct, counted)
            self._run(
                *("--cluster_unoise", str(distinct), "--minsize", str(how.least), "--unoise_alpha", f"{how.alpha:g}"),
                *("--sizein", "--sizeout", "--centroids", str(real)),
            )
            self._run("--uchime3_denovo", str(real), "--sizein", "--sizeout", "--nonchimeras", str(clean))
            found = _read(real)
            kept = {sequence for sequence, _ in _read(clean)}
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return [sequence for sequence, _ in found], {sequence for sequence, _ in found} - kept

    def counted_back(
        self, distinct: Sequence[tuple[str, int]], real: Sequence[str], how: Denoising, folder: Path
    ) -> dict[int, int]:
        """Count, as :meth:`handbook_utils.reads.denoising.pooled.Steps.counted_back` says."""
        with tempfile.TemporaryDirectory(dir=folder) as place:
            reads, database, hits = (Path(place, name) for name in ("reads.fa", "real.fa", "hits.tsv"))
            _write(reads, distinct)
            _write(database, ((sequence, 1) for sequence in real))
            self._run(
                *("--usearch_global", str(reads), "--db", str(database), "--id", f"{1 - how.near:g}"),
                *("--maxdiffs", str(how.most)),
                *("--maxaccepts", "8", "--maxrejects", "64", "--top_hits_only", "--maxhits", "1"),
                *("--userout", str(hits), "--userfields", "query+target", "--qmask", "none", "--dbmask", "none"),
            )
            found: Counter[int] = Counter()
            for line in hits.read_text(encoding="ascii").splitlines():
                query, _, target = line.partition("\t")
                found[_place(target)] += distinct[_place(query)][1]
        return dict(found)

    def _run(self, *arguments: str) -> None:
        run([needed("vsearch", _HOW), *arguments, "--threads", "1", "--quiet"])


def _write(path: Path, counted: Iterable[tuple[str, int]]) -> None:
    with path.open("w", encoding="ascii") as file:
        file.writelines(f">{at};size={number}\n{sequence}\n" for at, (sequence, number) in enumerate(counted))


def _read(path: Path) -> list[tuple[str, int]]:
    if not path.stat().st_size:
        return []
    return [(sequence, int(header.partition("size=")[2].rstrip(";"))) for header, sequence in fasta_records(path)]


def _place(label: str) -> int:
    return int(label.partition(";")[0])
