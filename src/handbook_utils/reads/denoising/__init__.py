"""From reads to sequences: engines that tell errors of the sequencer from differences between bacteria."""
