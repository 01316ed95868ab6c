"""What is put on pages beside their prose: sources, claims and advice, drawings, the glossary."""
