"""Renew table.csv and lists.csv from the standards' own files.

``python data/standards/renew.py ERC000015.json mixs.yaml ncbi_attributes.xml constants.py``, which are

- the ENA checklist as the ELIXIR Belgium metadata templates hold it (templates/ERC000015);
- the LinkML schema of MIxS (src/mixs/schema);
- NCBI's own list of BioSample attributes, which says of each the packages that have it (any copy of
  biosample/docs/attributes in its XML form; the wheel of biometaharmonizer on PyPI has one);
- Qiita's columns (qiita_db/metadata_template/constants.py).

Names, needs, units and lists of values are taken over; descriptions are not, the handbook has its own.
"""

import ast
import csv
import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import yaml

ENA_NEED = {"mandatory": "required", "recommended": "recommended", "optional": "optional"}
#: What combinations of MIxS are called here: a checklist and the extension for the human gut.
COMBINATIONS = {"mixs": ("MimarksS", "HumanGut"), "mims": ("Mims", "HumanGut")}


def of_ena(path: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return rows of fields and rows of lists of the ENA checklist."""
    fields = json.loads(path.read_text(encoding="utf-8"))["sample"]["fields"]
    rows = [("ena", one["name"], ENA_NEED[one["cardinality"]], one["units"].replace("º", "°")) for one in fields]
    return rows, [("ena", one["name"], value) for one in fields for value in one["cv"]]


def of_mixs(path: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return rows of fields and rows of lists of the combinations of MIxS."""
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows, lists = [], []
    for key, classes in COMBINATIONS.items():
        needs = {}
        for name in classes:
            usage = schema["classes"][name].get("slot_usage", {})
            for slot in schema["classes"][name]["slots"]:
                said = {**schema["slots"][slot], **(usage.get(slot) or {})}
                need = "required" if said.get("required") else "recommended" if said.get("recommended") else "optional"
                needs[slot] = min(needs.get(slot, "optional"), need, key=list(ENA_NEED.values()).index)
        for slot, need in needs.items():
            unit = schema["slots"][slot].get("annotations", {}).get("Preferred_unit", "")
            rows.append((key, slot, need, unit))
            values = schema["enums"].get(schema["slots"][slot].get("range"), {}).get("permissible_values", {})
            lists += [(key, slot, value) for value in values]
    return rows, lists


#: NCBI's packages and what they are called here.
PACKAGES = {"ncbi": "MIMARKS.survey.human-gut.6.0", "ncbi-mims": "MIMS.me.human-gut.6.0"}
#: Columns that every template of NCBI begins with, and ends with; the attributes of the package stand between.
FIRST = {
    "sample_name": "required",
    "sample_title": "optional",
    "bioproject_accession": "optional",
    "organism": "required",
}
LAST = {"description": "optional"}
NO_VALUES = {"", "missing", "not applicable", "not collected", "not provided", "restricted access"}


def of_ncbi(path: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return rows of fields and rows of lists of NCBI's packages."""
    every = ElementTree.parse(path).getroot().findall("Attribute")
    rows, lists = [], []
    for key, package in PACKAGES.items():
        needs = dict(FIRST)
        for one in every:
            name, form = one.findtext("HarmonizedName"), one.findtext("Format") or ""
            for at in one.findall("Package"):
                if at.text == package:
                    needs[name] = "required" if at.get("use") == "mandatory" else "optional"
                    values = ast.literal_eval(form) if form.startswith("[") else []
                    lists += [(key, name, value) for value in values if value not in NO_VALUES]
        rows += [(key, name, need, "") for name, need in (needs | LAST).items()]
    return rows, lists


def of_qiita(path: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return rows of fields of Qiita's two files; what only raw reads need is optional."""
    asked = {}
    for line in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Dict):
            asked[line.targets[0].id] = [
                column.value
                for one in line.value.values
                for given in one.keywords
                if given.arg == "columns"
                for column in given.value.keys
            ]
    needs = {
        "qiita": {"sample_name": "required", **dict.fromkeys(asked["SAMPLE_TEMPLATE_COLUMNS"], "required")},
        "qiita-preparation": {
            "sample_name": "required",
            **dict.fromkeys(asked["PREP_TEMPLATE_COLUMNS_TARGET_GENE"], "optional"),
            **dict.fromkeys(asked["PREP_TEMPLATE_COLUMNS"], "required"),
        },
    }
    return [(key, name, need, "") for key, fields in needs.items() for name, need in fields.items()], []


def main(ena: Path, mixs: Path, ncbi: Path, qiita: Path) -> None:
    """Write both files beside this one."""
    folder = Path(__file__).parent
    made = [of_ena(ena), of_mixs(mixs), of_ncbi(ncbi), of_qiita(qiita)]
    for name, head, place in (
        ("table", ("standard", "field", "need", "unit"), 0),
        ("lists", ("standard", "field", "value"), 1),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(row for one in made for row in one[place])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
