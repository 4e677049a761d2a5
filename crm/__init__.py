"""The business decides here: verbs, one module per area. Every function runs inside the caller's transaction."""
