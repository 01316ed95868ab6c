"""Make table.csv of the USDA's Standard Reference 28: ``python convert.py FOLDER`` (FOOD_DES.txt and NUT_DATA.txt)."""

import csv
import sys
from pathlib import Path

#: Our name, English, Dutch, group, number in the source, and an INVENTED price in euros a kilo as bought.
FOODS = (
    ("bread-wholemeal", "wholemeal bread", "volkorenbrood", "grain", "18075", 2.40),
    ("bread-white", "white bread", "witbrood", "grain", "18069", 2.00),
    ("bread-rye", "rye bread", "roggebrood", "grain", "18060", 2.80),
    ("oats", "rolled oats", "havermout", "grain", "08120", 1.80),
    ("cornflakes", "cornflakes", "cornflakes", "grain", "08020", 3.60),
    ("pasta-wholemeal", "wholemeal pasta", "volkorenpasta", "grain", "20124", 2.20),
    ("pasta-white", "white pasta", "witte pasta", "grain", "20120", 1.60),
    ("rice-brown", "brown rice", "zilvervliesrijst", "grain", "20036", 2.60),
    ("rice-white", "white rice", "witte rijst", "grain", "20044", 2.00),
    ("lentils", "lentils, dry", "linzen, droog", "beans", "16069", 3.60),
    ("split-peas", "split peas, dry", "spliterwten, droog", "beans", "16085", 2.80),
    ("kidney-beans", "kidney beans, tin, drained", "kidneybonen, blik, uitgelekt", "beans", "16145", 3.40),
    ("chickpeas", "chickpeas, tin, drained", "kikkererwten, blik, uitgelekt", "beans", "16358", 3.60),
    ("peanuts", "peanuts without salt", "pinda's zonder zout", "nuts", "16390", 5.00),
    ("peanut-butter", "peanut butter without salt", "pindakaas zonder zout", "nuts", "16398", 6.00),
    ("potatoes", "potatoes with their skin", "aardappels met schil", "vegetables", "11352", 1.20),
    ("carrots", "carrots", "wortels", "vegetables", "11124", 1.20),
    ("onions", "onions", "uien", "vegetables", "11282", 1.20),
    ("cabbage", "white cabbage", "witte kool", "vegetables", "11109", 1.40),
    ("red-cabbage", "red cabbage", "rode kool", "vegetables", "11112", 1.60),
    ("kale", "kale, frozen", "boerenkool, diepvries", "vegetables", "11235", 2.40),
    ("spinach", "spinach, frozen", "spinazie, diepvries", "vegetables", "11463", 2.40),
    ("peas", "green peas, frozen", "doperwten, diepvries", "vegetables", "11312", 2.40),
    ("tomatoes", "tomatoes, tin", "tomaten, blik", "vegetables", "11531", 2.00),
    ("apple", "apple with its skin", "appel met schil", "fruit", "09003", 2.20),
    ("banana", "banana", "banaan", "fruit", "09040", 1.80),
    ("orange", "orange", "sinaasappel", "fruit", "09200", 2.20),
    ("pear", "pear", "peer", "fruit", "09252", 2.40),
)
FIBRE, ENERGY = "291", "208"


def rows(path: Path) -> list[list[str]]:
    """Read a file of the source: fields between carets, text between tildes."""
    with path.open(encoding="latin1", newline="") as file:
        return list(csv.reader(file, delimiter="^", quotechar="~"))


folder = Path(sys.argv[1])
described = {row[0]: row for row in rows(folder / "FOOD_DES.txt")}
found = {(row[0], row[1]): row[2] for row in rows(folder / "NUT_DATA.txt") if row[1] in (FIBRE, ENERGY)}
with Path(__file__).with_name("table.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        ["food", "name_en", "name_nl", "group", "source", "source_name", "fibre", "energy", "refuse", "price"]
    )
    for food, english, dutch, group, number, price in FOODS:
        whole = described[number]
        energy = found[number, ENERGY]
        writer.writerow(
            [
                food,
                english,
                dutch,
                group,
                number,
                whole[2],
                found[number, FIBRE],
                energy,
                whole[8] or "0",
                f"{price:.2f}",
            ]
        )
