"""Write datapackage.json: what every folder's dataset.json says, and the size and checksum of every file.

Run it after a conversion: ``python data/describe.py`` (or with another data folder as its argument).

An author describes a data set once, in ``<folder>/dataset.json``; here it becomes the Data Package (version 2) in which
every file says by itself what it is. In a folder, ``table.csv.gz`` holds the counts, ``metadata.csv`` the samples,
``features.csv.gz`` the features with their taxonomy and ``tree.nwk.gz`` their phylogeny; a folder whose dataset.json
has ``fields`` is one plain ``table.csv`` (``"file": "table.csv.gz"`` where it is packed). Where it has ``files`` there
are more: a list of ``{"file": "scans.csv", "title": "the scan log", "fields": […], "primaryKey": […]}``, or without
``fields`` for a file that is no table; with ``encoding`` where it is not UTF-8 and ``dialect`` where it is not
separated by commas.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def table_schema(dataset: Json) -> Json:
    """Describe the counts (or abundances): one row for each that is not zero."""
    if "abundance" in dataset:
        value = {"name": "abundance", "type": "number", **dataset["abundance"]}
        value["constraints"] = {"required": True, "minimum": 0}
    else:
        value = {"name": "count", "type": "integer", "title": "Reads", "unit": "reads"}
        value["constraints"] = {"required": True, "minimum": 1}
    return {
        "fields": [
            {"name": "sample", "type": "string", "title": "Sample id", "constraints": {"required": True}},
            {"name": "feature", "type": "string", "title": "Feature id", "constraints": {"required": True}},
            value,
        ],
        "primaryKey": ["sample", "feature"],
        "missingValues": [""],
    }


def id_schema(what: str, fields: list[Json]) -> Json:
    """Describe a table with one row a sample or feature."""
    first = {"name": what, "type": "string", "title": f"{what.capitalize()} id"}
    first["constraints"] = {"required": True, "unique": True}
    return {"fields": [first, *fields], "primaryKey": [what], "missingValues": [""]}


def parts(dataset: Json) -> dict[str, tuple[str, Json | None]]:
    """Return the files of a data set, each with what it holds and its schema."""
    if "fields" in dataset:
        schema = {"fields": dataset["fields"], "missingValues": [""], "primaryKey": dataset["primaryKey"]}
        return {dataset.get("file", "table.csv"): ("the table", schema)}
    ranks = [
        {"type": "string", "title": name.capitalize(), **rest} for rest in dataset["ranks"] for name in [rest["name"]]
    ]
    return {
        "table.csv.gz": ("the feature table, one row a value that is not zero", table_schema(dataset)),
        "metadata.csv": ("the sample metadata, one row a sample", id_schema("sample", dataset["metadata"])),
        "features.csv.gz": ("the features and their taxonomy, one row a feature", id_schema("feature", ranks)),
        "tree.nwk.gz": ("the phylogeny of the features (Newick)", None),
    }


def more_files(dataset: Json) -> dict[str, tuple[str, Json | None]]:
    """Return the files that a data set names by itself, each with what it holds and its schema, if it is a table."""
    return {
        entry["file"]: (
            entry["title"],
            {"fields": entry["fields"], "missingValues": [""], "primaryKey": entry["primaryKey"]}
            if "fields" in entry
            else None,
        )
        for entry in dataset.get("files", [])
    }


def resources(folder: Path) -> list[Json]:
    """Describe the files of one data set."""
    dataset = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    told = {entry["file"]: entry for entry in dataset.get("files", [])}
    made = []
    for file, (holds, schema) in {**parts(dataset), **more_files(dataset)}.items():
        path = folder / file
        if file == "tree.nwk.gz" and not path.exists():
            continue
        content = path.read_bytes()
        bare = file.removesuffix(".gz")
        packed = ["gz"] if bare != file else []
        part, _, ending = bare.replace("/", "-").rpartition(".")
        made.append(
            {
                "name": f"{folder.name}-{part}",
                "dataset": folder.name,
                "part": part,
                "path": f"{folder.name}/{file}",
                **({"type": "table"} if schema else {}),
                "format": ending,
                **({"compression": packed[0]} if packed else {}),
                "encoding": told.get(file, {}).get("encoding", "utf-8"),
                **({"dialect": told[file]["dialect"]} if "dialect" in told.get(file, {}) else {}),
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "title": f"{dataset['title']}: {holds}",
                "description": dataset["description"],
                "sources": [dataset["paper"], dataset["package"]],
                "licenses": dataset["licenses"],
                "changes": dataset["changes"],
                **({"schema": schema} if schema else {}),
            }
        )
    return made


def describe(data: Path) -> str:
    """Return the text of datapackage.json."""
    folders = sorted(path.parent for path in data.glob("*/dataset.json"))
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "gut-microbiome-handbook",
        "title": "Data of the Gut Microbiome Handbook",
        "description": (
            "Small real data sets, taken from free software packages. Hardly any states a licence for the data: "
            "'licenses' is that of the package, 'sources' are the paper and the package, 'changes' says what we did."
        ),
        "resources": [resource for folder in folders for resource in resources(folder)],
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    data_folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    (data_folder / "datapackage.json").write_text(describe(data_folder), encoding="utf-8")
