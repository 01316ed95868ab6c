"""Renew table.csv and lists.csv from the standards' own files.

``python data/standards/renew.py ERC000015.json mixs.yaml``: the first is the ENA checklist as the ELIXIR Belgium
metadata templates hold it (templates/ERC000015), the second the LinkML schema of MIxS (src/mixs/schema). Names, needs,
units and lists of values are taken over; descriptions are not, the handbook has its own.
"""

import csv
import json
import sys
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


def main(ena: Path, mixs: Path) -> None:
    """Write both files beside this one."""
    folder = Path(__file__).parent
    made = [of_ena(ena), of_mixs(mixs)]
    for name, head, place in (
        ("table", ("standard", "field", "need", "unit"), 0),
        ("lists", ("standard", "field", "value"), 1),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(row for one in made for row in one[place])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
