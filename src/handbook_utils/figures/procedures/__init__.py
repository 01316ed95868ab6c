"""Named plots of the protocols."""
