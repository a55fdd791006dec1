"""Orders owns a sale from its opening on: what is left, the orders, the closes, the lists, the total owed.

It refuses to know cards, addresses and mails; names it keeps only to print them on lists.
"""
