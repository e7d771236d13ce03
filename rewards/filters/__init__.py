"""How the lists of the rewards desk are searched and filtered."""
