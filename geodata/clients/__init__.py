"""Clients of the live services, on top of `geodata.telechargement`."""
