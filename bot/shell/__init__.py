"""What the `ashar` command does about forms; `__main__.py` only reads the command line."""
