"""Pure figures from counts."""
