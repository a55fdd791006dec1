"""What can happen to accounts, sessions, memberships and grants."""
