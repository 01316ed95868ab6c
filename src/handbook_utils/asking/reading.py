"""What is asked of every table and its metadata: how they are read where they can be read in two ways.

Every chapter that takes a table asks this, without a line of its own. The defaults take what is certain and stop at the
rest, naming the question that would go on.
"""

from handbook_utils.asking.question import Question

#: By this variable a run tells its kernel what was answered: reading is no part of a chapter's code.
VARIABLE = "HANDBOOK_READING"

QUESTIONS = (
    Question(
        name="match_ids",
        kind="str",
        default="exact",
        choices=("exact", "suffix", "prefix", "blanks", "capitals", "spreadsheet", "r", "spelling"),
        help="how sample ids of table and metadata are matched, where they differ by one thing only",
        help_nl="hoe codes van monsters in tabel en metadata bij elkaar worden gezocht, als ze op één punt verschillen",
    ),
    Question(
        name="keep_matched",
        kind="bool",
        default=False,
        help="go on with the samples that have metadata, and leave the others out",
        help_nl="ga verder met de monsters die metadata hebben, en laat de andere weg",
    ),
    Question(
        name="samples_in",
        kind="str",
        default="auto",
        choices=("auto", "rows", "columns"),
        help="where the samples are, in a table that does not say",
        help_nl="waar de monsters staan, in een tabel die dat niet zegt",
    ),
    Question(
        name="table_format",
        kind="str",
        default="",
        help="format of the table, where it fits two; handbook formats lists them",
        help_nl="formaat van de tabel, als er twee passen; handbook formats noemt ze",
    ),
    Question(
        name="rank",
        kind="str",
        default="",
        help="rank at which a table of all ranks is read; empty: species",
        help_nl="rang waarop een tabel van alle rangen wordt gelezen; leeg: soort",
    ),
    Question(
        name="functions",
        kind="str",
        default="totals",
        choices=("totals", "by-species"),
        help="rows of a table of functions that are read",
        help_nl="rijen van een tabel met functies die worden gelezen",
    ),
    Question(
        name="decimal_sign",
        kind="str",
        default="auto",
        choices=("auto", "point", "comma"),
        help="decimal sign of the files",
        help_nl="decimaalteken van de bestanden",
    ),
    Question(
        name="empty_cells",
        kind="str",
        default="stop",
        choices=("stop", "zero"),
        help="what an empty cell of the feature table is",
        help_nl="wat een lege cel van de tabel is",
    ),
    Question(
        name="values",
        kind="str",
        default="auto",
        choices=("auto", "counts", "shares"),
        help="what the numbers of the table are, where it does not say",
        help_nl="wat de getallen in de tabel zijn, als die dat niet zegt",
    ),
    Question(
        name="leave_out",
        kind="str",
        default="",
        help="columns, samples or features that are left out, separated by commas; none: nothing is",
        help_nl="kolommen, monsters of kenmerken die worden weggelaten, met komma's ertussen; none: niets",
    ),
    Question(
        name="types",
        kind="str",
        default="",
        help="types of metadata columns, as in: clinic categorical, bmi numeric, visit date",
        help_nl="soorten kolommen van de metadata, zoals: clinic categorical, bmi numeric, visit date",
    ),
    Question(
        name="missing_words",
        kind="str",
        default="",
        help="further words for a missing value in the metadata, separated by commas",
        help_nl="andere woorden voor een ontbrekende waarde in de metadata, met komma's ertussen",
    ),
    Question(
        name="present_words",
        kind="str",
        default="",
        help="words of the metadata that are values though they read as missing, such as na or -, separated by commas",
        help_nl="woorden in de metadata die een waarde zijn al lijkt die te ontbreken, zoals na of -, met komma's",
    ),
    Question(
        name="worksheet",
        kind="str",
        default="",
        help="worksheet of an Excel workbook; empty: the first that holds a table",
        help_nl="werkblad van een Excel-werkmap; leeg: het eerste met een tabel",
    ),
    Question(
        name="phylum_names",
        kind="str",
        default="as-written",
        choices=("as-written", "joined"),
        help="whether phyla that have an old and a new name are joined",
        help_nl="of fyla met een oude en een nieuwe naam worden samengevoegd",
    ),
)
NAMES = tuple(question.name for question in QUESTIONS)
