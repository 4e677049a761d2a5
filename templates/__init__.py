"""Every sentence a person reads, and its translations."""
