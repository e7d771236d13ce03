"""How the desk's lists are searched and filtered."""
