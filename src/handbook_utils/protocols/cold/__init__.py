"""The cold chain: from a logger to a verdict on each tube."""
