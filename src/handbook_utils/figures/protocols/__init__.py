"""Figures of the steps of a study: plates, tubes, reads, forms, and how many people are needed."""
