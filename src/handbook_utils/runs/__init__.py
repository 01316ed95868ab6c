"""Runs: a chapter executed with somebody's parameters, and the result folder it leaves; one, many, or a chain."""
