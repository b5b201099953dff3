"""From files to the index: discovery, the manifest, synchronization, watching."""
