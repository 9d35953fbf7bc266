"""Measures of time and memory: `make bench`. Each module here measures one part, by its `main`."""
