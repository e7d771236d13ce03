"""The intake of events (rewards.md 11): what tills and apps send, and what it earned."""
