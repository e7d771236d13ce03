"""Search and filters of the desk, one module for each kind of row."""
