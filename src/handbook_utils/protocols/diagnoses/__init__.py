"""Names and codes of conditions, as people write them."""
