"""Records as each standard wants them: MIxS, ENA, NCBI, QIIME 2 and Qiita."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.disclosure.guard import Guard
from handbook_utils.protocols.metadata.coarse import coarsened
from handbook_utils.protocols.metadata.records import Circumstances, number_of
from handbook_utils.protocols.metadata.rules import as_letters
from handbook_utils.protocols.metadata.standards import CONTROL, STANDARDS, standard
from handbook_utils.protocols.metadata.validation import validate_table

_GUARD = Guard()
#: What stands for the town where only the province leaves.
_NO_LOCALITY = "locality withheld"
_KEPT_BY_MIXS = ("samp_collect_device", "samp_collect_method", "samp_mat_process", "samp_store_loc")
_KEPT_BY_NCBI = ("samp_collect_device", "collection_method", "samp_mat_process", "samp_store_loc")
_KEPT_BY_ENA = (
    "sample collection device",
    "sample collection method",
    "sample material processing",
    "sample storage location",
)
#: What is known of one gene and its primers, in the words of MIxS and of ENA; shotgun sequences have none.
_OF_ONE_GENE = ("target_gene", "target_subfragment", "pcr_primers", "target gene", "target subfragment", "pcr primers")
#: The lines of ENA's list of medication, by their two digits.
_MEDICATION = {
    line.split("=")[0]: line
    for field in STANDARDS["ena"].fields
    if field.name == "IHMC medication code"
    for line in field.choices
}

#: Numbers of NCBI's taxonomy: of stool; and of what Qiita's documentation uses for blanks.
GUT, UNSPECIFIED = ("human gut metagenome", 408170), ("metagenome", 256318)
#: Columns of the QIIME 2 file that are numbers; the others are categories.
NUMERIC = ("bristol", "antibiotics_days", "age", "height_cm", "weight_kg", "bmi", "last_meal_hours")


def _to_mixs(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for MIxS 7, MimarksSHumanGut."""
    made = []
    for row in _each(table):
        name, number = _taxon(row)
        region = row["region"]
        made.append(
            {
                "samp_name": row["sample"],
                "project_name": study.project,
                "target_gene": study.gene,
                "target_subfragment": study.part,
                "samp_taxon_id": f"{name} [NCBITaxon:{number}]",
                "collection_date": _of(row, row["date"]),
                "geo_loc_name": _of(
                    row, f"{study.country}: {region}, {row['centre'] or _NO_LOCALITY}" if region else study.unlocated
                ),
                "lat_lon": _of(row, f"{row['latitude']} {row['longitude']}".strip(), study.unplaced),
                "env_broad_scale": _of(row, study.broad),
                "env_local_scale": _of(row, study.local),
                "env_medium": _of(row, study.medium),
                "seq_meth": study.instrument,
                "nucl_acid_ext_kit": _extracted(row, study, "{0.kit}, beads of {0.bead_mm} mm"),
                "samp_vol_we_dna_ext": _extracted(row, study, "{0.sample_mg:g} milligram", only="sample"),
                "pcr_primers": f"FWD:{study.forward};REV:{study.reverse}",
                "lib_layout": "paired",
                **_kept(row, study, _KEPT_BY_MIXS),
                "samp_store_temp": f"{study.store_celsius:g} degree Celsius",
                "neg_cont_type": _negative(row, study),
                "pos_cont_type": "mock community" if row["content"] == "mock" else "",
                "host_subject_id": row["participant"],
                "host_age": f"{row['age']} year" if row["age"] else "",
                **_band(row, study, "host_age_band"),
                "host_sex": row["sex"],
                "host_height": f"{row['height_cm']} cm" if row["height_cm"] else "",
                "host_tot_mass": f"{row['weight_kg']} kilogram" if row["weight_kg"] else "",
                "host_body_mass_index": f"{row['bmi']} kilogram per square meter" if row["bmi"] else "",
                "host_diet": row["diet"],
                "ihmc_medication_code": _medication(row),
            }
        )
    return pd.DataFrame(made)


def to_ena(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for ENA's checklist ERC000015: bare numbers, height in millimetres.

    Parameters
    ----------
    table : pandas.DataFrame
        Records, a row a sample or control, as text.
    study : Circumstances
        What is the same for all.

    Returns
    -------
    pandas.DataFrame
        Columns named as the checklist's fields.
    """
    made = []
    for row in _each(table):
        height = number_of(row["height_cm"])
        codes = row["medication"].split(";")
        made.append(
            {
                "alias": row["sample"],
                "title": _described(row),
                "taxon_id": str(_taxon(row)[1]),
                "project name": study.project,
                "collection date": _of(row, row["date"]),
                "geographic location (country and/or sea)": _of(row, study.country),
                "geographic location (latitude)": _of(row, row["latitude"], study.unplaced),
                "geographic location (longitude)": _of(row, row["longitude"], study.unplaced),
                "geographic location (region and locality)": ", ".join(filter(None, [row["region"], row["centre"]]))
                if row["region"]
                else "",
                "broad-scale environmental context": _of(row, study.broad),
                "local environmental context": _of(row, study.local),
                "environmental medium": _of(row, study.medium),
                "host subject id": row["participant"],
                "host age": row["age"],
                **_band(row, study, "host age band"),
                "host sex": row["sex"],
                "host height": f"{height * 10:.0f}" if height else "",
                "host total mass": row["weight_kg"],
                "host body-mass index": row["bmi"],
                "host diet": row["diet"],
                # One code fits the field's list; the other files hold all of them.
                "IHMC medication code": _MEDICATION.get(codes[0], "") if len(codes) == 1 else "",
                **_kept(row, study, _KEPT_BY_ENA),
                "sample storage temperature": f"{study.store_celsius:g}",
                "negative control type": _negative(row, study),
                "positive control type": "mock community" if row["content"] == "mock" else "",
                "nucleic acid extraction": _extracted(row, study, "{0.in_words}"),
                "target gene": study.gene,
                "target subfragment": study.part,
                "pcr primers": f"FWD:{study.forward};REV:{study.reverse}",
                "sequencing method": study.instrument,
            }
        )
    return pd.DataFrame(made)


def _to_ncbi(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for NCBI's human-gut packages: coordinates with letters, the host, and units of its own."""
    made = []
    for row in _each(table):
        region = row["region"]
        place = as_letters(float(row["latitude"]), float(row["longitude"])) if row["latitude"] else ""
        extracted = _extracted(row, study, "{0.sample_mg:g} mg", only="sample")
        made.append(
            {
                "sample_name": row["sample"],
                "sample_title": _described(row),
                "organism": _taxon(row)[0],
                "collection_date": _of(row, row["date"]),
                "env_broad_scale": _of(row, study.broad),
                "env_local_scale": _of(row, study.local),
                "env_medium": _of(row, study.medium),
                "geo_loc_name": _of(
                    row,
                    ": ".join(filter(None, [study.country, ", ".join(filter(None, [region, row["centre"]]))]))
                    if region
                    else study.country,
                ),
                "host": _of(row, "Homo sapiens"),
                "lat_lon": _of(row, place, study.unplaced),
                "host_subject_id": row["participant"],
                "host_age": _age(row),
                # NCBI's list has no word for another sex; the field is optional.
                "host_sex": row["sex"] if row["sex"] != "other" else "",
                "host_height": f"{row['height_cm']} cm" if row["height_cm"] else "",
                "host_tot_mass": f"{row['weight_kg']} kg" if row["weight_kg"] else "",
                "host_body_mass_index": f"{row['bmi']} kg/m2" if row["bmi"] else "",
                "host_diet": row["diet"],
                "host_body_product": "stool" if row["content"] == "sample" else "",
                "ihmc_medication_code": _medication(row),
                **_kept(row, study, _KEPT_BY_NCBI),
                "samp_store_temp": f"{study.store_celsius:g} C",
                "samp_vol_we_dna_ext": extracted,
                "neg_cont_type": _negative(row, study),
                "pos_cont_type": "mock community" if row["content"] == "mock" else "",
            }
        )
    return pd.DataFrame(made)


def _to_qiime2(table: pd.DataFrame) -> pd.DataFrame:
    """Write records for QIIME 2: all columns, an empty cell where a value is missing."""
    shown = ["arm", "time_point", "participant", "centre", "sex", "diet", "medication", "content", "date", *NUMERIC]
    made = table[["sample", *shown]].rename(
        columns={"sample": "sample-id", "content": "sample_or_control", "date": "collection_date"}
    )
    return made.astype(str)


def _to_qiita(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for Qiita: names without hyphens."""
    made = []
    for row in _each(table):
        name, number = _taxon(row)
        subject = row["participant"] or row["sample"].replace("-", ".")
        made.append(
            {
                "sample_name": row["sample"].replace("-", "."),
                "collection_timestamp": row["date"] if row["content"] == "sample" else "not applicable",
                "physical_specimen_location": study.location or "not provided",
                "taxon_id": str(number),
                "scientific_name": name,
                "description": _described(row),
                "sample_type": "stool" if row["content"] == "sample" else _described(row),
                "physical_specimen_remaining": "TRUE" if row["content"] == "sample" else "FALSE",
                "dna_extracted": "FALSE",
                "latitude": row["latitude"] or (study.unplaced if row["content"] == "sample" else "not applicable"),
                "longitude": row["longitude"] or (study.unplaced if row["content"] == "sample" else "not applicable"),
                "host_subject_id": subject,
                "host_age": row["age"] or _age(row) or "not applicable",
                "host_sex": row["sex"] or "not applicable",
                "bristol": row["bristol"] or "not applicable",
            }
        )
    return pd.DataFrame(made)


def all_standards(table: pd.DataFrame, study: Circumstances, guard: Guard = _GUARD) -> dict[str, pd.DataFrame]:
    """Write records for every standard.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`~handbook_utils.protocols.metadata.records.records`: exact, for the file for QIIME 2, which stays.
        What archives get is made coarser as the study says.
    study : Circumstances
        What is the same for all.
    guard : Guard
        Looks for what is personal.

    Returns
    -------
    dict of str to pandas.DataFrame
        By the standard's key: mixs, ena, ncbi, qiime2, qiita; of a shotgun study mims and ncbi-mims instead of mixs and
        ncbi.

    Raises
    ------
    InputErrors
        A file would not be valid by our own validator: what the study file says does not fit the standard.
    """
    leaving = coarsened(table) if study.detail == "band" else table
    shotgun = study.method == "shotgun"
    made = {
        "mims" if shotgun else "mixs": _to_mixs(leaving, study),
        "ena": to_ena(leaving, study),
        "ncbi-mims" if shotgun else "ncbi": _to_ncbi(leaving, study),
        "qiime2": _to_qiime2(table),
        "qiita": _to_qiita(leaving, study),
    }
    if shotgun:
        made = {key: frame.drop(columns=[*_OF_ONE_GENE], errors="ignore") for key, frame in made.items()}
    errors = [one for key, frame in made.items() for one in _refused(key, frame, guard)]
    if errors:
        raise InputErrors(errors)
    return made


def _refused(key: str, frame: pd.DataFrame, guard: Guard) -> tuple[InputError, ...]:
    lines = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="line"))
    found = validate_table(lines, standard(key), f"metadata-{key}.tsv", guard=guard)
    return found.as_input_errors().errors if found.errors else ()


def as_tsv(frame: pd.DataFrame, key: str) -> bytes:
    r"""Write a table as the TSV of a standard; QIIME 2's has the row of types, NCBI's an asterisk at what is required.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`all_standards` gives it.
    key : str
        Of the standard, or of a sheet that is none.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    InputError
        A value holds a tab or a line break.

    Examples
    --------
    >>> as_tsv(pd.DataFrame({"sample-id": ["S1"], "age": ["46"]}), "qiime2").decode().splitlines()[1]
    '#q2:types\tnumeric'
    """
    broken = [str(name) for name in frame.columns if frame[name].astype(str).str.contains(r"[\t\r\n]").any()]
    if broken:
        raise InputError("Values hold tabs or line breaks, which a TSV cannot.", where=listed(broken))
    asked = STANDARDS.get(key)
    starred = asked.required if asked and asked.starred else ()
    lines = ["\t".join(f"*{name}" if name in starred else str(name) for name in frame.columns)]
    if key == "qiime2":
        kinds = ["numeric" if name in NUMERIC else "categorical" for name in frame.columns[1:]]
        lines.append("\t".join(["#q2:types", *kinds]))
    lines += ["\t".join(row) for row in frame.astype(str).to_numpy(dtype=object).tolist()]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _of(row: Mapping[str, str], value: str, missing: str = "not provided") -> str:
    """Return the value of a required field, or the word for why it is missing."""
    if row["content"] != "sample":
        return CONTROL
    return value or missing


def _each(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(value) for name, value in row.items()} for row in table.to_dict("records")]


def _kept(row: Mapping[str, str], study: Circumstances, names: tuple[str, str, str, str]) -> dict[str, str]:
    """Say with what a tube was filled, how, what kept it on its way, and where it is stored."""
    kit = study.kit if row["content"] == "sample" else None
    told = (kit.title, "at home, by the participant", kit.reported) if kit else ("", "", "")
    return dict(zip(names, (*told, study.location), strict=True))


def _medication(row: Mapping[str, str]) -> str:
    return "|".join(str(int(one)) for one in row["medication"].split(";") if one)


def _band(row: Mapping[str, str], study: Circumstances, name: str) -> dict[str, str]:
    """Return the age band as an attribute of one's own: both standards take a number as age and nothing else."""
    return {name: row["age_band"]} if study.detail == "band" else {}


def _age(row: Mapping[str, str]) -> str:
    age = row["age"] or row["age_band"]
    return f"{age} years" if age[:1].isdigit() else age


def _negative(row: Mapping[str, str], study: Circumstances) -> str:
    return {"blank": study.blank, "ntc": "DNA-free PCR mix"}.get(row["content"], "")


def _extracted(row: Mapping[str, str], study: Circumstances, words: str, only: str = "") -> str:
    """Say how DNA was taken out of a tube or control; a no-template control is not extracted."""
    if study.extraction is None or row["content"] == "ntc" or (only and row["content"] != only):
        return ""
    return words.format(study.extraction)


def _described(row: Mapping[str, str]) -> str:
    named = {"blank": "extraction blank", "mock": "mock community", "ntc": "no-template control of the PCR"}
    return named.get(row["content"]) or f"stool of participant {row['participant']}, {row['time_point']}"


def _taxon(row: Mapping[str, str]) -> tuple[str, int]:
    return GUT if row["content"] == "sample" else UNSPECIFIED
