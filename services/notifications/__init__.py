"""Mail: one message to one person once. Owns what is to be sent, to whom, and whether it was.

Never interprets prices or stock: it prints what an event carries. Sends nothing to somebody whose
account was erased, and keeps nothing of a letter's secret once the letter is sent.
"""
