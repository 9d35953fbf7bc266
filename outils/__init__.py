"""Tools of the developers, not of the application."""
