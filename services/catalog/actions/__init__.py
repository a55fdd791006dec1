"""What can happen in catalog, by what is acted on."""
