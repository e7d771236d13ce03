"""What every part of the API shares: one error body, strict schemas, answers kept by key, the door."""
