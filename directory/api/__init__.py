"""The directory's part of the API: keys, contacts, and whose data a call may see."""
