"""Doors: no decisions."""
