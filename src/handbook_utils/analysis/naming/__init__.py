"""Names for sequences: references, the ways in which a sequence gets a name from one, and how sure that name is."""
