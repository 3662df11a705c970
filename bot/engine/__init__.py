"""The mind: pure. What a person said goes in, what the bot knows and says comes out."""
