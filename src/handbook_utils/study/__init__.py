"""A study: a feature table with its sample metadata, and taxonomy and tree where there are any.

:class:`Study` is the one data model of the handbook. It is immutable; choosing samples or features keeps its four
members in step. :func:`handbook_utils.study.readers.read_study` makes one from the files of other programs:

- ``files``: bytes from disk and back, within limits, whole or not at all;
- ``formats``: what a file is, and which reader it needs;
- ``delimited``, ``bioms``, ``metadata`` and others: one reader a family of formats, each returns ``tables.Table``;
- ``matching``: ids that were changed on the way;
- ``readers``: puts it together, and what chapters ask of a study;
- ``inspection`` and ``writers``.
"""

from handbook_utils.study.model import Study

__all__ = ["Study"]
