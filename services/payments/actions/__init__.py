"""What can happen to money, by what is acted on."""
