"""Statistics of feature tables, each held against R or a paper in tests/peers."""
