"""The room of gifts: what people offer and when, as they write it."""
