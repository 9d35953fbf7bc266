"""One module per theme: each gives the tuple of its indicators."""
