"""The Gut Microbiome Handbook's Python package: two halves that never mix.

*The field* (what a chapter imports): :mod:`~handbook_utils.study`, :mod:`~handbook_utils.datasets`,
:mod:`~handbook_utils.analysis`, :mod:`~handbook_utils.protocols`, :mod:`~handbook_utils.figures` and
:mod:`~handbook_utils.results`. It knows nothing of notebooks, papermill or Sphinx.

*The machinery* (what builds the book and runs a chapter): :mod:`~handbook_utils.chapters`,
:mod:`~handbook_utils.execution`, :mod:`~handbook_utils.runs`, :mod:`~handbook_utils.publishing` and
:mod:`~handbook_utils.cli`.
It knows nothing of microbes.

Both may use :mod:`~handbook_utils.errors`, the one way to tell a person what is wrong with their input.
"""

import os

# Questions are read by pydantic as it is, whatever else is installed; looking for plugins slows `handbook list` down.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

__version__ = "0.2.0"
