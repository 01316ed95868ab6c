"""A study: a feature table with its sample metadata, and taxonomy and tree where there are any.

:class:`Study` is the one data model of the handbook. It is immutable; choosing samples or features keeps its four
members in step.
"""

from handbook_utils.study.model import Study

__all__ = ["Study"]
