"""A local Telegram for the demo and the end-to-end tests. It imports nothing from the other packages."""
