"""Lists on paper: answers of services become PDF by typst, in processes of their own (decisions/0015).

`press` is the gateway's side; `typesetting` runs in the other process, and everything below it knows no request.
"""
