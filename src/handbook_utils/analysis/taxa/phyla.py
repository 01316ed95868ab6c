"""The phylum of the genera that the bundled gut data name, for tables that carry no taxonomy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.study import Study

#: Genera by phylum, under the names of the Ribosomal Database Project's classifier, with its groups of uncertain place.
#: Firmicutes are now called Bacillota, and Bacteroidetes Bacteroidota.
_GENERA = {
    "Firmicutes": """
        Acetanaerobacterium Anaerococcus Anaerofilum Anaerofustis Anaerostipes Anaerotruncus Anaerovorax Blautia
        Butyricicoccus Butyrivibrio Clostridium_IV Clostridium_XI Clostridium_XVIII Clostridium_XlVa Clostridium_XlVb
        Clostridium_sensu_stricto Coprobacillus Coprococcus Dialister Dorea Eisenbergiella Enterococcus
        Erysipelotrichaceae_incertae_sedis Eubacterium Faecalibacterium Finegoldia Flavonifractor Fusicatenibacter
        Gemella Gemmiger Holdemania Hungatella Intestinibacter Intestinimonas Kandleria Lachnobacterium
        Lachnospiracea_incertae_sedis Lactobacillus Lactococcus Lactonifactor Leuconostoc Megasphaera Mogibacterium
        Oribacterium Oscillibacter Peptoniphilus Phascolarctobacterium Propionispira Pseudobacteroides
        Pseudoflavonifractor Romboutsia Roseburia Ruminococcus Ruminococcus2 Shuttleworthia Streptococcus
        Subdoligranulum Terrisporobacter Trichococcus Turicibacter Veillonella Weissella
    """,
    "Bacteroidetes": "Alistipes Bacteroides Cloacibacterium Odoribacter Parabacteroides Prevotella",
    "Actinobacteria": """
        Actinomyces Atopobium Bifidobacterium Collinsella Corynebacterium Eggerthella Gordonibacter
    """,
    "Proteobacteria": """
        Acinetobacter Aquabacterium Azoarcus Bilophila Bradyrhizobium Campylobacter Cronobacter Haemophilus Klebsiella
        Morganella Obesumbacterium Ottowia Pelomonas Phenylobacterium Plesiomonas Proteus Pseudomonas Ralstonia
        Sutterella
    """,
    "Fusobacteria": "Fusobacterium",
    "Verrucomicrobia": "Akkermansia",
    # Chloroplasts of food plants, which the classifier files under the cyanobacteria.
    "Cyanobacteria": "Streptophyta",
}
#: By genus, its phylum.
PHYLUM_OF: dict[str, str] = {genus: phylum for phylum, genera in _GENERA.items() for genus in genera.split()}


def phylum_shares(study: Study, unnamed: str = "unclassified(f)") -> pd.DataFrame:
    """Add up the shares of genera of one phylum.

    Parameters
    ----------
    study : Study
        Counts or proportions of genera.
    unnamed : str
        The feature that holds the reads without a genus; they get a column of their own of this name.

    Returns
    -------
    pandas.DataFrame, shape (samples, phyla)
        Shares from 0 to 1; every row adds up to 1.

    Raises
    ------
    InputError
        Genera whose phylum is not known here.

    Examples
    --------
    >>> table = pd.DataFrame([[6, 3, 1]], index=["s"], columns=["Blautia", "Bacteroides", "unclassified(f)"])
    >>> phylum_shares(Study.from_frame(table)).round(1).loc["s"].to_dict()
    {'Bacteroidetes': 0.3, 'Firmicutes': 0.6, 'unclassified(f)': 0.1}
    """
    names = PHYLUM_OF | {unnamed: unnamed}
    unknown = [str(genus) for genus in study.features if genus not in names]
    if unknown:
        raise InputError(
            "The phylum of some genera is not known.",
            where=study.name,
            expected="genera of the bundled gut data",
            found=listed(unknown),
            remedy="Give a table with a taxonomy, and join its features by phylum.",
        )
    shares = study.proportions().to_frame()
    return shares.T.groupby([names[str(genus)] for genus in shares.columns]).sum().T


def firmicutes_to_bacteroidetes(study: Study, unnamed: str = "unclassified(f)") -> pd.Series:
    """Divide the share of Firmicutes by that of Bacteroidetes.

    Parameters
    ----------
    study : Study
        Counts or proportions of genera.
    unnamed : str
        The feature that holds the reads without a genus. They count on neither side.

    Returns
    -------
    pandas.Series
        By sample, 0 or more; missing where there are no Bacteroidetes.

    Raises
    ------
    InputError
        Genera whose phylum is not known here.

    Examples
    --------
    >>> table = pd.DataFrame([[6, 3, 1]], index=["s"], columns=["Blautia", "Bacteroides", "unclassified(f)"])
    >>> float(firmicutes_to_bacteroidetes(Study.from_frame(table))["s"])
    2.0
    """
    shares = phylum_shares(study, unnamed).reindex(columns=["Firmicutes", "Bacteroidetes"], fill_value=0.0)
    return (shares["Firmicutes"] / shares["Bacteroidetes"].replace(0.0, np.nan)).rename("ratio")
