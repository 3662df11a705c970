"""One file a provider: read what it sends, send what we say."""
