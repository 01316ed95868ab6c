"""Make table.csv.gz of mockrobiota: ``python convert.py <its data folder>``.

A strain's lineage in SILVA is that of mockrobiota's list whose last name is the strain's species; or, where SILVA has
several species there, the one lineage whose genus begins as the strain's, but for genera that SILVA has divided.
Strains with neither are left out.
"""

import gzip
import re
import sys
from pathlib import Path

import pandas as pd

DIVIDED = {"Clostridium", "Eubacterium", "Ruminococcus"}
MOCKS = ("mock-12", "mock-20", "mock-16", "mock-18")


def fasta(path: Path) -> list[tuple[str, str]]:
    """Return headers and sequences."""
    records = path.read_text(encoding="utf-8").split(">")[1:]
    return [
        (header.strip(), "".join(rest.split())) for header, _, rest in (record.partition("\n") for record in records)
    ]


rows, seen, left_out = [], set(), set()
for mock in MOCKS:
    folder = Path(sys.argv[1]) / mock
    listed = pd.read_csv(folder / "silva/123/99-otus/expected-taxonomy.tsv", sep="\t")["Taxonomy"]
    ranks = [[re.sub(r"^D_\d__", "", part.strip()) for part in text.split(";")] for text in listed]
    ranks = [names for names in ranks if len(names) >= 6]
    for header, bases in fasta(folder / "source/expected-sequences.fasta"):
        strain = header.replace("_", " ")
        species = " ".join(strain.split()[:2])
        exact = {
            ";".join(names[:6]) for names in ranks if names[-1].replace("[", "").replace("]", "").startswith(species)
        }
        begins = {";".join(names[:6]) for names in ranks if names[5].split()[0] == species.split()[0]}
        found = exact if len(exact) == 1 else set() if species.split()[0] in DIVIDED else begins
        if len(found) != 1:
            left_out.add(strain)
        elif (species, bases) not in seen and len(bases) > 1200 and set(bases) <= set("ACGT"):
            seen.add((species, bases))
            rows.append((mock, strain, species, *found, bases))
table = pd.DataFrame(rows, columns=["mock", "strain", "species", "silva", "sequence"])
table.insert(0, "id", table["mock"] + "-" + (table.groupby("mock").cumcount() + 1).astype(str))
print(len(table), "sequences of", table["species"].nunique(), "species; left out:", ", ".join(sorted(left_out)))
with gzip.GzipFile(Path(__file__).with_name("table.csv.gz"), "wb", compresslevel=9, mtime=0) as packed:
    packed.write(table.to_csv(index=False, lineterminator="\n").encode())
