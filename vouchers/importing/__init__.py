"""Files of codes: reading them in flat memory, judging each line, and what is said of it. Pure."""
