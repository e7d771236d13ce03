"""The tables of the desk's lists, one module for each kind of row."""
