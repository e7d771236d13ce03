"""What is missing from an offer, a request or a link template before it can be sent. Pure."""
