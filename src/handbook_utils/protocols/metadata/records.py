"""From questionnaires to the files that archives and programs take: one record a tube, written for five standards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.metadata.rules import as_letters
from handbook_utils.protocols.metadata.standards import CONTROL, QUESTIONNAIRE, standard
from handbook_utils.protocols.metadata.validation import Validation, validate, validate_table
from handbook_utils.protocols.people.privacy import WITHHELD
from handbook_utils.protocols.wells.extraction import Extraction, chosen

#: Numbers of NCBI's taxonomy: of stool; and of what Qiita's documentation uses for blanks.
GUT, UNSPECIFIED = ("human gut metagenome", 408170), ("metagenome", 256318)
_TUBES = ("sample", "participant", "arm", "sex", "age_band", "centre", "time_point")
_CUT = {"day": 10, "month": 7, "year": 4}


@dataclass(frozen=True)
class Circumstances:
    """What holds for every sample of a study.

    Parameters
    ----------
    project : str
        Name of the project.
    country : str
        As the INSDC writes it.
    regions : mapping of str to str
        Region of each centre.
    coordinates : mapping of str to (float, float)
        Latitude and longitude (degrees, WGS84) of each centre's town, not of anybody's home; {} where the study
        does not give them.
    broad, local, medium : str
        The environment: label [id].
    instrument, forward, reverse, gene, part : str
        Sequencing machine, primers (IUPAC), gene and the part of it.
    store_celsius : float
        Temperature of storage (°C).
    precision : {"day", "month", "year"}
        How exact the date of sampling leaves.
    blank : str
        What an extraction blank is, in the words of MIxS.
    location : str
        Where the samples are kept; "" where that is not said.
    extraction : Extraction or None
        How DNA is taken out; None where that is not settled.
    """

    project: str
    country: str
    regions: Mapping[str, str]
    coordinates: Mapping[str, tuple[float, float]]
    broad: str = "urban biome [ENVO:01000249]"
    local: str = "intestine environment [ENVO:2100002]"
    medium: str = "fecal material [ENVO:00002003]"
    instrument: str = "Illumina MiSeq"
    forward: str = "GTGYCAGCMGCCGCGGTAA"
    reverse: str = "GGACTACNVGGGTWTCTAAT"
    gene: str = "16S rRNA"
    part: str = "V4"
    store_celsius: float = -80.0
    precision: str = "day"
    blank: str = "empty collection tube"
    location: str = "the study's freezer"
    extraction: Extraction | None = None

    @property
    def unplaced(self) -> str:
        """What stands where a sample has no coordinates: nobody gave any, or this sample's are kept back."""
        return WITHHELD if self.coordinates else "not provided"

    @property
    def unlocated(self) -> str:
        """The same of the region."""
        return WITHHELD if self.regions else "not provided"


# ---------------------------------------------------------------------- reading


def read_questionnaire(path: Path, tubes: pd.DataFrame, *, today: dt.date | None = None) -> Validation:
    """Read questionnaires and hold them against their own rules and the list of tubes.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or Excel with the columns of :data:`metadata_standards.QUESTIONNAIRE`.
    tubes : pandas.DataFrame
        Columns sample, participant, arm, sex, age_band, centre, time_point.
    today : datetime.date, optional

    Returns
    -------
    Validation
        Its table is the questionnaires.

    Raises
    ------
    InputErrors
        Everything that is wrong, at once.
    """
    found = validate(path, QUESTIONNAIRE.key, today=today)
    errors = [*(found.as_input_errors().errors if found.errors else ()), *_misfits(found.table, tubes, str(path))]
    if errors:
        raise InputErrors(errors)
    return found


def read_tubes(path: Path) -> pd.DataFrame:
    """Read the list of tubes that ``assign-codes-and-labels`` wrote.

    Raises
    ------
    InputError, InputErrors
        Columns are missing, or a tube stands in it twice.
    """
    tubes = read_samples(path)
    lacking = [name for name in _TUBES if name not in tubes.columns]
    if lacking:
        close = nearest(lacking[0], tubes.columns)
        raise InputError(
            "The list of tubes lacks columns.",
            where=str(path),
            expected=", ".join(_TUBES),
            found=f"no {listed(lacking)}",
            remedy=f"Is it the column {close!r}?" if close else "Give tubes.csv of assign-codes-and-labels.",
        )
    twice = sorted(set(tubes.loc[tubes["sample"].duplicated(), "sample"]))
    if twice:
        raise InputError("A tube stands in the list twice.", where=str(path), found=listed(twice))
    return tubes


def read_rejected(path: Path) -> list[str]:
    """Return the tubes that ``keep-it-cold`` rejected, and those that never arrived.

    Raises
    ------
    InputError
        The file has no columns tube and verdict.
    """
    verdicts = read_samples(path)
    if not {"tube", "verdict"} <= set(verdicts.columns):
        raise InputError(
            "The verdicts lack columns.",
            where=str(path),
            expected="tube, verdict",
            found=listed(list(verdicts.columns)),
            remedy="Give verdicts.csv of keep-it-cold.",
        )
    return sorted(verdicts.loc[~verdicts["verdict"].isin(["accept", "flag"]), "tube"])


def _misfits(answers: pd.DataFrame, tubes: pd.DataFrame, where: str) -> list[InputError]:
    """Find what is right by itself and wrong beside the list of tubes, or beside the person's other answers."""
    if not {"tube", "sex", "age", "height_cm", "collected"} <= set(answers.columns):
        return []
    known = tubes.set_index("sample")
    errors = []
    strangers = [
        f"{row.tube} (line {line})"
        for line, row in zip(answers.index, answers.itertuples(), strict=True)
        if row.tube not in known.index
    ]
    if strangers:
        errors.append(
            InputError(
                "Tubes of the questionnaires are not in the study's list.",
                where=f"{where}, tube",
                found=listed(strangers),
                remedy="Compare with the label; a tube that was never given out cannot be analysed.",
            )
        )
    silent = [tube for tube in known.index if tube not in set(answers["tube"])]
    if silent:
        errors.append(
            InputError(
                "Tubes have no questionnaire.",
                where=f"{where}, tube",
                found=listed(silent),
                remedy="Ask for it, or add a row with 'not collected' where nothing is known.",
            )
        )
    mine = answers[answers["tube"].isin(known.index)].copy()
    mine["participant"] = known["participant"].reindex(mine["tube"]).to_numpy()
    mine["listed"] = known["sex"].reindex(mine["tube"]).to_numpy()
    other = mine[(mine["sex"] != mine["listed"]) & mine["sex"].isin(["female", "male"])]
    if len(other):
        errors.append(
            InputError(
                "Sex differs between questionnaire and list of tubes.",
                where=f"{where}, sex",
                found=listed([f"{tube} (line {line})" for line, tube in other["tube"].items()]),
                remedy="Was a form filed under another person's tube?",
            )
        )
    for column, most, what in (("age", 1, "years"), ("height_cm", 3, "cm")):
        numbers = pd.to_numeric(mine[column], errors="coerce")
        spread = numbers.groupby(mine["participant"]).agg(lambda values: values.max() - values.min())
        apart = spread[spread > most]
        if len(apart):
            errors.append(
                InputError(
                    f"One person's {column} differs between visits by more than {most} {what}.",
                    where=f"{where}, {column}",
                    found=listed([f"{person}: {gap:g} {what}" for person, gap in apart.items()]),
                    remedy="Was a form filed under another person's tube?",
                )
            )
    # The tenth visit comes after the second, though not in the alphabet.
    visit = pd.to_numeric(mine["tube"].str.rpartition("-")[2], errors="coerce").fillna(0)
    ordered = mine.loc[visit.sort_values(kind="stable").index].groupby("participant")["collected"].agg(list)
    backwards = [person for person, times in ordered.items() if times != sorted(times)]
    if backwards:
        errors.append(
            InputError(
                "Samples of later visits were taken before earlier ones.",
                where=f"{where}, collected",
                found=listed(backwards),
                remedy="Were tubes exchanged, or is a date wrong?",
            )
        )
    return errors


# ---------------------------------------------------------------------- records


def controls(plates: int, blanks: int, mocks: int, ntc: int) -> pd.DataFrame:
    """Name the controls of every plate, as ``plate-layout`` does.

    Returns
    -------
    pandas.DataFrame
        sample, content (blank, mock, ntc).

    Examples
    --------
    >>> controls(1, 2, 1, 0)["sample"].tolist()
    ['BLANK-1-1', 'BLANK-1-2', 'MOCK-1-1']
    """
    rows = [
        {"sample": f"{kind.upper()}-{plate}-{turn}", "content": kind}
        for plate in range(1, plates + 1)
        for kind, count in (("blank", blanks), ("mock", mocks), ("ntc", ntc))
        for turn in range(1, count + 1)
    ]
    return pd.DataFrame(rows, columns=["sample", "content"])


def records(answers: pd.DataFrame, tubes: pd.DataFrame, asked: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Bring together what is known of every tube and control.

    Parameters
    ----------
    answers, tubes : pandas.DataFrame
        Questionnaires and list of tubes; tubes without a questionnaire stay out.
    asked : pandas.DataFrame
        Controls.
    study : Circumstances

    Returns
    -------
    pandas.DataFrame
        Text, one row a tube or control, in the order of the list of tubes and then the controls; "" where a value is
        not known. Free text does not come along.
    """
    given = answers.set_index("tube")
    rows = []
    for tube in tubes.itertuples():
        if tube.sample not in given.index:
            continue
        said = given.loc[str(tube.sample)]
        place = study.coordinates.get(str(tube.centre))
        height, weight = _numeric(str(said["height_cm"])), _numeric(str(said["weight_kg"]))
        rows.append(
            {
                "sample": tube.sample,
                "content": "sample",
                "participant": tube.participant,
                "arm": tube.arm,
                "centre": tube.centre,
                "time_point": tube.time_point,
                "date": str(said["collected"])[: _CUT[study.precision]],
                "region": study.regions.get(str(tube.centre), ""),
                "latitude": f"{place[0]:.2f}" if place else "",
                "longitude": f"{place[1]:.2f}" if place else "",
                "bmi": f"{weight / (height / 100) ** 2:.1f}" if height and weight else "",
                **{
                    name: "" if said.get(name, "") in QUESTIONNAIRE.missing else str(said.get(name, ""))
                    for name in (
                        *("bristol", "antibiotics_days", "diet", "sex", "age", "height_cm", "weight_kg"),
                        *("medication", "last_meal_hours"),
                    )
                },
            }
        )
    rows += [{"sample": one.sample, "content": one.content} for one in asked.itertuples()]
    return pd.DataFrame(rows).fillna("")


def _numeric(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _of(row: Mapping[str, str], value: str, missing: str = "not provided") -> str:
    """Return the value of a required field, or the word for why it is missing."""
    if row["content"] != "sample":
        return CONTROL
    return value or missing


def _each(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(value) for name, value in row.items()} for row in table.to_dict("records")]


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


def to_mixs(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
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
                "geo_loc_name": _of(row, f"{study.country}: {region}, {row['centre']}" if region else study.unlocated),
                "lat_lon": _of(row, f"{row['latitude']} {row['longitude']}".strip(), study.unplaced),
                "env_broad_scale": _of(row, study.broad),
                "env_local_scale": _of(row, study.local),
                "env_medium": _of(row, study.medium),
                "seq_meth": study.instrument,
                "nucl_acid_ext_kit": _extracted(row, study, "{0.kit}, beads of {0.bead_mm} mm"),
                "samp_vol_we_dna_ext": _extracted(row, study, "{0.sample_mg:g} milligram", only="sample"),
                "pcr_primers": f"FWD:{study.forward};REV:{study.reverse}",
                "lib_layout": "paired",
                "samp_store_temp": f"{study.store_celsius:g} degree Celsius",
                "neg_cont_type": _negative(row, study),
                "pos_cont_type": "mock community" if row["content"] == "mock" else "",
                "host_subject_id": row["participant"],
                "host_age": f"{row['age']} year" if row["age"] else "",
                "host_sex": row["sex"],
                "host_height": f"{row['height_cm']} cm" if row["height_cm"] else "",
                "host_tot_mass": f"{row['weight_kg']} kilogram" if row["weight_kg"] else "",
                "host_body_mass_index": f"{row['bmi']} kilogram per square meter" if row["bmi"] else "",
                "host_diet": row["diet"],
                "ihmc_medication_code": "|".join(str(int(one)) for one in row["medication"].split(";") if one),
            }
        )
    return pd.DataFrame(made)


def to_ena(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for ENA's checklist ERC000015: bare numbers, height in millimetres."""
    made = []
    for row in _each(table):
        height = _numeric(row["height_cm"])
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
                "geographic location (region and locality)": f"{row['region']}, {row['centre']}"
                if row["region"]
                else "",
                "broad-scale environmental context": _of(row, study.broad),
                "local environmental context": _of(row, study.local),
                "environmental medium": _of(row, study.medium),
                "host subject id": row["participant"],
                "host age": row["age"],
                "host sex": row["sex"],
                "host height": f"{height * 10:.0f}" if height else "",
                "host total mass": row["weight_kg"],
                "host body-mass index": row["bmi"],
                "host diet": row["diet"],
                # One code fits the field's list; the other files hold all of them.
                "IHMC medication code": codes[0] if len(codes) == 1 else "",
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


def to_ncbi(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Write records for NCBI's MIMARKS.survey.human-gut.4.0: coordinates with letters, and the host."""
    made = []
    for row in _each(table):
        region = row["region"]
        place = as_letters(float(row["latitude"]), float(row["longitude"])) if row["latitude"] else ""
        made.append(
            {
                "sample_name": row["sample"],
                "organism": _taxon(row)[0],
                "collection_date": _of(row, row["date"]),
                "env_broad_scale": _of(row, study.broad),
                "env_local_scale": _of(row, study.local),
                "env_medium": _of(row, study.medium),
                "geo_loc_name": _of(row, f"{study.country}: {region}, {row['centre']}" if region else study.country),
                "host": _of(row, "Homo sapiens"),
                "lat_lon": _of(row, place, study.unplaced),
                "host_subject_id": row["participant"],
                "host_age": f"{row['age']} years" if row["age"] else "",
                "host_sex": row["sex"],
            }
        )
    return pd.DataFrame(made)


#: Columns of the QIIME 2 file that are numbers; the others are categories.
NUMERIC = ("bristol", "antibiotics_days", "age", "height_cm", "weight_kg", "bmi", "last_meal_hours")


def to_qiime2(table: pd.DataFrame) -> pd.DataFrame:
    """Write records for QIIME 2: all columns, an empty cell where a value is missing."""
    shown = ["arm", "time_point", "participant", "centre", "sex", "diet", "medication", "content", "date", *NUMERIC]
    made = table[["sample", *shown]].rename(
        columns={"sample": "sample-id", "content": "sample_or_control", "date": "collection_date"}
    )
    return made.astype(str)


def to_qiita(table: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
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
                "latitude": row["latitude"] or "not applicable",
                "longitude": row["longitude"] or "not applicable",
                "host_subject_id": subject,
                "host_age": row["age"] or "not applicable",
                "host_sex": row["sex"] or "not applicable",
                "bristol": row["bristol"] or "not applicable",
            }
        )
    return pd.DataFrame(made)


def all_standards(table: pd.DataFrame, study: Circumstances) -> dict[str, pd.DataFrame]:
    """Write records for every standard.

    Returns
    -------
    dict of str to pandas.DataFrame
        By the standard's key: mixs, ena, ncbi, qiime2, qiita.

    Raises
    ------
    InputErrors
        A file would not be valid by our own validator: what the study file says does not fit the standard.
    """
    made = {
        "mixs": to_mixs(table, study),
        "ena": to_ena(table, study),
        "ncbi": to_ncbi(table, study),
        "qiime2": to_qiime2(table),
        "qiita": to_qiita(table, study),
    }
    errors = [one for key, frame in made.items() for one in _refused(key, frame)]
    if errors:
        raise InputErrors(errors)
    return made


def _refused(key: str, frame: pd.DataFrame) -> tuple[InputError, ...]:
    lines = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="line"))
    found = validate_table(lines, standard(key), f"metadata-{key}.tsv")
    return found.as_input_errors().errors if found.errors else ()


def as_tsv(frame: pd.DataFrame, key: str) -> bytes:
    r"""Write a table as the TSV of a standard; QIIME 2's has the row of types.

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
    lines = ["\t".join(map(str, frame.columns))]
    if key == "qiime2":
        kinds = ["numeric" if name in NUMERIC else "categorical" for name in frame.columns[1:]]
        lines.append("\t".join(["#q2:types", *kinds]))
    lines += ["\t".join(row) for row in frame.astype(str).itertuples(index=False, name=None)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def coordinates(north: Mapping[str, str], east: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Read the coordinates of the centres' towns, of at most two decimals.

    Raises
    ------
    InputError
        Not numbers, too exact, or of different centres.

    Examples
    --------
    >>> coordinates({"Groningen": "53.22"}, {"Groningen": "6.57"})
    {'Groningen': (53.22, 6.57)}
    """
    if set(north) != set(east):
        raise InputError(
            "Latitudes and longitudes are of different centres.", found=f"{listed(list(north))}; {listed(list(east))}"
        )
    made = {}
    for centre in north:
        try:
            made[centre] = float(north[centre]), float(east[centre])
        except ValueError:
            raise InputError(
                "A coordinate is not a number.",
                where=centre,
                expected="decimal degrees, such as 53.22",
                found=f"{north[centre]}, {east[centre]}",
            ) from None
        if any(len(text.partition(".")[2].rstrip("0")) > 2 for text in (north[centre], east[centre])):
            raise InputError(
                "A coordinate is too exact to leave.",
                where=centre,
                expected="at most 2 decimals (about 1 km)",
                found=f"{north[centre]}, {east[centre]}",
                remedy="Round it: it is the town that is meant, not a home.",
            )
    return made


def record_metadata(parameters: Mapping[str, Any]) -> None:
    """Check what the chapter ``protocols/record-metadata`` is given.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with its files and parameters.
    """
    found, tubes, _, study = gathered(parameters)
    all_standards(records(found.table, tubes, planned_controls(tubes, parameters), study), study)


def planned_controls(tubes: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """Name the controls of as many plates as the tubes need, a person's tubes staying together.

    Parameters
    ----------
    tubes : pandas.DataFrame
        With a column participant.
    parameters : mapping
        plate (wells), plates (0: as few as will do), blanks, mocks, ntc, duplicates.

    Returns
    -------
    pandas.DataFrame
        As :func:`controls`.

    Raises
    ------
    InputError
        A plate has no room for one person's tubes.

    Examples
    --------
    >>> wanted = {"plate": 96, "plates": 0, "blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1}
    >>> len(planned_controls(pd.DataFrame({"participant": ["A", "A", "B", "B"]}), wanted))
    4
    """
    number = {name: parameters[name] for name in ("plate", "plates", "blanks", "mocks", "ntc", "duplicates")}
    series = int(tubes["participant"].value_counts().max()) if len(tubes) else 1
    room = number["plate"] - sum(number[name] for name in ("blanks", "mocks", "ntc", "duplicates"))
    if room < series:
        raise InputError(
            "A plate has no room for one person's tubes beside the controls.",
            where="the parameters plate, blanks, mocks, ntc, duplicates",
            expected=f"room for {series}",
            found=f"room for {max(room, 0)}",
        )
    plates = number["plates"] or -(-tubes["participant"].nunique() // (room // series))
    return controls(plates, number["blanks"], number["mocks"], number["ntc"])


def gathered(parameters: Mapping[str, Any]) -> tuple[Validation, pd.DataFrame, list[str], Circumstances]:
    """Read what the chapter is given, or the example study where it is given nothing.

    Returns
    -------
    validation : Validation
        Of the questionnaires, which stand in its table.
    tubes : pandas.DataFrame
        The tubes that were not rejected.
    rejected : list of str
    study : Circumstances

    Raises
    ------
    InputError, InputErrors
    """
    given = {name: str(parameters.get(name, "")) for name in ("questionnaire", "tubes", "verdicts")}
    tubes = read_tubes(Path(given["tubes"])) if given["tubes"] else datasets.frame("example-study")
    if given["questionnaire"]:
        found = read_questionnaire(Path(given["questionnaire"]), tubes)
    else:
        if given["tubes"]:
            raise InputError(
                "A list of tubes is given, and no questionnaires.",
                where="the parameter questionnaire",
                remedy="Give both, or neither for the example study.",
            )
        answers = example_questionnaire()
        lines = answers.set_axis(pd.RangeIndex(2, len(answers) + 2, name="line"))
        found = validate_table(lines, QUESTIONNAIRE, "the simulated questionnaires")
    rejected = read_rejected(Path(given["verdicts"])) if given["verdicts"] else []
    study = Circumstances(
        project=parameters["project"],
        country=parameters["country"],
        regions=parameters["regions"],
        coordinates=coordinates(parameters["latitudes"], parameters["longitudes"]),
        broad=parameters["broad"],
        local=parameters["local"],
        medium=parameters["medium"],
        instrument=parameters["instrument"],
        forward=parameters["forward"],
        reverse=parameters["reverse"],
        store_celsius=parameters["store_celsius"],
        precision=parameters["precision"],
        location=parameters["location"],
        blank=parameters["blank"],
        extraction=_extraction(parameters),
    )
    kept = tubes[~tubes["sample"].isin(rejected) & ~tubes["participant"].isin(rejected)]
    return found, kept, rejected, study


def _extraction(parameters: Mapping[str, Any]) -> Extraction | None:
    """Return the way of extraction, where all of it is said."""
    said = {name: parameters[name] for name in ("bead_mm", "sample_mg")}
    said |= {name: parameters[f"extraction_{name}"] for name in ("kit", "protocol")}
    return chosen(said) if all(said.values()) else None
