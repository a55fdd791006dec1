"""What can happen to a sale, by what is acted on."""
