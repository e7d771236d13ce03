"""What recipients and those who ask can answer, in their own words. Pure."""
