"""The command line: :mod:`~handbook_utils.cli.application`, and a module to each group of commands."""

from handbook_utils.cli.application import app, main

__all__ = ["app", "main"]
