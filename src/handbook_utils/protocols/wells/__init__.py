"""Tubes, extraction batches and plates: what goes where, and why there."""
