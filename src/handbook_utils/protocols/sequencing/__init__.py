"""From indices and pools to reads, and what the controls of a run say."""
