"""What becomes a message, and to whom it goes, by what it tells of. A message keeps what was said, as JSON."""
