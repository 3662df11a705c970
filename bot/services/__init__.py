"""The verbs; each is one transaction script."""
