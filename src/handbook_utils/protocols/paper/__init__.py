"""Paper that goes along with tubes: addresses for kits, the chain of custody, and the form for deviations."""
