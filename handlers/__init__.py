"""One file per conversation or command, named for what the person does."""
