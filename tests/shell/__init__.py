"""Tests of what the command does."""
