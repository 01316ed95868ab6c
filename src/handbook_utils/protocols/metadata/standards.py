"""The metadata standards of human gut samples, as tables of fields: what each asks, and what goes wrong with it.

Sources: MIxS 7.0.1, combination MimarksSHumanGut (MIXS:0010008_0016004), Genomic Standards Consortium; ENA checklist
ERC000015 (GSC MIxS human gut); NCBI BioSample package MIMARKS.survey.human-gut.4.0; "Metadata file format" of QIIME 2;
"Sample information file" of Qiita; INSDC, "Missing value reporting"; the Environment Ontology (ENVO, 2025-10-20).
Only fields that a study of human stool fills in are listed; others of a standard are let through with a remark.
"""

from __future__ import annotations

from dataclasses import dataclass

from handbook_utils.errors import InputError, nearest

#: INSDC's controlled vocabulary for a value that is missing, which archives take in place of a value.
INSDC_MISSING = (
    "not applicable",
    "not collected",
    "not provided",
    "restricted access",
    "missing: control sample",
    "missing: data agreement established pre-2023",
    "missing: endangered species",
    "missing: human-identifiable",
    "missing: lab stock",
    "missing: sample group",
    "missing: synthetic construct",
    "missing: third party data",
)
#: Qiita's documentation writes three of them with "missing: " before them; both forms are in use.
QIITA_MISSING = (*INSDC_MISSING, "missing: not collected", "missing: not provided", "missing: restricted access")
#: What to write for a blank, a mock community or a no-template control.
CONTROL = "missing: control sample"
#: Codes of the International Human Microbiome Consortium for medication, as ERC000015 lists them.
MEDICATION = {
    **{f"{number:02d}": "" for number in range(1, 22)},
    "08": "antibiotics and other anti-infectives",
    "16": "gastrointestinal",
    "99": "other",
}


@dataclass(frozen=True)
class Field:
    """One field of a standard.

    Parameters
    ----------
    name : str
        As the standard writes it.
    kind : str
        Name of the rule in :mod:`handbook_utils.protocols.metadata.rules` that its values follow.
    need : {"required", "recommended", "optional"}
    help : str
        What to write.
    example : str
        A value that passes.
    choices : tuple of str
        All values allowed, where they are listed.
    units : tuple of str
        Units one of which must be written after the number; for bare numbers the one unit that is meant.
    low, high : float
        What is plausible, in the (first) unit; outside it a unit was probably mistaken.
    trap : str
        What is often mistaken about it.
    """

    name: str
    kind: str
    need: str
    help: str
    example: str
    choices: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    trap: str = ""


@dataclass(frozen=True)
class Standard:
    """A standard: its fields, and what it makes of ids and missing values.

    Parameters
    ----------
    key, title, source : str
        How the command line calls it, its full name, and where it is published.
    fields : tuple of Field
        The first names the sample.
    missing : tuple of str
        Words it takes for a missing value.
    empty : bool
        Whether an empty cell of a required field is a missing value, and not an error.
    others : bool
        Whether columns of one's own belong in the file.
    """

    key: str
    title: str
    source: str
    fields: tuple[Field, ...]
    missing: tuple[str, ...] = INSDC_MISSING
    empty: bool = False
    others: bool = False

    def field(self, name: str) -> Field | None:
        """Return the field of this name, or None."""
        return next((one for one in self.fields if one.name == name), None)

    @property
    def required(self) -> list[str]:
        """Names of the fields that no row may lack."""
        return [one.name for one in self.fields if one.need == "required"]


_R, _S, _O = "required", "recommended", "optional"
_BROAD, _LOCAL, _MEDIUM = (
    "urban biome [ENVO:01000249]",
    "intestine environment [ENVO:2100002]",
    "fecal material [ENVO:00002003]",
)
_ENVIRONMENT = (
    Field("env_broad_scale", "environment", _R, "The broad environment: a label and its id.", _BROAD),
    Field("env_local_scale", "environment", _R, "The local environment: a label and its id.", _LOCAL),
    Field("env_medium", "environment", _R, "The material sampled: a label and its id.", _MEDIUM),
)

MIXS = Standard(
    "mixs",
    "MIxS 7, MimarksSHumanGut (MIXS:0010008_0016004)",
    "https://genomicsstandardsconsortium.github.io/mixs/",
    (
        Field("samp_name", "id", _R, "A name for the sample, unique in the study.", "7K3PXP-1"),
        Field("project_name", "text", _R, "The project within which was sequenced.", "Fibre study"),
        Field("target_gene", "text", _R, "The gene that is amplified.", "16S rRNA"),
        Field(
            "samp_taxon_id",
            "taxon",
            _R,
            "Name and number in NCBI's taxonomy.",
            "human gut metagenome [NCBITaxon:408170]",
        ),
        Field("collection_date", "iso", _R, "ISO 8601; may be cut off from the right.", "2026-03-02"),
        Field(
            "geo_loc_name",
            "place",
            _R,
            "Country: region, locality.",
            "Netherlands: Groningen, Groningen",
            trap="Country and region alone are refused: the locality belongs to it.",
        ),
        Field("lat_lon", "lat_lon", _R, "Latitude and longitude, decimal degrees (WGS84).", "53.22 6.57"),
        *_ENVIRONMENT,
        Field("seq_meth", "text", _R, "The sequencing machine.", "Illumina MiSeq"),
        Field("samp_collect_device", "text", _S, "What the sample was taken with.", "stool tube with spoon"),
        Field("samp_collect_method", "text", _S, "How the sample was taken.", "at home, by the participant"),
        Field("samp_mat_process", "text", _S, "What was done with it before extraction.", "frozen at once"),
        Field("source_mat_id", "text", _S, "Id of the material.", "7K3PXP-1"),
        Field("nucl_acid_ext", "resource", _S, "Procedure of the extraction: a link.", "doi:10.1038/nbt.3960"),
        # Of MIxS, though not of this combination: what a study knows before its procedure is published.
        Field("nucl_acid_ext_kit", "text", _O, "Kit of the extraction, and its beads.", "Kit X, beads of 0.1 mm"),
        Field(
            "samp_vol_we_dna_ext",
            "quantity",
            _O,
            "Of what DNA was taken from, with its unit.",
            "200 milligram",
            units=("milligram", "gram", "milliliter"),
        ),
        Field("target_subfragment", "text", _S, "The part of the gene.", "V4"),
        Field(
            "pcr_primers",
            "primers",
            _S,
            "FWD:…;REV:… in IUPAC letters.",
            "FWD:GTGYCAGCMGCCGCGGTAA;REV:GGACTACNVGGGTWTCTAAT",
            trap="The published pattern knows A, C, G and T only, one letter long, and so refuses every primer.",
        ),
        Field("mid", "dna", _O, "Barcode of the sample, IUPAC letters.", "ACGTACGTACGT"),
        Field("adapters", "adapters", _O, "Two adapters, IUPAC letters, a semicolon between.", "AATGAT;CAAGCA"),
        Field("lib_layout", "choice", _S, "Layout of the library.", "paired", ("paired", "single", "vector", "other")),
        Field("seq_quality_check", "choice", _O, "Whether sequences were edited.", "none", ("none", "manually edited")),
        Field("chimera_check", "chimera", _O, "software;version;parameters", "vsearch;2.22;default"),
        Field("associated_resource", "resource", _S, "PMID:…, doi:… or an address.", "doi:10.1038/nbt.3960"),
        Field("sop", "resource", _S, "PMID:…, doi:… or an address.", "doi:10.1038/nbt.3960"),
        Field(
            "neg_cont_type",
            "choice",
            _S,
            "What a negative control is.",
            "empty collection tube",
            (
                "DNA-free PCR mix",
                "distilled water",
                "empty collection device",
                "empty collection tube",
                "phosphate buffer",
                "sterile swab",
                "sterile syringe",
            ),
        ),
        Field("pos_cont_type", "text", _S, "What a positive control is.", "mock community"),
        Field("experimental_factor", "text", _O, "What is varied.", "time series design [EFO:0001779]"),
        Field("host_subject_id", "text", _O, "The participant's code.", "7K3PXP"),
        Field("host_age", "quantity", _O, "With its unit.", "46 year", units=("year", "day", "hour"), low=0, high=120),
        # The standard gives its list as prose, without enforcing it; this is the handbook's reading.
        Field(
            "host_sex",
            "choice",
            _O,
            "Sex of the host, written out.",
            "female",
            ("female", "male", "hermaphrodite", "neuter", "non-binary", "other"),
        ),
        Field("host_height", "quantity", _O, "With its unit.", "175 cm", units=("cm", "mm", "m"), low=30, high=250),
        Field(
            "host_tot_mass",
            "quantity",
            _O,
            "With its unit.",
            "71 kilogram",
            units=("kilogram", "gram"),
            low=1,
            high=350,
        ),
        Field(
            "host_body_mass_index",
            "quantity",
            _O,
            "With its unit.",
            "23.2 kilogram per square meter",
            units=("kilogram per square meter",),
            low=8,
            high=90,
        ),
        Field("host_disease_stat", "disease", _O, "A label and its DOID.", "celiac disease [DOID:10608]"),
        Field("gastrointest_disord", "disease", _O, "A label and its DOID.", "Crohn's disease [DOID:8778]"),
        Field("liver_disord", "disease", _O, "A label and its DOID.", "liver disease [DOID:409]"),
        Field(
            "ihmc_medication_code", "integers", _O, "Numbers of the list; several with | between.", "8", low=1, high=99
        ),
        Field(
            "special_diet",
            "choice",
            _O,
            "A diet followed.",
            "vegetarian",
            ("low carb", "reduced calorie", "vegetarian", "other"),
        ),
        Field("host_diet", "text", _O, "How the host eats.", "omnivore"),
        Field("host_last_meal", "meal", _O, "food;duration in ISO 8601.", "bread;PT2H"),
        Field("host_body_product", "text", _O, "What of the body it is (FMA, UBERON).", "feces [UBERON:0001988]"),
        Field("medic_hist_perform", "boolean", _O, "true or false.", "true"),
        Field("perturbation", "text", _O, "What was changed;Rn/start/end/duration.", "fibre;R1/2026-03-02/P6W"),
        Field(
            "samp_store_temp",
            "quantity",
            _O,
            "With its unit.",
            "-80 degree Celsius",
            units=("degree Celsius",),
            low=-200,
            high=60,
            trap="The published pattern ends in .* and lets -80 pass without a unit.",
        ),
        Field("samp_store_dur", "duration", _O, "ISO 8601.", "P6M"),
        Field("temp", "quantity", _O, "Of the sample when taken.", "21 degree Celsius", units=("degree Celsius",)),
    ),
)

_ENA_PLACE = "geographic location"
ENA = Standard(
    "ena",
    "ENA checklist ERC000015, GSC MIxS human gut",
    "https://www.ebi.ac.uk/ena/browser/view/ERC000015",
    (
        Field("alias", "id", _R, "A name for the sample, unique in the submission.", "7K3PXP-1"),
        Field("title", "text", _R, "A short text for searches.", "Stool of participant 7K3PXP, baseline"),
        Field("taxon_id", "number_id", _R, "A number of NCBI's taxonomy.", "408170", low=1, high=1e8),
        Field("sample_description", "text", _O, "What the sample is.", "stool, frozen at home"),
        Field("project name", "text", _R, "The project within which was sequenced.", "Fibre study"),
        Field("collection date", "iso", _R, "ISO 8601; may be cut off from the right.", "2026-03-02"),
        Field(f"{_ENA_PLACE} (country and/or sea)", "country", _R, "A country of the INSDC's list.", "Netherlands"),
        Field(
            f"{_ENA_PLACE} (latitude)",
            "number",
            _R,
            "Decimal degrees (WGS84).",
            "53.22",
            units=("DD",),
            low=-90,
            high=90,
        ),
        Field(
            f"{_ENA_PLACE} (longitude)",
            "number",
            _R,
            "Decimal degrees (WGS84).",
            "6.57",
            units=("DD",),
            low=-180,
            high=180,
        ),
        Field(f"{_ENA_PLACE} (region and locality)", "text", _O, "Region, locality.", "Groningen, Groningen"),
        Field("broad-scale environmental context", "environment", _R, "A label and its id.", _BROAD),
        Field("local environmental context", "environment", _R, "A label and its id.", _LOCAL),
        Field("environmental medium", "environment", _R, "A label and its id.", _MEDIUM),
        Field("host subject id", "text", _O, "The participant's code.", "7K3PXP"),
        Field("host age", "number", _O, "A bare number.", "46", units=("years",), low=0, high=120),
        Field("host sex", "choice", _O, "Sex.", "female", ("female", "male", "hermaphrodite", "neuter", "other")),
        Field(
            "host height",
            "number",
            _O,
            "A bare number.",
            "1750",
            units=("mm",),
            low=300,
            high=2500,
            trap="In millimetres, not centimetres: 175 would be a person of 17.5 cm.",
        ),
        Field("host total mass", "number", _O, "A bare number.", "71", units=("kg",), low=1, high=350),
        Field("host body-mass index", "number", _O, "A bare number.", "23.2", units=("kg/m2",), low=8, high=90),
        Field("host diet", "text", _O, "How the host eats.", "omnivore"),
        Field(
            "IHMC medication code",
            "choice",
            _O,
            "Two digits of the list.",
            "08",
            tuple(MEDICATION),
            trap="A spreadsheet makes 8 of 08.",
        ),
        Field(
            "amount or size of sample collected",
            "number",
            _O,
            "A bare number.",
            "0.00001",
            units=("m3",),
            low=0,
            high=0.001,
            trap="In cubic metres: 10 ml is 0.00001.",
        ),
        Field(
            "sample volume or weight for DNA extraction",
            "number",
            _O,
            "A bare number.",
            "200000000",
            units=("ng",),
            low=1000,
            high=1e11,
            trap="In nanograms: 200 mg is 200000000.",
        ),
        Field(
            "nucleic acid extraction",
            "text",
            _O,
            "How DNA was taken out.",
            "Kit X, by its own procedure; beads of 0.1 mm; 200 mg of stool a well",
        ),
        Field("sample storage temperature", "number", _O, "A bare number.", "-80", units=("°C",), low=-200, high=60),
        Field("temperature", "number", _O, "A bare number.", "21", units=("°C",), low=-200, high=60),
        Field("negative control type", "text", _O, "What a negative control is.", "empty collection tube"),
        Field("positive control type", "text", _O, "What a positive control is.", "mock community"),
        Field("target gene", "text", _O, "The gene that is amplified.", "16S rRNA"),
        Field("target subfragment", "text", _O, "The part of the gene.", "V4"),
        Field("pcr primers", "primers", _O, "FWD:…;REV:…", "FWD:GTGYCAGCMGCCGCGGTAA;REV:GGACTACNVGGGTWTCTAAT"),
        Field("sequencing method", "text", _O, "The sequencing machine.", "Illumina MiSeq"),
        Field("medical history performed", "choice", _O, "Whether it was asked.", "Yes", ("Yes", "No")),
        Field("oxygenation status of sample", "choice", _O, "In the sample.", "anaerobic", ("aerobic", "anaerobic")),
    ),
)

NCBI = Standard(
    "ncbi",
    "NCBI BioSample package MIMARKS.survey.human-gut.4.0",
    "https://www.ncbi.nlm.nih.gov/biosample/docs/packages/MIMARKS.survey.human-gut.4.0/",
    (
        Field("sample_name", "id", _R, "A name for the sample, unique in the submission.", "7K3PXP-1"),
        Field("organism", "text", _R, "The name in NCBI's taxonomy.", "human gut metagenome"),
        Field("collection_date", "iso", _R, "ISO 8601; may be cut off from the right.", "2026-03-02"),
        *_ENVIRONMENT,
        Field(
            "geo_loc_name",
            "place_ncbi",
            _R,
            "Country, and after a colon the region.",
            "Netherlands: Groningen, Groningen",
        ),
        Field("host", "text", _R, "The scientific name of the host.", "Homo sapiens"),
        Field(
            "lat_lon",
            "lat_lon_letters",
            _R,
            "d.d N d.d E",
            "53.22 N 6.57 E",
            trap="Not as in MIxS: with the letters N or S, and E or W.",
        ),
        Field("host_subject_id", "text", _O, "The participant's code.", "7K3PXP"),
        Field("host_age", "text", _O, "With its unit.", "46 years"),
        Field("host_sex", "text", _O, "Sex of the host.", "female"),
    ),
)

QIIME2 = Standard(
    "qiime2",
    "QIIME 2 metadata file",
    "https://docs.qiime2.org/2024.2/tutorials/metadata/",
    (Field("sample-id", "qiime_id", _R, "Unique; best of letters, digits, . and -, at most 36.", "7K3PXP-1"),),
    missing=("",),
    others=True,
)

QIITA = Standard(
    "qiita",
    "Qiita sample information file",
    "https://qiita.ucsd.edu/static/doc/html/gettingstartedguide/index.html",
    (
        Field(
            "sample_name",
            "qiita_id",
            _R,
            "Unique, of letters, digits and full stops only.",
            "7K3PXP.1",
            trap="Hyphens, which QIIME 2 takes, are refused.",
        ),
        Field("collection_timestamp", "qiita_time", _R, "yyyy-mm-dd hh:mm, or cut off from the right.", "2026-03-02"),
        Field("physical_specimen_location", "text", _R, "Where the sample is kept.", "UMCG biobank"),
        Field("taxon_id", "number_id", _R, "A number of NCBI's taxonomy.", "408170", low=1, high=1e8),
        Field("scientific_name", "text", _R, "NCBI's name for that number.", "human gut metagenome"),
        Field("description", "text", _R, "What the sample is.", "stool, baseline"),
        Field("sample_type", "text", _R, "Kind of sample.", "stool"),
        Field("physical_specimen_remaining", "choice", _R, "Is there any left?", "TRUE", ("TRUE", "FALSE")),
        Field("dna_extracted", "choice", _R, "Was DNA extracted?", "FALSE", ("TRUE", "FALSE")),
        Field("latitude", "number", _R, "Decimal degrees.", "53.22", units=("degrees",), low=-90, high=90),
        Field("longitude", "number", _R, "Decimal degrees.", "6.57", units=("degrees",), low=-180, high=180),
        Field("host_subject_id", "text", _R, "The participant's code.", "7K3PXP"),
    ),
    missing=QIITA_MISSING,
    others=True,
)

QUESTIONNAIRE = Standard(
    "questionnaire",
    "Questionnaire of this handbook, one row a tube",
    "this handbook",
    (
        Field("tube", "id", _R, "The code on the tube.", "7K3PXP-1"),
        Field("collected", "moment", _R, "Date and time: YYYY-MM-DD HH:MM.", "2026-03-02 07:40"),
        Field("bristol", "integer", _R, "Bristol stool type, 1 to 7.", "4", low=1, high=7),
        Field(
            "antibiotics_days",
            "integer",
            _O,
            "Days since the last course; empty: none known.",
            "210",
            low=0,
            high=40000,
        ),
        Field("diet", "choice", _R, "How the person eats.", "omnivore", ("omnivore", "vegetarian", "vegan", "other")),
        Field("sex", "choice", _R, "Sex.", "female", ("female", "male", "other")),
        Field(
            "age",
            "integer",
            _R,
            "Whole years.",
            "46",
            units=("years",),
            low=0,
            high=110,
            trap="The age, not the year of birth.",
        ),
        Field(
            "height_cm",
            "number",
            _R,
            "A bare number.",
            "175",
            units=("cm",),
            low=100,
            high=230,
            trap="Centimetres, not metres.",
        ),
        Field("weight_kg", "number", _R, "A bare number.", "71.5", units=("kg",), low=25, high=300),
        Field(
            "medication",
            "codes",
            _O,
            "Two-digit IHMC codes; several with ; between.",
            "08;16",
            tuple(MEDICATION),
            trap="A spreadsheet makes 8 of 08.",
        ),
        Field("last_meal_hours", "number", _O, "Hours since the last meal.", "11", units=("hours",), low=0, high=72),
        Field("remarks", "text", _O, "Free text; it stays here and goes into no file.", "kept cool first"),
    ),
    missing=("not collected", "not provided", "not applicable"),
)

STANDARDS = {one.key: one for one in (MIXS, ENA, NCBI, QIIME2, QIITA, QUESTIONNAIRE)}


def standard(key: str) -> Standard:
    """Return the standard that the command line calls so.

    Raises
    ------
    InputError
        There is none; the message suggests the nearest.

    Examples
    --------
    >>> len(standard("mixs").required), standard("ena").field("host height").units
    (11, ('mm',))
    """
    if key not in STANDARDS:
        close = nearest(key, STANDARDS)
        raise InputError(
            f"There is no standard {key!r}.",
            expected="one of " + ", ".join(STANDARDS),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    return STANDARDS[key]
