"""Pages on what can be imported: read from the sources of the package, so that nothing is run and no list is kept."""
