"""The engine DADA2 (Callahan and others 2016, doi:10.1038/nmeth.3869): R's own, by a script of ours."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError
from handbook_utils.reads.denoising.engine import Denoised, Denoising, Pool
from handbook_utils.reads.denoising.programs import needed, run, said
from handbook_utils.reads.preparing import Prepared
from handbook_utils.text.hash import sha256

_SCRIPT = Path(__file__).with_name("dada2.R")
_HOW = "Install R and DADA2: apt-get install r-bioc-dada2, or conda install -c bioconda bioconductor-dada2."
#: What is asked of other engines only, or changes nothing that is found.
_OTHERS = ("workers", "least", "alpha", "near", "most")
#: Its version is read from its description: loading it takes R many seconds.
_ASKED = 'cat(R.version.string, "|", tryCatch(format(packageVersion("dada2")), error = function(e) ""))'


class Dada2:
    """DADA2 as R has it."""

    name = "dada2"

    def version(self) -> str:
        """Return the program and its version."""
        text = said(needed("Rscript", _HOW), "--vanilla", "-e", _ASKED)
        found = re.search(r"R version (\S+).*\|\s*([\d.]+)", text)
        if found is None:
            raise InputError(
                "R is there, but its package dada2 is not.",
                where="parameter engine",
                expected="R with the package dada2",
                found=text.strip().splitlines()[-1][:200] if text.strip() else "nothing",
                remedy=f"{_HOW} Or use the engine that comes with the handbook: -p engine embedded.",
            )
        return f"DADA2 {found[2]} (R {found[1]})"

    def told(self, how: Denoising, paired: bool) -> str:
        """Say it, as :meth:`handbook_utils.reads.denoising.engine.Engine.told` says."""
        merged = (
            f", pairs merged where they overlap by {how.overlap} bases or more without a difference" if paired else ""
        )
        return (
            f"Errors were learnt from the reads{' of each direction' if paired else ''}, each sample was denoised by "
            f"itself{merged}, and chimeras were removed by the consensus of samples (parents with at least "
            f"{how.fold:g} times the reads)."
        )

    def cites(self) -> list[str]:
        """Return the keys of the works that it rests on."""
        return ["callahan2016"]

    def denoise(self, samples: Sequence[Prepared], how: Denoising, folder: Path, pool: Pool | None) -> Denoised:  # noqa: ARG002
        """Denoise prepared reads, as :class:`handbook_utils.reads.denoising.engine.Engine` says."""
        some = [one for one in samples if one.passed]
        rest = {key: value for key, value in asdict(how).items() if key not in _OTHERS}
        # Errors are learnt from all samples, so that what is kept of one holds among the same others only.
        key = sha256(json.dumps([self.version(), rest, [one.mark for one in some]]).encode())[:12]
        place = folder / f"dada2-{key}"
        place.mkdir(exist_ok=True)
        sheet = pd.DataFrame(
            {
                "sample": [f"s{at}" for at in range(len(some))],
                "forward": [str(one.forward) for one in some],
                "reverse": [str(one.reverse or "") for one in some],
                "mark": [one.mark for one in some],
            }
        )
        sheet.to_csv(place / "samples.tsv", sep="\t", index=False)
        run(
            [
                *(needed("Rscript", _HOW), "--vanilla", str(_SCRIPT), str(place / "samples.tsv"), str(place)),
                *(str(how.workers), str(how.overlap), "yes" if how.full_length else "no"),
                *(f"{how.fold:g}", key, str(os.getpid())),
            ]
        )
        return _collected(some, samples, place)


def _collected(some: Sequence[Prepared], samples: Sequence[Prepared], place: Path) -> Denoised:
    """Read what the script wrote."""
    counts: dict[str, dict[str, int]] = {one.sample: {} for one in samples}
    losses: dict[str, dict[str, int]] = {one.sample: {} for one in samples}
    steps = pd.read_csv(place / "steps.tsv", sep="\t", index_col="sample")["first"].to_dict()
    chimeric = {one.sample: 0 for one in some}
    for line in (place / "counts.tsv").read_text(encoding="ascii").splitlines():
        label, sequence, number, clean = line.split("\t")
        sample = some[int(label[1:])].sample
        if clean == "yes":
            counts[sample][sequence] = int(number)
        else:
            chimeric[sample] += int(number)
    for at, one in enumerate(some):
        kept = sum(counts[one.sample].values()) + chimeric[one.sample]
        denoised = int(steps[f"s{at}"])
        losses[one.sample] = {
            "not like a kept sequence": one.passed - denoised,
            "not merged": denoised - kept,
            "chimeric": chimeric[one.sample],
        }
    return Denoised(counts, losses)
