"""The expressions of XLSForm: text -> closures, never code."""
