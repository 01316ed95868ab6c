"""Find out from its content what a file is, and read it. The names of files say nothing.

A format is one module (``shotgun``, ``amplicon``, ``functions``, ``general``), found by looking: there is no list.
"""

from handbook_utils.study.content import Content, opened, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.reading import known, read_table, recognised

__all__ = ["Content", "Format", "known", "opened", "read_table", "recognised", "sheet"]
