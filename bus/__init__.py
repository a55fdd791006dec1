"""How messages leave and arrive safely: say, hear, ask, answer, due. Knows nothing of what is sold."""
