"""Reads: what comes from the sequencer, before there is a feature table."""
