"""How many participants, and by which pilot."""
