"""Tests about the house itself: imports, files, Dockerfile."""
