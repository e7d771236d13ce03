"""The tables of the rewards desk."""
