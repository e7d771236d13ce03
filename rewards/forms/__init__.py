"""The forms of the rewards desk."""
