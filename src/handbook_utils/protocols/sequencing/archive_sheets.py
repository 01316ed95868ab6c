"""The sheets that the European Nucleotide Archive asks for beside the samples: study, experiments and runs.

Columns and lists of values are those of the templates for ERC000015 that ELIXIR Belgium keeps in step with ENA (read in
2026, github.com/ELIXIR-Belgium/ENA-metadata-templates). Of the instruments only those in use for stool are listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from handbook_utils.errors import InputError, nearest
from handbook_utils.protocols.sequencing.read_files import ReadFile

#: Instruments by platform, as ENA writes them.
INSTRUMENTS = {
    "ILLUMINA": (
        *("Illumina MiSeq", "Illumina MiniSeq", "Illumina iSeq 100", "NextSeq 500", "NextSeq 550", "NextSeq 1000"),
        *("NextSeq 2000", "Illumina HiSeq 2000", "Illumina HiSeq 2500", "Illumina HiSeq 3000", "Illumina HiSeq 4000"),
        *("Illumina NovaSeq 6000", "Illumina NovaSeq X", "Illumina NovaSeq X Plus"),
    ),
    "OXFORD_NANOPORE": ("MinION", "GridION", "PromethION"),
    "PACBIO_SMRT": ("Sequel", "Sequel II", "Sequel IIe", "Revio"),
    "ELEMENT": ("Element AVITI",),
    "DNBSEQ": ("DNBSEQ-G400", "DNBSEQ-T7"),
}
_LIBRARIES = {
    "16S": ("AMPLICON", "METAGENOMIC", "PCR"),
    "shotgun": ("WGS", "METAGENOMIC", "RANDOM"),
}


def platform_of(instrument: str) -> str:
    """Return the platform of an instrument.

    Parameters
    ----------
    instrument : str
        As ENA names it.

    Returns
    -------
    str
        A key of :data:`INSTRUMENTS`.

    Raises
    ------
    InputError
        ENA's list, as far as we have it, does not know the instrument.

    Examples
    --------
    >>> platform_of("Illumina MiSeq")
    'ILLUMINA'
    """
    for platform, models in INSTRUMENTS.items():
        if instrument in models:
            return platform
    known = [model for models in INSTRUMENTS.values() for model in models]
    close = nearest(instrument, known)
    raise InputError(
        "The instrument is not on ENA's list, as far as this handbook has it.",
        where="sequencing.instrument",
        expected="a name such as Illumina MiSeq",
        found=instrument,
        remedy=f"Did you mean {close!r}?" if close else "Look it up in ENA's documentation.",
    )


def qiita_preparation(
    samples: pd.DataFrame,
    centre: str,
    method: str,
    instrument: str,
    design: str,
    study: str,
    forward: str,
    reads: Mapping[tuple[str, int], ReadFile] | None = None,
) -> pd.DataFrame | None:
    """Write Qiita's preparation information file, which belongs to its file of samples.

    Parameters
    ----------
    samples : pandas.DataFrame
        With a column alias.
    centre, method, instrument, design, study : str
        Where the study was done; what was sequenced, with what; how libraries were made; what the study is.
    forward : str
        Forward primer, where one gene was sequenced.
    reads : mapping of (str, int) to ReadFile, optional
        Files of reads by sample and direction.

    Returns
    -------
    pandas.DataFrame or None
        Text; None of a platform that Qiita's documentation does not name. There is no column for barcodes: reads are
        parted by sample before they leave.

    Examples
    --------
    >>> made = qiita_preparation(pd.DataFrame({"alias": ["S-1"]}), "", "16S", "Illumina MiSeq", "V4", "A study", "ACGT")
    >>> made.loc[0, ["sample_name", "platform", "run_prefix"]].tolist()
    ['S.1', 'Illumina', 'S-1']
    """
    if platform_of(instrument) != "ILLUMINA":
        return None
    given = {
        "center_name": centre,
        "platform": "Illumina",
        "instrument_model": instrument,
        "library_construction_protocol": design,
        "experiment_design_description": study,
    }
    if method == "16S":
        given["primer"] = forward
    made = pd.DataFrame({"sample_name": samples["alias"].str.replace("-", ".")})
    for name, value in given.items():
        made[name] = value or "not provided"
    files = [reads[alias, 1].name if reads else alias for alias in samples["alias"]]
    made["run_prefix"] = [re.sub(r"(_R1(_001)?)?\.(fastq|fq)\.gz$", "", file) for file in files]
    return made


def sheets(
    samples: pd.DataFrame,
    acronym: str,
    name: str,
    abstract: str,
    method: str,
    instrument: str,
    design: str,
    reads: Mapping[tuple[str, int], ReadFile] | None = None,
) -> dict[str, pd.DataFrame]:
    """Write the sheets of study, experiments and runs for samples that are valid by ERC000015.

    Parameters
    ----------
    samples : pandas.DataFrame
        ENA's sample sheet, with columns alias and title.
    acronym, name, abstract : str
        Of the study.
    method : {"16S", "shotgun"}
        What was sequenced: one gene, or all DNA.
    instrument : str
        By its name on ENA's list.
    design : str
        How libraries were made.
    reads : mapping of (str, int) to ReadFile, optional
        Files of reads by sample and direction.

    Returns
    -------
    dict of str to pandas.DataFrame
        ena-study, ena-experiments, ena-runs: text. Where there are no reads, the names of their files are planned,
        <sample>_R1.fastq.gz and _R2, and the checksums are empty.

    Raises
    ------
    InputError
        The instrument or the method is unknown.

    Examples
    --------
    >>> samples = pd.DataFrame({"alias": ["S1"], "title": ["stool"]})
    >>> made = sheets(samples, "X", "Study", "", "16S", "Illumina MiSeq", "")
    >>> made["ena-experiments"].loc[0, "library_strategy"], len(made["ena-runs"])
    ('AMPLICON', 2)
    """
    if method not in _LIBRARIES:
        raise InputError("The method is unknown.", expected=", ".join(_LIBRARIES), found=method)
    strategy, source, selection = _LIBRARIES[method]
    platform = platform_of(instrument)
    study = pd.DataFrame([{"alias": acronym, "title": name, "study_type": "Metagenomics", "study_abstract": abstract}])
    experiments, runs = [], []
    for alias, title in zip(samples["alias"], samples["title"], strict=True):
        experiment = f"{acronym}-{alias}"
        experiments.append(
            {
                "alias": experiment,
                "title": f"{method} sequencing: {title}",
                "study_alias": acronym,
                "sample_alias": alias,
                "design_description": design,
                "library_name": alias,
                "library_strategy": strategy,
                "library_source": source,
                "library_selection": selection,
                "library_layout": "PAIRED",
                "insert_size": "",
                "library_construction_protocol": "",
                "platform": platform,
                "instrument_model": instrument,
            }
        )
        runs += [
            {
                "alias": f"{experiment}-run",
                "experiment_alias": experiment,
                "file_name": file.name,
                "file_format": "fastq",
                "file_checksum": file.md5,
            }
            for read in (1, 2)
            for file in [reads[alias, read] if reads else ReadFile(f"{alias}_R{read}.fastq.gz", "")]
        ]
    return {"ena-study": study, "ena-experiments": pd.DataFrame(experiments), "ena-runs": pd.DataFrame(runs)}
