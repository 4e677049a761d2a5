"""What Huifang remembers: one file per noun, and rules about one row."""
