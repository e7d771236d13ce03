"""What the wallet decides by numbers and dates alone: pure functions, no database, no clock."""
