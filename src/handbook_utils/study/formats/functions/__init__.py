"""Tables of functions: genes, pathways, reactions."""
