"""Members owns accounts, sign-in, sessions, memberships, grants, consents and the keys of identity tokens.

It alone knows names and addresses by right; it refuses to know what anybody buys.
"""
