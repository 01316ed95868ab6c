"""What somebody stands in front of others with: slides and handouts of explainers."""
