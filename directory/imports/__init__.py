"""Contact files: reading them line by line, and making them for tests and demonstrations."""
