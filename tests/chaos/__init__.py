"""`./halle chaos`: a town that sells while its programs are killed, its broker emptied and its database restarted.

Afterwards everything is counted twice: what people were told, and what is there.
"""
