"""Documents made from a `Diagnostic`: every export takes values in and gives bytes out."""
