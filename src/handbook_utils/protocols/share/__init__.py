"""What leaves a study, and what it says of itself."""
