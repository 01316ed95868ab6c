"""Tables of marker genes: one module a program."""
