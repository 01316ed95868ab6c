"""Make table.csv of the first names that Faker invents people with: ``python convert.py FOLDER`` (the unpacked wheel).

Names that are also plain words are left out: those that stand in lower case in the handbook's own texts.
"""

import csv
import importlib
import re
import sys
import unicodedata
from pathlib import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


#: Languages of the Netherlands' people, their neighbours and those whom they work with, in the Latin alphabet.
LOCALES = _words("""
    nl_NL nl_BE en_GB en_US de_DE fr_FR tr_TR pl_PL es_ES it_IT pt_PT id_ID ro_RO hu_HU sv_SE da_DK fi_FI no_NO
    hr_HR cs_CZ en_IN
""")
ROOT = Path(__file__).parents[2]
#: Plain words that the handbook happens not to use, and months.
WORDS = _words("""
    art bill bob bud buck chase chuck drew elisa ramadan gene glen hope jack joy kit lance mars miles nick norm page
    penny pet ray rich rod rusty skip star stone stormy sunny victor wade willow woody april august juni juli mei mar
    may june
""")
#: Names of older generations in the Netherlands that the package lacks, or that the texts use otherwise.
ADDED = _words("""
    aaltje abdel albert annie bauke baukje bep cor corrie david diny douwe eelco egbert ewout femke floris froukje
    geert geesje gerda gijs greet grietje hanneke harm hendrik hennie hidde hylke ineke jaap janneke jannie jelle
    joop joris jurjen jurre kees klaske koen leny lia linda margriet marijke mark marloes mieke naima nel riet roel
    roelof rutger sem siebe sietse sjoerd teun tineke tjeerd tjitske ton toos trijntje truus wiebe wietske willemijn
    ymkje
""")


def plain(name: str) -> str:
    """Return a name as the guard compares it: without accents, in lower case."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


sys.path.insert(0, sys.argv[1])
names = set()
for locale in LOCALES:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    for attribute in dir(provider):
        if "first_name" in attribute and not callable(getattr(provider, attribute)):
            names |= {plain(name) for name in getattr(provider, attribute)}
texts = [*ROOT.glob("notebooks/**/*.md"), *ROOT.glob("book/**/*.md"), *ROOT.glob("locale/**/*.po")]
words = WORDS | set()
for path in texts:
    words |= {
        plain(word) for word in re.findall(r"(?<![\w.-])[a-zà-ÿ]{2,}(?![\w.-])", path.read_text(encoding="utf-8"))
    }
kept = sorted(ADDED | {name for name in names - words if re.fullmatch(r"[a-z]{3,}", name)})
with Path(__file__).with_name("table.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([["name"], *([name] for name in kept)])
