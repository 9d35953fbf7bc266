"""Build of the embedded tables from pinned packages: `python -m geodata.construction`."""
