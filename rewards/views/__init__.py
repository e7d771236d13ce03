"""The pages of the rewards desk."""
