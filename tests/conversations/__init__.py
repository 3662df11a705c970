"""Conversations as text files a facilitator can read, replayed on the engine and on every channel."""
