"""Cells of text tables and workbooks: split, turned into numbers, told apart."""
