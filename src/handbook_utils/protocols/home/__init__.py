"""Collecting at home: what people are given to read, and the forms they fill in."""
