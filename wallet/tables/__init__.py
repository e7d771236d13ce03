"""The tables of the desk, one module for each kind of row."""
