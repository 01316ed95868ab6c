"""Lineages of every program, by their prefixes and names and not by their place.

A lineage may skip ranks, begin at a root, name a domain and a kingdom (NCBI since 2025), or have no prefixes at all;
what a program writes for "not known" is no name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import pandas as pd

from handbook_utils.study.tables import RANKS, are_sequences

UNASSIGNED = "unassigned"
#: The domain stands in the column "kingdom", as in all bundled taxonomies; a kingdom beside a domain is left out.
_LETTERS = {"d": 0, "sk": 0, "k": 0, "p": 1, "c": 2, "o": 3, "f": 4, "g": 5, "s": 6, "t": 7, "sh": 7, "ssp": 7}
_WORDS = {
    **{rank: place for place, rank in enumerate(RANKS)},
    "domain": 0,
    "superkingdom": 0,
    "realm": 0,
    "acellular root": 0,
    "subspecies": 7,
    "strain": 7,
}
# SILVA numbers its ranks (D_0__); vsearch and USEARCH write d:Bacteria; MEGAN writes [P] or [Phylum].
_PREFIX = re.compile(r"^(?:(?P<letter>sk|sh|ssp|[dkpcofgst])(?:__|:(?=\S))|D_(?P<number>\d+)__|\[(?P<bracket>\w+)\] ?)")
_CONFIDENCE = re.compile(r"\(\d+(?:\.\d+)?\)$")
#: What stands for "no name": whole words, and the parts that mothur, SILVA, UNITE, MetaPhlAn and others put to one.
NOTHING = re.compile(
    r"(?i)^(?:na|nan|n/?a|none|null|no[ _]name|no[ _]?rank\w*|no[ _]hits?|__|-|\*|\?|\.|other|"
    r"(?:un(?:assigned|known|classified|identified|mapped))(?:[ _].*)?|.*[ _]unclassified|not[ _]assigned|)$"
)
_ROOTS = {"root", "cellular organisms", "cellular root", "acellular root", "luca", "life"}
DOMAINS = {"bacteria", "archaea", "eukaryota", "eukarya", "viruses", "eubacteria"}
#: Kingdoms that NCBI put between the domains of prokaryotes and their phyla (2024 and 2025).
_KINGDOMS = {
    *("bacillati", "pseudomonadati", "fusobacteriati", "thermotogati", "methanobacteriati", "nanobdellati"),
    *("promethearchaeati", "thermoproteati", "candidatus aenigmatarchaeati"),
}
#: Phyla by their names before and since 2021 (International Code, Oren and Garrity 2021; GTDB where NCBI has none).
PHYLA = {
    "Acidobacteria": "Acidobacteriota",
    "Actinobacteria": "Actinomycetota",
    "Actinobacteriota": "Actinomycetota",
    "Aquificae": "Aquificota",
    "Armatimonadetes": "Armatimonadota",
    "Bacteroidetes": "Bacteroidota",
    "Campilobacterota": "Campylobacterota",
    "Chlamydiae": "Chlamydiota",
    "Chlorobi": "Chlorobiota",
    "Chloroflexi": "Chloroflexota",
    "Crenarchaeota": "Thermoproteota",
    "Cyanobacteria": "Cyanobacteriota",
    "Deferribacteres": "Deferribacterota",
    "Deinococcus-Thermus": "Deinococcota",
    "Desulfobacterota": "Thermodesulfobacteriota",
    "Elusimicrobia": "Elusimicrobiota",
    "Epsilonbacteraeota": "Campylobacterota",
    "Euryarchaeota": "Methanobacteriota",
    "Fibrobacteres": "Fibrobacterota",
    "Firmicutes": "Bacillota",
    "Fusobacteria": "Fusobacteriota",
    "Gemmatimonadetes": "Gemmatimonadota",
    "Lentisphaerae": "Lentisphaerota",
    "Nitrospirae": "Nitrospirota",
    "Planctomycetes": "Planctomycetota",
    "Proteobacteria": "Pseudomonadota",
    "Spirochaetes": "Spirochaetota",
    "Synergistetes": "Synergistota",
    "Tenericutes": "Mycoplasmatota",
    "Thaumarchaeota": "Nitrososphaerota",
    "Thermotogae": "Thermotogota",
    "Verrucomicrobia": "Verrucomicrobiota",
}
_ALL_PHYLA = {name.casefold() for pair in PHYLA.items() for name in pair}
_ENDINGS = (("aceae", 4), ("ales", 3), ("ota", 1))


def name_of(taxon: object) -> str:
    """Return a taxon's name without prefix and confidence; "" for what is not known.

    Parameters
    ----------
    taxon : object
        A part of a lineage, as it stands in a file.

    Returns
    -------
    str
        The name alone.

    Examples
    --------
    >>> [name_of(text) for text in ("g__Blautia", "Lachnospiraceae_unclassified(97)", "s__", "Bacteria(100)")]
    ['Blautia', '', '', 'Bacteria']
    """
    return _placed(str(taxon or ""))[1]


@lru_cache(maxsize=1 << 16)  # a table repeats the names of its higher ranks on every line
def _placed(taxon: str) -> tuple[int | None, str]:
    """Return the place of the rank that a prefix says, None without one, and the name."""
    text = _CONFIDENCE.sub("", taxon.strip().strip('"')).strip().strip('"').strip()
    place: int | None = None
    # A prefix may stand twice: SILVA's D_0__ before k__, or MetaPhlAn's g__ before an unnamed one.
    while found := _PREFIX.match(text):
        if found["number"]:
            place = min(int(found["number"]), 7)
        elif found["letter"]:
            place = _LETTERS[found["letter"]]
        else:
            word = found["bracket"].casefold()
            known = _WORDS.get(word, _LETTERS.get(word))
            if known is None:
                break
            place = known
        text = text[found.end() :].strip()
    return place, "" if NOTHING.match(text) else text


def rank_of(part: str) -> str:
    """Return the rank that the prefix of a lineage's part says; "" without prefix.

    Parameters
    ----------
    part : str
        Of a lineage.

    Returns
    -------
    str
        One of :data:`RANKS`.

    Examples
    --------
    >>> rank_of("g__Blautia"), rank_of("t__SGB4837"), rank_of("Blautia")
    ('genus', 'strain', '')
    """
    place, _ = _placed(part)
    return "" if place is None else RANKS[place]


def parts_of(lineage: str) -> list[str]:
    """Split a lineage at its own separator: ``;``, ``|``, or the comma of vsearch (``d:Bacteria,p:Bacillota``).

    Parameters
    ----------
    lineage : str
        As it stands in a file.

    Returns
    -------
    list of str
        One where it has no separator.
    """
    if ";" in lineage:
        return lineage.split(";")
    if "|" in lineage:
        return lineage.split("|")
    return lineage.split(",") if re.match(r"^[dkp]:\S", lineage) else [lineage]


def is_lineage(text: str) -> bool:
    """Whether a text is a lineage: two parts or more, with prefixes or a domain in front.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    bool
        By its first parts.

    Examples
    --------
    >>> is_lineage("d__Bacteria;p__Bacillota"), is_lineage("Bacteria;Firmicutes"), is_lineage("OTU 1; a note")
    (True, True, False)
    """
    parts = parts_of(text)
    first = [part.strip().casefold() for part in parts[:2]]
    if len(parts) > 1 and first[0] in _ROOTS:
        return True
    return _placed(parts[0])[0] == 0 or (len(parts) > 1 and _CONFIDENCE.sub("", first[0]) in DOMAINS)


def lineages(texts: Iterable[str | Sequence[str]], ids: Iterable[str]) -> pd.DataFrame:
    """Split lineages such as ``k__Bacteria; p__Firmicutes`` into ranks.

    Parts with a prefix go where the prefix says. Parts without go where their names say (a phylum that is known,
    ``-ales``, ``-aceae``), and otherwise where they stand. A root is left out, and so is a kingdom beside a domain.

    Parameters
    ----------
    texts : iterable of str or sequence of str
        Lineages, or their parts.
    ids : iterable of str
        Features, in the same order.

    Returns
    -------
    pandas.DataFrame
        One row a feature; columns kingdom to species (or strain), as many as are used.

    Examples
    --------
    >>> lineages(["Root;k__Bacteria; p__Firmicutes", "Bacteria(100);unclassified(97);"], ["a", "b"]).to_dict("list")
    {'kingdom': ['Bacteria', 'Bacteria'], 'phylum': ['Firmicutes', '']}
    >>> lineages(["d__Bacteria;k__Bacillati;p__Bacillota;g__Blautia"], ["a"]).iloc[0].tolist()
    ['Bacteria', 'Bacillota', '', '', '', 'Blautia']
    """
    # Many features have the same lineage: each is looked at once.
    given = [text if isinstance(text, str) else tuple(text) for text in texts]
    split = {text: _ranks(parts_of(text) if isinstance(text, str) else text) for text in set(given)}
    width = max((n for names in split.values() for n, name in enumerate(names, 1) if name), default=0)
    rows = [split[text][:width] for text in given]
    return pd.DataFrame(rows, index=pd.Index(list(ids), dtype=object), columns=list(RANKS[:width]), dtype=object)


def _ranks(parts: Sequence[str]) -> list[str]:
    names = [""] * len(RANKS)
    found = [_placed(part) for part in parts]
    if any(place is not None for place, _ in found):
        domain = any(
            name and re.match(r"\s*(?:sk|d)(?:__|:)", part) for part, (_, name) in zip(parts, found, strict=True)
        )
        for part, (place, name) in zip(parts, found, strict=True):
            kingdom = domain and re.match(r"\s*k(?:__|:)", part)
            if place is not None and name and not names[place] and not kingdom:
                names[place] = name
        return names
    bare = [name for _, name in found]
    while bare and bare[0].casefold() in _ROOTS:
        bare = bare[1:]
    if len(bare) > 1 and bare[0].casefold() in DOMAINS and bare[1].casefold() in _KINGDOMS:
        del bare[1]
    for place, name in zip(_places(bare), bare, strict=True):
        if 0 <= place < len(RANKS):
            names[place] = name
    return names


def _places(names: Sequence[str]) -> list[int]:
    """Return the rank of each part of a lineage without prefixes; -1 for a part that has none."""
    anchors: dict[int, int] = {}
    least = -1
    for at, name in enumerate(names):
        place = _anchor(name, at)
        if place is not None and place > least:
            anchors[at] = least = place
    places, at = [], 0
    while at < len(names):
        if at in anchors:
            places.append(anchors[at])
            at += 1
            continue
        begin = places[-1] + 1 if places else 0
        end = next((n for n in range(at, len(names)) if n in anchors), len(names))
        room = anchors[end] - begin if end in anchors else len(RANKS)
        # More parts than there are ranks between two that are known: NCBI's clades; the last ones are kept.
        extra = max(end - at - room, 0)
        places += [-1] * extra + [begin + n for n in range(end - at - extra)]
        at = end
    # Where every name stands where it should, that is the end of it.
    return places


def _anchor(name: str, at: int) -> int | None:
    word = name.split(" ")[0].casefold()
    if at == 0 and word in DOMAINS:
        return 0
    # Actinobacteria was a phylum and a class: only in the place of a phylum it is one.
    if word in _ALL_PHYLA and " " not in name and (at == 1 or word != "actinobacteria"):
        return 1
    for ending, place in _ENDINGS:
        if word.endswith(ending) and " " not in name and len(word) > len(ending) + 2 and (place != 1 or at <= 1):
            return place
    return None


def joined_phyla(taxonomy: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give phyla with two names the newer one, and return which were renamed.

    Parameters
    ----------
    taxonomy : pandas.DataFrame
        With a column ``phylum`` or not.

    Returns
    -------
    tuple of pandas.DataFrame and dict of str to str
        The taxonomy, and new names by old ones.

    Examples
    --------
    >>> joined_phyla(pd.DataFrame({"phylum": ["Firmicutes", "Bacillota_A", ""]}))[1]
    {'Firmicutes': 'Bacillota', 'Bacillota_A': 'Bacillota'}
    """
    if "phylum" not in taxonomy:
        return taxonomy, {}
    # GTDB divides some phyla by a letter.
    renamed = {
        name: PHYLA.get(plain, plain)
        for name in taxonomy["phylum"].unique()
        if PHYLA.get(plain := re.sub(r"_[A-Z]$", "", str(name)), plain) != name
    }
    return taxonomy.assign(phylum=taxonomy["phylum"].replace(renamed)), renamed


def named_within(lineage: tuple[str, ...]) -> tuple[str, ...]:
    """Fill the gaps of a lineage, so that what has no name is kept apart by what is known of it.

    Parameters
    ----------
    lineage : tuple of str
        A name a rank, from broad to narrow; "" where there is none.

    Returns
    -------
    tuple of str
        As long.

    Examples
    --------
    >>> named_within(("Bacteria", "", "Blautia"))
    ('Bacteria', 'Bacteria (unassigned)', 'Blautia')
    """
    known = ""
    names = []
    for taxon in lineage:
        if taxon:
            known = taxon
            names.append(taxon)
        else:
            names.append(f"{known} ({UNASSIGNED})" if known else UNASSIGNED)
    return tuple(names)


def short_labels(taxa: Sequence[tuple[str, ...]]) -> list[str]:
    """Name taxa by their last name, or by all of them where that is not unique.

    Parameters
    ----------
    taxa : sequence of tuple of str
        Lineages without gaps.

    Returns
    -------
    list of str
        In their order.

    Examples
    --------
    >>> short_labels([("A", "x"), ("B", "x"), ("B", "y")])
    ['A;x', 'B;x', 'y']
    """
    last = pd.Series([taxon[-1] for taxon in taxa], dtype=object)
    shared = last.duplicated(keep=False)
    return [";".join(taxon) if double else taxon[-1] for taxon, double in zip(taxa, shared, strict=True)]


#: Ids that say nothing to people: MD5, SHA-1, SHA-256, UUID.
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: So much of such an id tells features of one name apart.
_SHORT = 6


def readable(features: Iterable[str], taxonomy: pd.DataFrame | None) -> dict[str, str]:
    """Name features for a figure: by their ids, and by the name of the taxon with a short id where an id is a hash.

    Of a DNA sequence the short id is that of its MD5, as QIIME 2 has it.

    Parameters
    ----------
    features : iterable of str
        Ids.
    taxonomy : pandas.DataFrame, optional
        A row a feature, a column a rank.

    Returns
    -------
    dict of str to str
        By id. Two features have different names.

    Examples
    --------
    >>> names = pd.DataFrame({"genus": ["Blautia"]}, index=["0cc175b9c0f1b6a831c399e269772661"])
    >>> readable(["0cc175b9c0f1b6a831c399e269772661"], names), readable(["Dorea"], None)
    ({'0cc175b9c0f1b6a831c399e269772661': 'Blautia 0cc175'}, {'Dorea': 'Dorea'})
    """
    named = {}
    for feature in features:
        bases = are_sequences([feature])
        if not bases and not _HASH.fullmatch(feature):
            named[feature] = feature
            continue
        lineage = [] if taxonomy is None else [name for name in taxonomy.loc[feature] if name]
        digits = hashlib.md5(feature.encode(), usedforsecurity=False).hexdigest() if bases else feature
        named[feature] = f"{lineage[-1] if lineage else UNASSIGNED} {digits[:_SHORT]}"
    several = Counter(named.values())
    return {feature: name if several[name] == 1 else feature for feature, name in named.items()}
