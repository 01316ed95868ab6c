"""Which taxa there are, which differ, and which do not belong."""
