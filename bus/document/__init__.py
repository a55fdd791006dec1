"""What the contracts say, written for readers: docs/MESSAGES.md for people, docs/asyncapi.json for programs.

Both are made from the two registries of `contracts.messages` and from nothing else.
"""
