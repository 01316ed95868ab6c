"""The example study of the protocols: simulated, and labelled so. Nobody in it exists."""
