"""Rules of a CPTS territory: pure functions on the tables of `geodata`, no network and no clock."""
